"""The nearest documents of many texts by their rare words and word pairs.

Texts are vectors over the stems of words and pairs of words in a row, weighted (1 + ln tf) · idf
with BM25's inverse document frequency, and compared by cosine. Of the products only those of terms
in few documents are summed: the others are most of the work and tell documents least apart.
"""

import itertools
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from backend.science.hash_table import HashTable
from backend.science.ngram_index import Floats, Integers
from backend.science.word_hashes import HashedTexts, Hashes

_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_TEXTS_AT_ONCE: Final = 256


class Neighbours(NamedTuple):
    """Documents near texts; arrays of equal length, one entry a pair.

    Attributes:
        text: number of the text; ascending.
        document: number of the document; for one text the most alike come first.
        similarity: the cosine, from the products of rare terms alone; in [0, 1].
        lead: how far that is above the similarity of the nearest document with other words.
        document_coverage: weighted share of the document's stems that the text has.
        text_coverage: weighted share of the text's stems that the document has.
        document_weight: weight of all the document's stems.
        text_weight: weight of all the text's.
    """

    text: Integers
    document: Integers
    similarity: Floats
    lead: Floats
    document_coverage: Floats
    text_coverage: Floats
    document_weight: Floats
    text_weight: Floats


class _Vectors(NamedTuple):
    """Texts as vectors of unit length, as sets of stems, and the weight of each set."""

    terms: sparse.csr_array
    stems: sparse.csr_array
    weight: Floats


class SparseIndex:
    """Documents by their terms."""

    def __init__(self, documents: HashedTexts, common: int) -> None:
        """Index documents; terms in more of them than `common` are weighed, not looked up."""
        self._count = len(documents.starts) - 1
        document, terms = _terms(documents)
        self._vocabulary, column = np.unique(terms, return_inverse=True)
        self._is_stem = np.isin(self._vocabulary, documents.stems)
        self._table = HashTable(self._vocabulary)
        counts = _counted(document, column, (self._count, len(self._vocabulary)))
        found_in = np.bincount(counts.indices, minlength=len(self._vocabulary))
        self._rarity = np.log1p((self._count - found_in + 0.5) / (found_in + 0.5))
        self._unknown = float(np.log1p((self._count + 0.5) / 0.5))
        self._documents = self._weighed(counts, np.zeros(self._count))
        postings = self._documents.terms.copy()
        postings.data[found_in[postings.indices] > common] = 0
        postings.eliminate_zeros()
        self.twins = _equal_documents(documents)
        # Only the first of twins is looked up: many would leave no room for others.
        self._firsts = np.array(list(self.twins), dtype=np.int64)
        self._rows, self._postings = postings, postings[self._firsts].T.tocsr()

    def rarity(self, stems: Hashes) -> Floats:
        """How rare each stem is; one that no document has is rarest."""
        column, known = self._columns(stems)
        rarity = np.full(len(stems), self._unknown)
        rarity[known] = self._rarity[column[known]]
        return rarity

    def nearest(self, texts: HashedTexts, count: int, least_similarity: float) -> Neighbours:
        """The documents most alike each text, so many of each text at the most.

        Documents of the same words count as one, the first; `twins` has the others.
        """
        vectors = self._vectors(texts)
        parts = [
            self._best(
                start, vectors.terms[start : start + _TEXTS_AT_ONCE], count, least_similarity
            )
            for start in range(0, vectors.terms.shape[0], _TEXTS_AT_ONCE)
        ]
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        text, document, similarity, lead = columns or [np.zeros(0, dtype=np.int64)] * 4
        return self._with_coverages(vectors, text, document, similarity, lead)

    def compare(self, texts: HashedTexts, text: Integers, document: Integers) -> Neighbours:
        """Given pairs of texts and documents, each without a lead."""
        vectors = self._vectors(texts)
        products = vectors.terms[text].multiply(self._rows[document])
        similarity = np.asarray(products.sum(axis=1)).ravel()
        return self._with_coverages(vectors, text, document, similarity, np.zeros(len(text)))

    def _best(
        self, start: int, vectors: sparse.csr_array, count: int, least: float
    ) -> tuple[Integers, Integers, Floats, Floats]:
        products = vectors @ self._postings
        similar = np.flatnonzero(products.data >= least)
        documents, similarities = products.indices[similar], products.data[similar]
        bounds = np.searchsorted(similar, products.indptr).tolist()
        rows: list[tuple[int, int, float, float]] = []
        for number, (first, last) in enumerate(itertools.pairwise(bounds), start):
            ranked = self._ranked(documents[first:last], similarities[first:last], count)
            rows += [(number, *found) for found in ranked]
        text, document, similarity, lead = zip(*rows, strict=True) if rows else ([],) * 4
        return (
            np.array(text, dtype=np.int64), np.array(document, dtype=np.int64),
            np.array(similarity, dtype=np.float64), np.array(lead, dtype=np.float64),
        )  # fmt: skip

    def _ranked(
        self, documents: npt.NDArray[np.int32], similarities: Floats, count: int
    ) -> list[tuple[int, float, float]]:
        if not len(documents):
            return []
        most = count + 1
        if len(documents) > most:
            top = np.argpartition(similarities, -most)[-most:]
            documents, similarities = documents[top], similarities[top]
        order = np.lexsort((documents, -similarities))
        found = self._firsts[documents[order]].tolist()
        best: list[float] = similarities[order].tolist()
        first, second, *_ = [*best, 0.0, 0.0]
        return [
            (document, similarity, similarity - (first if rank else second))
            for rank, (document, similarity) in enumerate(zip(found, best, strict=True))
        ][:count]

    def _with_coverages(
        self,
        vectors: _Vectors,
        text: Integers,
        document: Integers,
        similarity: Floats,
        lead: Floats,
    ) -> Neighbours:
        shared = vectors.stems[text].multiply(self._documents.stems[document]).sum(axis=1)
        weight = np.asarray(shared).ravel()
        theirs, ours = self._documents.weight[document], vectors.weight[text]
        return Neighbours(
            text, document, similarity, lead,
            document_coverage=weight / np.maximum(theirs, 1e-12),
            text_coverage=weight / np.maximum(ours, 1e-12),
            document_weight=theirs,
            text_weight=ours,
        )  # fmt: skip

    def _vectors(self, texts: HashedTexts) -> _Vectors:
        text, terms = _terms(texts)
        likely = np.flatnonzero(self._table.may_hold(terms))
        column, known = self._columns(terms[likely])
        shape = (len(texts.starts) - 1, len(self._vocabulary))
        counts = _counted(text[likely][known], column[known], shape)
        is_known = np.zeros(len(terms), dtype=np.bool_)
        is_known[likely[known]] = True
        strange = np.flatnonzero(~is_known[: len(texts.stems)])
        unknown = _distinct(text[strange], terms[strange], shape[0])
        return self._weighed(counts, unknown * np.float64(self._unknown))

    def _weighed(self, counts: sparse.csr_array, unknown_weight: Floats) -> _Vectors:
        stems = counts.copy()
        stems.data = np.where(self._is_stem[counts.indices], 1.0, 0.0).astype(np.float32)
        stems.data *= np.sqrt(self._rarity[counts.indices]).astype(np.float32)
        stems.eliminate_zeros()
        weight = np.asarray(stems.multiply(stems).sum(axis=1)).ravel() + unknown_weight
        terms = counts
        terms.data = (1 + np.log(counts.data)) * self._rarity[counts.indices].astype(np.float32)
        squares = np.asarray(terms.multiply(terms).sum(axis=1)).ravel()
        lengths = np.repeat(np.sqrt(squares), np.diff(terms.indptr))
        terms.data = terms.data / np.maximum(lengths, 1e-12).astype(np.float32)
        return _Vectors(terms, stems, weight)

    def _columns(self, terms: Hashes) -> tuple[Integers, npt.NDArray[np.bool_]]:
        column = np.searchsorted(self._vocabulary, terms)
        column[column == len(self._vocabulary)] = 0
        if not len(self._vocabulary):
            return column, np.zeros(len(terms), dtype=np.bool_)
        return column, self._vocabulary[column] == terms


