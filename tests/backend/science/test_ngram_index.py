from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.science.ngram_index import NgramIndex
from backend.science.word_hashes import hashed_words

COMMON = 10**6
TEXTS = st.lists(st.lists(st.sampled_from("abc"), max_size=12).map(" ".join), max_size=4)


def shared(
    documents: list[str], texts: list[str], size: int, share: float = 0.0, common: int = COMMON
) -> list[tuple[int, ...]]:
    """Text, document, start in the text, start in the document and length of each passage."""
    index = NgramIndex(hashed_words(documents), size, common)
    runs = index.shared_runs(hashed_words(texts), share)
    return sorted(zip(*(column.tolist() for column in runs), strict=True))


def naively(documents: list[str], texts: list[str], size: int) -> list[tuple[int, ...]]:
    matches = {
        (number, place, at, start)
        for number, text in enumerate(map(str.split, texts))
        for place, document in enumerate(map(str.split, documents))
        for at in _first_ngrams(text, size)
        for start in range(len(document) - size + 1)
        if document[start : start + size] == text[at : at + size]
    }
    runs = []
    for number, place, at, start in matches:
        if (number, place, at - 1, start - 1) in matches:
            continue
        steps = 1
        while (number, place, at + steps, start + steps) in matches:
            steps += 1
        runs.append((number, place, at, start, steps + size - 1))
    return sorted(runs)


def _first_ngrams(words: list[str], size: int) -> list[int]:
    seen: set[tuple[str, ...]] = set()
    places = []
    for at in range(len(words) - size + 1):
        ngram = tuple(words[at : at + size])
        if ngram not in seen:
            places.append(at)
        seen.add(ngram)
    return places


@settings(max_examples=300)
@given(TEXTS, TEXTS, st.integers(1, 4))
def test_shared_runs_are_what_a_search_word_by_word_finds(
    documents: list[str], texts: list[str], size: int
) -> None:
    assert shared(documents, texts, size) == naively(documents, texts, size)


@given(TEXTS, TEXTS, st.floats(0.01, 1))
def test_shared_runs_least_share_leaves_out_whole_pairs_only(
    documents: list[str], texts: list[str], share: float
) -> None:
    everything, kept = shared(documents, texts, 2), shared(documents, texts, 2, share)
    pairs = {run[:2] for run in kept}
    assert kept == [run for run in everything if run[:2] in pairs]


def test_weights_of_are_means_of_inverse_document_frequencies() -> None:
    # Of two documents, "a b" is in both and weighs ln(1 + .5 / 2.5); "b c" and "b d" are in one
    # each and weigh ln(1 + 1.5 / 1.5). The word b stands in two n-grams and weighs their mean.
    index = NgramIndex(hashed_words(["a b c", "a b d"]), 2, COMMON)
    both, one = log(1.2), log(2)
    assert index.weights_of(0) == pytest.approx([both, (both + one) / 2, one])
    assert index.weights_of(1) == pytest.approx([both, (both + one) / 2, one])


def test_weights_of_ngram_that_a_document_repeats_counts_the_document_once() -> None:
    index = NgramIndex(hashed_words(["a a a a", "b c"]), 2, COMMON)
    assert index.weights_of(0) == pytest.approx([log(2)] * 4)


def test_weights_of_common_ngram_is_nothing_and_finds_nothing() -> None:
    documents = ["a b x", "a b y", "a b z"]
    index = NgramIndex(hashed_words(documents), 2, 2)
    assert index.weights_of(0)[0] == 0
    assert index.weights_of(0)[2] > 0
    assert shared(documents, ["a b q"], 2, common=2) == []
    assert len(shared(documents, ["a b q"], 2, common=3)) == 3
    assert shared(documents, ["b x q"], 2, common=2) == [(0, 0, 0, 1, 2)]


def test_weights_of_document_shorter_than_an_ngram_are_nothing() -> None:
    index = NgramIndex(hashed_words(["a b", "", "a b c d"]), 3, COMMON)
    assert index.weights_of(0).tolist() == [0, 0]
    assert index.weights_of(1).tolist() == []
    assert index.weights_of(2).min() > 0


@pytest.mark.parametrize(("share", "is_found"), [(0.59, True), (0.61, False)])
def test_shared_runs_share_is_of_the_document(share: float, is_found: bool) -> None:
    # One document: all n-grams weigh the same, and so do its five words, of which three are shared.
    assert bool(shared(["a b c d e"], ["x a b c y"], 2, share)) is is_found


def test_shared_runs_end_where_a_text_or_document_ends() -> None:
    assert shared(["a b", "c d"], ["a b c d"], 2) == [(0, 0, 0, 0, 2), (0, 1, 2, 0, 2)]
    assert shared(["a b c d"], ["a b", "c d"], 2) == [(0, 0, 0, 0, 2), (1, 0, 0, 2, 2)]


@pytest.mark.parametrize("documents", [[], [""], ["a"]])
@pytest.mark.parametrize("texts", [[], ["", "?"], ["a"], ["a b c"]])
def test_shared_runs_of_too_little_are_none(documents: list[str], texts: list[str]) -> None:
    assert shared(documents, texts, 2, 0.5) == []


def test_shared_runs_of_monotonous_texts_end() -> None:
    index = NgramIndex(hashed_words(["a " * 100_000, "a b " * 50_000]), 8, COMMON)
    runs = index.shared_runs(hashed_words(["a " * 1_000_000, "b a " * 500_000]), 0.0)
    assert np.unique(runs.text).tolist() == [0, 1]
