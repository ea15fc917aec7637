import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.text import normalise, words_with_offsets


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Janet’s DUCKS,  lay\n16 eggs!", "janet s ducks lay 16 eggs"),
        ("Straße", "strasse"),
        ("cafe\u0301", "café"),
        ("con\u00adtam\u200bination", "contamination"),
        ("$1,000.50 and 900,\\!000", "1000.50 and 900000"),
        ("a 3.5% rise.", "a 3.5 rise"),
        (r"\left(\frac{1}{2}\right) \cdot \text{cm}", "1 2 cm"),
        (r"\alpha + \varphi", "α φ"),
        ("α + φ", "α φ"),
        (r"\begin{align*} x \end{align*}", "x"),
        ("x² and x^2", "x 2 and x 2"),
        ("½", "1 2"),
        ("鸭子 16 个", "鸭 子 16 个"),
        ("“quoted” – dash — dash", "quoted dash dash"),
        ("", ""),
        ("?!", ""),
    ],
)
def test_normalise_variant_of_writing_gives_the_plain_words(text: str, normal: str) -> None:
    assert normalise(text) == normal


def test_normalise_formatted_and_plain_twin_are_equal() -> None:
    formatted = r"Find $\frac{3}{4}$ of **1{,}200**, where $x \leq 5$."
    assert normalise(formatted) == normalise("find 3/4 of 1200 where x ≤ 5")


def test_words_with_offsets_point_into_the_original() -> None:
    text = "The  “Größe” is \\(2^{10}\\)."
    words = words_with_offsets(text)
    assert [text[word.start : word.end] for word in words] == ["The", "Größe", "is", "2", "10"]
    assert [word.text for word in words] == ["the", "grösse", "is", "2", "10"]


@given(st.text())
def test_normalise_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text())
def test_words_with_offsets_spans_are_in_order_and_in_range(text: str) -> None:
    words = words_with_offsets(text)
    assert all(0 <= word.start < word.end <= len(text) for word in words)
    for left, right in itertools.pairwise(words):
        assert left.end <= right.start or (left.start, left.end) == (right.start, right.end)


@pytest.mark.parametrize("unit", ["a", "1", "1,", "\\", "é\u0301", "{,}1"])
def test_normalise_a_megabyte_without_space_ends(unit: str) -> None:
    assert isinstance(normalise(unit * (1_000_000 // len(unit))), str)