def _terms(texts: HashedTexts) -> tuple[Integers, Hashes]:
    """All stems, then all pairs of stems, with the text that each is in."""
    text = np.repeat(np.arange(len(texts.starts) - 1), np.diff(texts.starts))
    pairs = texts.stems[:-1] * _MULTIPLIER + texts.stems[1:]
    within = text[:-1] == text[1:]
    return (
        np.concatenate([text, text[:-1][within]]),
        np.concatenate([texts.stems, pairs[within]]),
    )


def _distinct(text: Integers, terms: Hashes, texts: int) -> Integers:
    """How many different terms each text has."""
    order = np.lexsort((terms, text))
    text, terms = text[order], terms[order]
    is_new = np.concatenate([[True], (np.diff(text) != 0) | (np.diff(terms) != 0)])[: len(text)]
    return np.bincount(text[is_new], minlength=texts)


def _counted(row: Integers, column: Integers, shape: tuple[int, int]) -> sparse.csr_array:
    ones = np.ones(len(row), dtype=np.float32)
    counts = sparse.coo_array((ones, (row, column)), shape=shape).tocsr()
    counts.sum_duplicates()
    return counts


def _equal_documents(documents: HashedTexts) -> dict[int, list[int]]:
    """For each document that is the first of its words, all that have the same."""
    known: dict[bytes, int] = {}
    twins: dict[int, list[int]] = {}
    for number in range(len(documents.starts) - 1):
        first = known.setdefault(documents.of(number).tobytes(), number)
        twins.setdefault(first, []).append(number)
    return twins
