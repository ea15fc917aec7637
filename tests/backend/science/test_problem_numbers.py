from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.problem_numbers import all_values, find_numbers


def values(text: str) -> list[str]:
    return [number.value for number in find_numbers(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", "3"), ("3.0", "3"), ("003", "3"), ("three", "3"), ("Three", "3"), ("6/2", "3"),
        ("half", "1/2"), ("a half", "1/2"), ("one half", "1/2"), ("1/2", "1/2"), ("0.5", "1/2"),
        (".5", "1/2"), (r"\frac{1}{2}", "1/2"), (r"\dfrac 1 2", "1/2"), (r"\frac12", "1/2"),
        ("two thirds", "2/3"), ("two-thirds", "2/3"), ("a quarter", "1/4"), ("3 / 4", "3/4"),
        ("1,000", "1000"), ("1{,}000", "1000"), (r"1,\!000", "1000"), ("1,000.5", "2001/2"),
        ("ten thousand two hundred", "10200"), ("twenty-five", "25"), ("twelve hundred", "1200"),
        ("twice", "2"), ("tripled", "3"), ("a dozen", "12"), ("25%", "25"), ("$5", "5"),
        ("7th", "7"), ("5kg", "5"), ("x_12", "12"), ("٣", "3"), ("(4)", "4"), ("-4", "4"),
    ],
)  # fmt: skip
def test_find_numbers_one_value_however_written(text: str, value: str) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12,34", ["12", "34"]),
        ("sixteen eggs, 3 ducks and four", ["16", "3", "4"]),
        ("2 of 3.5 or \\frac{3}{4}", ["2", "7/2", "3/4"]),
        ("1/0 and 2", ["2"]),
        ("3 + 4=7", ["3", "4", "7"]),
        ("16个鸡蛋，3个", ["16", "3"]),
    ],
)
def test_find_numbers_come_in_order(text: str, expected: list[str]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "one", "someone", "often", "weight", "tense", "x12", "B52", "H2O", "x777", "\\alpha", "½"],
)
def test_find_numbers_no_number_is_none(text: str) -> None:
    assert values(text) == []


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("4 decades", {"40"}),
        ("half an hour", {"30"}),
        ("two dozen eggs", {"24"}),
        ("25%", {"1/4"}),
        ("25 percent", {"1/4"}),
        ("2 years", {"24", "104", "730"}),
        ("90 minutes", {"3/2"}),
        ("4 ducks", set()),
    ],
)
def test_find_numbers_unit_behind_gives_other_values(text: str, others: set[str]) -> None:
    assert find_numbers(text)[0].others == others


def test_says_value_in_either_unit() -> None:
    [hour] = find_numbers("half an hour")
    assert hour.says(frozenset({"30"}))
    assert hour.says(frozenset({"1/2"}))
    assert not hour.says(frozenset({"60"}))
    assert all_values([hour]) == {"1/2", "30"}


@pytest.mark.parametrize(
    "text",
    ["ſix", "ſeven ducks", "two dozenſ", "5 mınutes", "fıve", "K", "sıxty-fıve per cent", "İ6"],
)
def test_find_numbers_letters_alike_but_for_case_are_no_error(text: str) -> None:
    assert isinstance(find_numbers(text), list)


@pytest.mark.parametrize(
    "text",
    [
        "7" * 5_000, "7" * 301, "0." + "7" * 5_000, "1" + ",000" * 4_000,
        f"{'7' * 5_000}/{'3' * 5_000}", rf"\frac{{{'7' * 5_000}}}{{{'3' * 5_000}}}",
        "hundred " * 2_500, "thousand " * 2_500, "trillion hundred " * 900,
    ],
)  # fmt: skip
def test_find_numbers_no_person_would_write_are_left_out(text: str) -> None:
    assert values(f"3 ducks {text.strip()}") == ["3"]


@pytest.mark.parametrize(
    "text",
    [r"\frac", r"\frac{", r"\frac{1", r"\frac{1}{", r"\frac{{1}{2}", r"\frac}{", r"{\frac{1}{2}}}"],
)
def test_find_numbers_unbalanced_markup_is_no_error(text: str) -> None:
    assert set(values(text)) <= {"1", "2", "1/2"}


@pytest.mark.parametrize(
    ("start", "unit"),
    [
        ("\\frac", " "), ("\\frac1", " "), ("\\frac{1}", "\n"), ("2", " "), ("2 of", " "),
        ("two", " "), ("", "1,"), ("", "1/"), ("", "\\frac{1"), ("", "two and "), ("", "1.1"),
        ("", "7"), ("", "a "), ("", "\\"),
    ],
)  # fmt: skip
def test_find_numbers_monotonous_text_ends(start: str, unit: str) -> None:
    assert isinstance(find_numbers(start + unit * (300_000 // len(unit)) + "x"), list)


PIECES = [
    "1",
    "25",
    ".",
    ",",
    "/",
    " ",
    "\\frac",
    "{",
    "}",
    "two",
    "hundred",
    "a",
    "half",
    "ſ",
    "-",
]


@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
def test_find_numbers_lie_inside_any_text_and_never_overlap(text: str) -> None:
    end = 0
    for number in find_numbers(text):
        assert end <= number.start < number.end <= len(text)
        assert str(Fraction(number.value)) == number.value
        end = number.end


@given(st.integers(0, 10**20))
def test_find_numbers_grouping_does_not_matter(number: int) -> None:
    assert values(f"it is {number:,} eggs") == values(f"it is {number} eggs") == [str(number)]


@given(st.fractions(0, 1000, max_denominator=99))
def test_find_numbers_ratios_are_reduced(number: Fraction) -> None:
    above, below = 6 * number.numerator, 6 * number.denominator
    assert values(f"{above}/{below}") == values(rf"\frac{{{above}}}{{{below}}}") == [str(number)]
