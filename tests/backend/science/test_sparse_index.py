from collections import Counter
from itertools import pairwise
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.science.sparse_index import Neighbours, SparseIndex
from backend.science.word_hashes import hashed_words

COMMON = 10**6
LEAST = 1e-6
TEXTS = st.lists(st.lists(st.sampled_from("abcd"), max_size=7).map(" ".join), max_size=5)


def nearest(
    documents: list[str], texts: list[str], count: int = 10, common: int = COMMON
) -> Neighbours:
    return SparseIndex(hashed_words(documents), common).nearest(hashed_words(texts), count, LEAST)


def similarities(pairs: Neighbours) -> dict[tuple[int, int], float]:
    columns = (column.tolist() for column in pairs[:3])
    return {(text, document): value for text, document, value in zip(*columns, strict=True)}


def terms(text: str) -> Counter[str]:
    words = text.split()
    return Counter([*words, *(f"{left} {right}" for left, right in pairwise(words))])


class Dense:
    """The same by the book: every text beside every document, term by term."""

    def __init__(self, documents: list[str], common: int) -> None:
        self.documents = [terms(text) for text in documents]
        self.found_in = Counter(term for document in self.documents for term in document)
        self.common = common

    def rarity(self, term: str) -> float:
        found_in = self.found_in[term]
        return log(1 + (len(self.documents) - found_in + 0.5) / (found_in + 0.5))

    def vector(self, counts: Counter[str]) -> dict[str, float]:
        known = {term: n for term, n in counts.items() if self.found_in[term]}
        weights = {term: (1 + log(n)) * self.rarity(term) for term, n in known.items()}
        length = sqrt(sum(weight**2 for weight in weights.values()))
        return {term: weight / length for term, weight in weights.items()}

    def similarity(self, text: str, document: int) -> float:
        ours, theirs = self.vector(terms(text)), self.vector(self.documents[document])
        rare = [term for term in ours if self.found_in[term] <= self.common]
        return sum(ours[term] * theirs.get(term, 0) for term in rare)

    def coverage(self, part: str, whole: str) -> float:
        """The weighted share of the words of `whole` that are in `part`."""
        words, known = set(whole.split()), set(part.split())
        return sum(map(self.rarity, words & known)) / sum(map(self.rarity, words))


@settings(max_examples=200)
@given(TEXTS, TEXTS, st.integers(0, 4))
def test_nearest_is_the_cosine_term_by_term(
    documents: list[str], texts: list[str], common: int
) -> None:
    dense = Dense(documents, common)
    expected = {
        (number, document): similarity
        for number, text in enumerate(texts)
        for document in range(len(documents))
        if documents.index(documents[document]) == document
        and (similarity := dense.similarity(text, document)) > 0
    }
    found = similarities(nearest(documents, texts, common=common))
    assert found == pytest.approx(expected, abs=1e-5)


@given(TEXTS, TEXTS)
def test_nearest_coverages_are_weighted_shares_of_words(
    documents: list[str], texts: list[str]
) -> None:
    texts = [text for text in texts if set(text.split()) <= set(" ".join(documents).split())]
    dense, pairs = Dense(documents, COMMON), nearest(documents, texts)
    for number, (at, place) in enumerate(zip(pairs.text, pairs.document, strict=True)):
        text, document = texts[at], documents[place]
        ours, theirs = dense.coverage(document, text), dense.coverage(text, document)
        assert pairs.text_coverage[number] == pytest.approx(ours, abs=1e-5)
        assert pairs.document_coverage[number] == pytest.approx(theirs, abs=1e-5)


@given(TEXTS, TEXTS, st.integers(1, 3))
def test_nearest_few_are_the_best_of_all(
    documents: list[str], texts: list[str], count: int
) -> None:
    every, few = nearest(documents, texts), nearest(documents, texts, count)
    for text in range(len(texts)):
        best = every.similarity[every.text == text]
        assert (np.diff(best) <= 0).all()
        assert few.similarity[few.text == text].tolist() == best[:count].tolist()


