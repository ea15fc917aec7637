import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.rubric import (
    NEWEST_VERSION,
    OLDEST_VERSION,
    RUBRICS,
    Unscored,
    Verdict,
    json_schema,
    messages,
    parse_verdict,
    rubric_hash,
    rubric_of,
)

FIRST: dict[str, Any] = {"steps": 3, "difficulty": 2, "reasons": "two sums"}
GOOD = FIRST | {"multi_step": 4, "well_posed": 5, "verifiable": 1}
VERSIONS = pytest.mark.parametrize("version", list(RUBRICS))


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
    assert parse_verdict(text, "2") == Verdict(3, 2, "two sums", 4, 5, 1)


def test_parse_verdict_under_the_first_rubric_has_no_further_levels() -> None:
    assert parse_verdict(json.dumps(FIRST), "1") == Verdict(3, 2, "two sums", None, None, None)


@pytest.mark.parametrize("space", ["\n", "\n "])
def test_parse_verdict_of_a_fence_that_only_space_follows_is_unscored_at_once(space: str) -> None:
    cut_off = parse_verdict("```json" + space * 500_000, "2", cut_off=True)
    assert cut_off == Unscored("cut off at the token limit")


def test_parse_verdict_of_another_version_is_unscored() -> None:
    assert isinstance(parse_verdict(json.dumps(FIRST), "2"), Unscored)
    assert isinstance(parse_verdict(json.dumps(GOOD), "1"), Unscored)


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
        json.dumps(GOOD)[:-1] + ', "steps": 4}',
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
                {"multi_step": 0},
                {"well_posed": 6},
                {"verifiable": "5"},
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
    result = parse_verdict(text, "2")
    assert isinstance(result, Unscored)
    assert result.reason


def test_parse_verdict_cut_off_says_so() -> None:
    assert parse_verdict(json.dumps(GOOD)[:40], "2", cut_off=True) == Unscored(
        "cut off at the token limit"
    )
    assert isinstance(parse_verdict(json.dumps(GOOD), "2", cut_off=True), Verdict)


@given(st.text(), st.sampled_from(list(RUBRICS)))
def test_parse_verdict_any_text_is_a_verdict_or_unscored(text: str, version: str) -> None:
    assert isinstance(parse_verdict(text, version), (Verdict, Unscored))


LEVEL = st.integers(1, 5)


@given(st.integers(1, 100), LEVEL, LEVEL, LEVEL, LEVEL, st.text(st.characters(codec="utf-8")))
def test_parse_verdict_reads_every_verdict_of_the_schema(
    steps: int, difficulty: int, multi_step: int, well_posed: int, verifiable: int, reasons: str
) -> None:
    reasons = reasons.replace("\x00", "").replace("<think>", "").replace("</think>", "")
    reasons = reasons.replace("`", "").strip()
    verdict = Verdict(steps, difficulty, reasons, multi_step, well_posed, verifiable)
    assert parse_verdict(json.dumps(verdict._asdict()), "2") == verdict


@VERSIONS
def test_messages_hold_the_prompt_and_stay_short(version: str) -> None:
    [message] = messages("What is 2 + 2?", version)
    assert message["role"] == "user"
    assert "<problem>\nWhat is 2 + 2?\n</problem>" in message["content"]
    # Below 500 tokens at the 4 characters a token that English takes: a context of 2,048 holds
    # the problem and the verdict besides.
    assert len(messages("", version)[0]["content"]) < 2000


@VERSIONS
def test_messages_example_fits_the_schema(version: str) -> None:
    content = messages("x", version)[0]["content"]
    example = content[content.index('{"steps"') : content.index("}") + 1]
    assert isinstance(parse_verdict(example, version), Verdict)
    assert json_schema(version)["required"] == list(json.loads(example))


def test_newest_rubric_anchors_every_level_with_an_example() -> None:
    for dimension in rubric_of(NEWEST_VERSION).dimensions:
        levels = [anchor.level for anchor in dimension.anchors]
        assert all(anchor.meaning and anchor.example for anchor in dimension.anchors)
        if dimension.name == "steps":
            assert levels == sorted(levels)
        else:
            assert levels == [1, 2, 3, 4, 5]


def test_rubric_hashes_never_change() -> None:
    # Stored judgments carry them: a change of words must be a new version, with a line here.
    assert {version: rubric_hash(version)[:12] for version in RUBRICS} == {
        "1": "60746d87e3c5",
        "2": "09dca661f3fd",
    }
    assert (OLDEST_VERSION, NEWEST_VERSION) == ("1", "2")


def test_unknown_version_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="no rubric 7; there are: 1, 2"):
        rubric_of("7")
