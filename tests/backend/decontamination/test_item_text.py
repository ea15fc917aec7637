"""Texts of items from the columns of usual benchmarks."""

from typing import Any

import pytest

from backend.decontamination.item_text import item_text
from backend.seeds.rows import RowRejected

LIMIT = 100


@pytest.mark.parametrize(
    ("row", "fields", "text"),
    [
        ({"question": "Why?"}, ["question"], "Why?"),
        ({"question": 42}, ["question"], "42"),
        # MMLU
        ({"q": "One?", "choices": ["a", "b"]}, ["q", "choices"], "One?\nA. a\nB. b"),
        # ARC, OpenBookQA, CommonsenseQA on the hub
        (
            {"q": "One?", "choices": {"text": ["a", "b"], "label": ["1", "2"]}},
            ["q", "choices"],
            "One?\n1. a\n2. b",
        ),
        # ARC, CommonsenseQA as published
        (
            {"question": {"stem": "One?", "choices": [{"label": "A", "text": "a"}]}},
            ["question.stem", "question.choices"],
            "One?\nA. a",
        ),
        # PIQA
        ({"goal": "Do.", "sol1": "x", "sol2": "y"}, ["goal", "sol1", "sol2"], "Do.\nx\ny"),
        # MT-Bench, Arena-Hard
        ({"prompt": ["First.", "Then."]}, ["prompt"], "First.\n\nThen."),
        ({"turns": [{"content": "First."}]}, ["turns"], "First."),
        ({"a.b": "Dots are allowed."}, ["a.b"], "Dots are allowed."),
        ({"q": "One?", "choices": [1, 2.5]}, ["q", "choices"], "One?\nA. 1\nB. 2.5"),
        ({"q": "One?", "choices": {"text": ["a"], "label": []}}, ["q", "choices"], "One?\nA. a"),
        ({"q": "One?", "more": None, "rest": ""}, ["q", "more", "rest"], "One?"),
        ({"q": "什么？", "choices": ["سؤال"]}, ["q", "choices"], "什么？\nA. سؤال"),
    ],
)
def test_fields_make_a_text(row: dict[str, Any], fields: list[str], text: str) -> None:
    assert item_text(row, fields, LIMIT) == text


@pytest.mark.parametrize(
    ("row", "fields", "field", "code"),
    [
        ({"q": "One?"}, ["q", "choices"], "choices", "missing"),
        ({"q": {"stem": "One?"}}, ["q.text"], "q.text", "missing"),
        ({"q": None, "choices": ["a"]}, ["q", "choices"], "q", "missing"),
        ({"q": " ", "choices": ["a"]}, ["q", "choices"], "q", "empty"),
        ({"q": [], "choices": ["a"]}, ["q", "choices"], "q", "empty"),
        ({"q": {"a": 1}}, ["q"], "q", "wrong_type"),
        ({"q": 5.5}, ["q"], "q", "wrong_type"),
        ({"q": "One?", "choices": 3}, ["q", "choices"], "choices", "wrong_type"),
        ({"q": "One?", "choices": [None]}, ["q", "choices"], "choices", "wrong_type"),
        ({"q": "One?", "choices": {"label": ["A"]}}, ["q", "choices"], "choices", "wrong_type"),
        ({"q": "One?", "choices": ["a\0"]}, ["q", "choices"], "q, choices", "nul"),
        ({"q": "One?", "choices": ["x" * 99]}, ["q", "choices"], "q, choices", "too_long"),
    ],
)
def test_field_at_fault_is_named(
    row: dict[str, Any], fields: list[str], field: str, code: str
) -> None:
    with pytest.raises(RowRejected) as raised:
        item_text(row, fields, LIMIT)
    assert (raised.value.field, raised.value.code) == (field, code)


def test_missing_field_names_those_that_are_there() -> None:
    with pytest.raises(RowRejected, match="the row has no text; it has id, question"):
        item_text({"id": 1, "question": "Why?", None: ["of a csv"]}, ["text"], LIMIT)


def test_labels_that_are_no_list_name_no_choices() -> None:
    row = {"q": "One?", "choices": {"text": ["a", "b"], "label": 5}}
    assert item_text(row, ["q", "choices"], LIMIT) == "One?\nA. a\nB. b"


def test_choices_after_z_are_numbered() -> None:
    text = item_text({"q": "One?", "choices": ["x"] * 27}, ["q", "choices"], 1000)
    assert text.endswith("Z. x\n27. x")