@given(TEXTS, TEXTS)
def test_compare_gives_what_nearest_gave(documents: list[str], texts: list[str]) -> None:
    index, hashed = SparseIndex(hashed_words(documents), COMMON), hashed_words(texts)
    near = index.nearest(hashed, 10, LEAST)
    same = index.compare(hashed, near.text, near.document)
    assert same.similarity == pytest.approx(near.similarity, abs=1e-5)
    assert same.document_coverage == pytest.approx(near.document_coverage)
    assert same.lead.tolist() == [0] * len(near.text)


def test_nearest_known_value() -> None:
    # "egg" and "duck egg" are in one of two documents and weigh ln(1 + 1.5 / 1.5) = .693, as "robe"
    # and "duck robe" do; "duck" is in both and weighs ln(1 + .5 / 2.5) = .182. Both texts have unit
    # length, so the cosine is .182² / (.182² + 2 · .693²) = .0334.
    pairs = nearest(["duck egg", "duck robe"], ["duck robe"])
    assert pairs.document.tolist() == [1, 0]
    assert pairs.similarity == pytest.approx([1, 0.0334], abs=1e-4)
    assert pairs.lead == pytest.approx([0.9666, -0.9666], abs=1e-4)
    assert pairs.document_coverage == pytest.approx([1, 0.182 / 0.875], abs=1e-3)


def test_nearest_lead_of_a_single_neighbour_is_over_the_one_left_out() -> None:
    one, two = (nearest(["duck egg", "duck robe"], ["duck robe"], count) for count in (1, 2))
    assert one.lead.tolist() == two.lead.tolist()[:1]


def test_nearest_lead_without_a_second_document_is_the_similarity() -> None:
    assert nearest(["duck egg", "blue robe"], ["duck egg"]).lead == pytest.approx([1])


@pytest.mark.parametrize("copies", [1, 2, 60])
def test_nearest_twins_leave_room_for_others(copies: int) -> None:
    documents = [*["red duck lays eggs"] * copies, "red duck lays stones", "blue robe"]
    index = SparseIndex(hashed_words(documents), COMMON)
    pairs = index.nearest(hashed_words(["red duck lays eggs"]), 2, LEAST)
    assert pairs.document.tolist() == [0, copies]
    assert pairs.lead[0] == pytest.approx(pairs.similarity[0] - pairs.similarity[1])
    assert index.twins[0] == list(range(copies))


def test_nearest_meets_inflected_words() -> None:
    assert similarities(nearest(["factored", "robe"], ["factors"])) == pytest.approx({(0, 0): 1})


def test_nearest_unknown_word_lowers_the_share_of_the_text_alone() -> None:
    # "duck" and "egg" weigh ln(1 + 1.5 / 1.5) = .693 each, "quux" as in no document
    # ln(1 + 2.5 / .5) = 1.792.
    [pair] = zip(*nearest(["duck", "egg"], ["duck quux"]), strict=True)
    _, _, similarity, _, document_coverage, text_coverage, *_ = pair
    assert (similarity, document_coverage) == pytest.approx((1, 1))
    assert text_coverage == pytest.approx(log(2) / (log(2) + log(6)))


def test_nearest_many_texts_keep_their_numbers() -> None:
    words = [str(number) for number in range(700)]
    assert set(similarities(nearest(words, words))) == {(n, n) for n in range(700)}


@pytest.mark.parametrize("documents", [[], [""], ["", "?!"]])
@pytest.mark.parametrize("texts", [[], [""], ["duck egg", ""]])
def test_nearest_of_nothing_is_nothing(documents: list[str], texts: list[str]) -> None:
    assert [len(column) for column in nearest(documents, texts)] == [0] * len(Neighbours._fields)


def test_rarity_is_the_inverse_document_frequency() -> None:
    index = SparseIndex(hashed_words(["duck egg", "duck"]), 1)
    stems = hashed_words(["egg", "duck", "quux"]).stems
    assert index.rarity(stems) == pytest.approx([log(2), log(1.2), log(6)], abs=1e-6)
    empty = SparseIndex(hashed_words([]), 1)
    assert empty.rarity(stems) == pytest.approx([log(2)] * 3)
