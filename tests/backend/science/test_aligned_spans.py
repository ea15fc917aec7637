import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.aligned_spans import Alignment, align
from backend.science.problem_text import read_problem

PIECES = ["Tom ", "16 ", "ducks ", "the ", "of ", ". ", "鸭", "½", "😀", "\ud800", "\\frac{", "\n"]
TEXTS = st.text() | st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def aligned(seed: str, item: str) -> Alignment:
    ours, theirs = read_problem(seed), read_problem(item)
    return align(ours.words, ours.stems, theirs.words, theirs.stems)


def passages(seed: str, item: str) -> list[tuple[str, str]]:
    return [
        (seed[span.seed_start : span.seed_end], item[span.item_start : span.item_end])
        for span in aligned(seed, item).spans
    ]


def test_align_equal_texts_are_one_span() -> None:
    text = "Tom has 16 ducks."
    assert aligned(text, text) == Alignment(((0, 16, 0, 16),), 4)


def test_align_changed_number_parts_the_passages() -> None:
    assert passages("Tom has 16 grey ducks.", "Tom has 17 grey ducks.") == [
        ("Tom has", "Tom has"),
        ("grey ducks", "grey ducks"),
    ]


def test_align_meets_inflected_words_and_other_case() -> None:
    assert passages("DUCKS required", "ducks requires") == [("DUCKS required", "ducks requires")]


@pytest.mark.parametrize(
    ("seed", "item", "spans"),
    [
        ("the duck", "the egg", 0),
        ("red duck", "blue duck", 1),
        ("of the duck", "of the egg", 1),
        ("", "duck", 0),
        ("", "", 0),
    ],
)
def test_align_single_common_word_is_no_passage(seed: str, item: str, spans: int) -> None:
    assert len(aligned(seed, item).spans) == spans


def test_align_beyond_the_most_words_nothing() -> None:
    filler = "filler " * 1_500
    assert aligned(f"{filler} duck", "duck").spans == ()
    assert len(aligned(f"duck {filler}", "duck").spans) == 1


@given(TEXTS, TEXTS)
def test_align_spans_are_inside_both_texts_and_in_order(seed: str, item: str) -> None:
    spans, longest = aligned(seed, item)
    for span in spans:
        assert 0 <= span.seed_start < span.seed_end <= len(seed)
        assert 0 <= span.item_start < span.item_end <= len(item)
    for left, right in itertools.pairwise(spans):
        assert left.seed_start <= right.seed_start
        assert left.item_start <= right.item_start
    assert (longest > 0) == bool(spans)


WORDS = st.lists(st.sampled_from(["Tom", "16", "ducks", "the", "of"]), max_size=12).map(" ".join)


@given(WORDS, WORDS)
def test_align_marked_passages_are_the_same_words(seed: str, item: str) -> None:
    assert all(ours == theirs for ours, theirs in passages(seed, item))
