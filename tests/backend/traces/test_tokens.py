"""Tokens of the two parts of a trace: as counted where they are, else by characters."""

from decimal import Decimal

import pytest

from backend.science.thinking import read_trace
from backend.scoring.samples import NewSample
from backend.traces.tokens import token_counts

SECTIONS = "## Thinking\n" + "t" * 300 + "\n## Solution\n" + "s" * 100


@pytest.mark.parametrize(
    ("response", "reasoning", "completion", "counted", "expected"),
    [
        ("It is 42.", "Six sevens.", 90, 70, (70, 20)),
        ("<think>Six sevens.</think>It is 42.", None, 90, 70, (70, 20)),
        # Nothing is counted: 3 of 4 characters are thinking.
        (SECTIONS, None, 80, None, (60, 20)),
        # 40 tokens are of a thinking that is not shown; the rest is divided.
        (SECTIONS, None, 80, 40, (30, 10)),
        ("It is 42.", None, 10, None, (0, 10)),
        ("It is 42.", "Six sevens.", 10, 70, (10, 0)),
        ("", None, 0, None, (0, 0)),
    ],
)
def test_parts_add_up_to_what_is_shown(
    response: str,
    reasoning: str | None,
    completion: int,
    counted: int | None,
    expected: tuple[int, int],
) -> None:
    sample = NewSample(
        1, 1, "t", "s", 0, 9999, response, reasoning, "stop", None, None, 10, completion,
        Decimal(0), 5, counted,
    )  # fmt: skip
    assert token_counts(read_trace(response, reasoning, "stop"), sample) == expected
