"""Differences of two texts, word by word."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from backend.science.word_difference import Piece, word_difference

_WORDS = st.lists(
    st.sampled_from(
        ["a", "b ", "c\n", "\\frac", "{1}", " ", "12.5", "数", "é", "x^2", "the ", "."]
    ),
    max_size=40,
)
_TEXTS = st.one_of(st.text(max_size=80), _WORDS.map("".join))


def _side(pieces: list[Piece], left_out: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind != left_out)


@given(_TEXTS, _TEXTS)
def test_the_pieces_join_to_either_text(before: str, after: str) -> None:
    pieces = word_difference(before, after)
    assert _side(pieces, "added") == before
    assert _side(pieces, "removed") == after
    assert all(piece.text for piece in pieces)
    kinds = [piece.kind for piece in pieces]
    assert all(first != second for first, second in pairwise(kinds))


@given(_TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert word_difference(text, text) == ([Piece("same", text)] if text else [])


def test_a_changed_word_is_taken_out_and_put_in() -> None:
    assert word_difference("Prove that x is 5.", "Show that x is 5.") == [
        ("removed", "Prove "),
        ("added", "Show "),
        ("same", "that x is 5."),
    ]


def test_small_words_between_long_changes_are_changed_with_them() -> None:
    pieces = word_difference(
        "Then explain why the previous problem follows.", "Find the sum of the odd numbers."
    )
    assert pieces == [
        ("removed", "Then explain why the previous problem follows"),
        ("added", "Find the sum of the odd numbers"),
        ("same", "."),
    ]


def test_layout_behind_a_word_does_not_change_it() -> None:
    assert word_difference("Why?\n\nSay.", "Why? Say.")[0] == ("same", "Why")


def test_macros_and_numbers_stay_whole() -> None:
    pieces = word_difference(r"Find \frac{1}{12.5}", r"Find \dfrac{1}{13.5}")
    assert [tuple(piece) for piece in pieces if piece.kind != "same"] == [
        ("removed", r"\frac"),
        ("added", r"\dfrac"),
        ("removed", "12.5"),
        ("added", "13.5"),
    ]


def test_scripts_without_spaces_are_compared_sign_by_sign() -> None:
    assert word_difference("求三角形的面积", "求圆形的面积") == [
        ("same", "求"),
        ("removed", "三角"),
        ("added", "圆"),
        ("same", "形的面积"),
    ]


def test_long_texts_of_few_words_are_still_compared() -> None:
    # 60,000 words of which none occurs once: nothing holds them together, and they are replaced as
    # a whole instead of being compared 900 million times.
    before, after = "a b c " * 10_000, "b a c d " * 7_500
    pieces = word_difference(before, after)
    assert _side(pieces, "added") == before
    assert _side(pieces, "removed") == after


def test_a_word_changed_in_a_long_text_is_all_that_is_marked() -> None:
    words = [f"w{number} " for number in range(15_000)]
    before, after = "".join(words), "".join([*words[:7000], "new ", *words[7001:]])
    pieces = word_difference(before, after)
    assert [piece for piece in pieces if piece.kind != "same"] == [
        ("removed", "w7000 "),
        ("added", "new "),
    ]
