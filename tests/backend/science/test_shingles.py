"""Shingles and their Jaccard similarity, against sets of words in Python."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science import shingles
from backend.science.shingles import ShingleSets, jaccard, shingle_sets
from backend.science.word_hashes import hashed_words

WORDS = st.lists(st.sampled_from("a b c d 1 2.5 é 八".split()), max_size=15)
TEXTS = st.lists(WORDS.map(" ".join), min_size=1, max_size=8)


def sets_of(texts: list[str]) -> ShingleSets:
    return shingle_sets(hashed_words(texts))


def triples(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    bounded = ["<", *words, ">"]
    return {tuple(bounded[place : place + 3]) for place in range(len(words))}


@given(TEXTS)
def test_sizes_and_similarities_are_those_of_sets_of_triples(texts: list[str]) -> None:
    sets = sets_of(texts)
    known = [triples(text) for text in texts]
    assert sets.sizes().tolist() == [len(each) for each in known]
    left, right = (axis.ravel() for axis in np.indices((len(texts), len(texts))))
    expected = [
        len(known[one] & known[other]) / max(len(known[one] | known[other]), 1)
        for one, other in zip(left, right, strict=True)
    ]
    assert jaccard(sets, left, right).tolist() == pytest.approx(expected)


@given(TEXTS)
def test_pairs_compared_in_parts_have_the_same_similarities(texts: list[str]) -> None:
    sets = sets_of(texts)
    left, right = (axis.ravel() for axis in np.indices((len(texts), len(texts))))
    whole = jaccard(sets, left, right)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shingles, "_COMPARED_AT_ONCE", 7)
        assert jaccard(sets, left, right).tolist() == whole.tolist()


@pytest.mark.parametrize(
    ("one", "other", "similarity"),
    [
        ("Why?", "why", 1),
        ("", "", 0),
        ("?", "why", 0),
        ("two words", "words two", 0),
        # < a b, a b c, b c > against < a b, a b d, b d >: 1 of 5
        ("a b c", "a b d", 1 / 5),
        # A repeated shingle counts once: b b b of "a b b b b c" too.
        ("a b b b b c", "a b b b c", 1),
        ("1,000 apples", "1000 apples", 1),
    ],
)
def test_known_similarities(one: str, other: str, similarity: float) -> None:
    sets = sets_of([one, other])
    [found] = jaccard(sets, np.array([0]), np.array([1]))
    assert found == pytest.approx(similarity)


def test_no_pairs_have_no_similarities() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert jaccard(sets_of(["a"]), nothing, nothing).tolist() == []
