import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.rubric import (
    Unscored,
    Verdict,
    json_schema,
    messages,
    parse_verdict,
    rubric_hash,
)

GOOD = {"steps": 3, "difficulty": 2, "reasons": "two sums"}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(GOOD),
        f"  {json.dumps(GOOD, indent=2)}\n",
        f"Here it is:\n```json\n{json.dumps(GOOD)}\n```\nDone.",
        f"```\n{json.dumps(GOOD)}\n```",
        f"<think>maybe {{}}</think>{json.dumps(GOOD)}",
    ],
)
def test_parse_verdict_within_the_schema_is_a_verdict(text: str) -> None:
    assert parse_verdict(text) == Verdict(3, 2, "two sums")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I would say 3 steps.",
        "[]",
        "null",
        "{}",
        json.dumps(GOOD) + " and more",
        f"```json\n{json.dumps(GOOD)}\n```\n```json\n{json.dumps(GOOD)}\n```",
        f"<think>{json.dumps(GOOD)}",
        '{"steps": 3, "steps": 4, "difficulty": 2, "reasons": ""}',
        "[" * 100_000,
        *(
            json.dumps(GOOD | change)
            for change in (
                {"steps": 0},
                {"steps": -1},
                {"steps": 101},
                {"steps": 3.0},
                {"steps": "3"},
                {"steps": True},
                {"steps": None},
                {"difficulty": 0},
                {"difficulty": 6},
                {"difficulty": float("nan")},
                {"reasons": None},
                {"reasons": ["a"]},
                {"reasons": "a\x00b"},
                {"reasons": "\ud800"},
                {"extra": 1},
            )
        ),
        json.dumps({"steps": 3, "difficulty": 2}),
    ],
)
def test_parse_verdict_outside_the_schema_is_unscored(text: str) -> None:
    result = parse_verdict(text)
    assert isinstance(result, Unscored)
    assert result.reason


@given(st.text())
def test_parse_verdict_any_text_is_a_verdict_or_unscored(text: str) -> None:
    assert isinstance(parse_verdict(text), (Verdict, Unscored))


@given(st.integers(1, 100), st.integers(1, 5), st.text(st.characters(codec="utf-8")))
def test_parse_verdict_reads_every_verdict_of_the_schema(
    steps: int, difficulty: int, reasons: str
) -> None:
    reasons = reasons.replace("\x00", "").replace("<think>", "").replace("</think>", "")
    reasons = reasons.replace("`", "")
    text = json.dumps({"steps": steps, "difficulty": difficulty, "reasons": reasons})
    assert parse_verdict(text) == Verdict(steps, difficulty, reasons.strip())


def test_messages_hold_the_prompt_and_stay_short() -> None:
    [message] = messages("What is 2 + 2?")
    assert message["role"] == "user"
    assert "<problem>\nWhat is 2 + 2?\n</problem>" in message["content"]
    # Below 250 tokens at the 4 characters a token that English takes.
    assert len(messages("")[0]["content"]) < 1000


def test_messages_example_fits_the_schema() -> None:
    content = messages("x")[0]["content"]
    example = content[content.index('{"steps"') : content.index("}") + 1]
    assert isinstance(parse_verdict(example), Verdict)
    assert set(json_schema()["required"]) == set(json.loads(example))


def test_rubric_hash_is_stable_within_a_version() -> None:
    assert rubric_hash() == rubric_hash()
    assert len(rubric_hash()) == 64
