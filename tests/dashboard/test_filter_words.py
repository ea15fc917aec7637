"""Filters in words and in addresses."""

import pytest

from dashboard.filter_words import Unreadable, chips, in_words, read, written


def test_range_is_one_condition_and_falls_with_both_ends() -> None:
    [chip] = chips({"min_margin": 0.1, "max_margin": 0.25})
    assert chip == ("margin of the vote 0.1 to 0.25", ("min_margin", "max_margin"))
    assert in_words({"max_margin": 0.25}) == "margin of the vote at most 0.25"


def test_order_is_no_condition_and_a_false_mark_is_one() -> None:
    assert in_words({"sort": "margin"}) == "all seeds"
    assert in_words({"has_hits": False, "verdict": "hard"}) == "not: open hits, verdict: hard"


@pytest.mark.parametrize(
    ("field", "value"),
    [("tie", True), ("has_answer", False), ("min_margin", 0.25), ("max_steps", 7), ("tag", "a b")],
)
def test_address_gives_back_what_it_was_given(field: str, value: object) -> None:
    assert read(field, written(value)) == value


@pytest.mark.parametrize(
    ("field", "text"), [("tie", "maybe"), ("min_margin", "x"), ("decided_by", "")]
)
def test_address_that_holds_no_value_is_named(field: str, text: str) -> None:
    with pytest.raises(Unreadable, match=field.replace("_", " ")):
        read(field, text)
