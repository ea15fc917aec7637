"""Numbers that survive a translation, and those that were changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.written_numbers import differing_numbers

TRUE_TRANSLATIONS = {
    "digits stay": ("Il a 16 œufs et en vend 4.", "He has 16 eggs and sells 4."),
    "a word became a digit": ("Il a 3 œufs.", "He has three eggs."),
    "a digit became a word": ("Il a trois œufs et 5 pommes.", "He has 3 eggs and 5 apples."),
    "a decimal comma": ("Das Brot kostet 3,50 Euro.", "The bread costs 3.50 euros."),
    "grouping by dots": ("Es sind 1.250.000 Leute.", "There are 1,250,000 people."),
    "grouping by narrow spaces": ("Il y a 12\u202f500 gens.", "There are 12,500 people."),
    "grouping left out": ("Il y a 12500 gens.", "There are 12,500 people."),
    "arabic digits": ("لديه ١٦ بيضة", "He has 16 eggs"),
    "full-width digits": ("１６個の卵", "16 eggs"),
    "a list without spaces": ("les nombres 3,5,7", "the numbers 3, 5, 7"),
    "a value in other digits": ("0,5 Liter und 0.5 Kilo", "0.50 litres and 1/2 kilo"),
}


@pytest.mark.parametrize("case", TRUE_TRANSLATIONS)
def test_translation_changes_no_number(case: str) -> None:
    assert not differing_numbers(*TRUE_TRANSLATIONS[case]).is_change


@pytest.mark.parametrize(
    ("seed", "item", "in_seed", "in_item"),
    [
        ("Il a 20 œufs, en vend 4.", "He has 16 eggs, sells 4.", ["20"], ["16"]),
        ("Das kostet 3,75 Euro.", "It costs 3.50 euros.", ["3,75"], ["3.50"]),
        ("لديه ١٧ بيضة", "He has 16 eggs", ["١٧"], ["16"]),
    ],
)
def test_changed_number_is_found_in_both(
    seed: str, item: str, in_seed: list[str], in_item: list[str]
) -> None:
    differing = differing_numbers(seed, item)
    assert differing.is_change
    assert [seed[start:end] for start, end in differing.seed] == in_seed
    assert [item[start:end] for start, end in differing.item] == in_item


@given(st.text(alphabet="0123456789.,'½²٣ ab/-\u202f", max_size=60))
def test_no_text_differs_from_itself(text: str) -> None:
    assert differing_numbers(text, text) == ((), ())


@given(st.text(alphabet="019.,½²٣ a/", max_size=30), st.text(alphabet="019.,½²٣ a/", max_size=30))
def test_sides_are_alike(first: str, second: str) -> None:
    one, other = differing_numbers(first, second), differing_numbers(second, first)
    assert (one.seed, one.item) == (other.item, other.seed)
