"""Recorded responses to GSM8K and MATH problems, read as if their models were teachers.

A data folder holds `problems*.jsonl.gz`, `responses_multi*.jsonl.gz` and
`responses_panel*.jsonl.gz`. Most responses are one text, its reasoning before its answer; those of
distilled R1 models hold their thinking and `</think>`. One of these without the tag was cut off by
the recording.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from backend.science.thinking import Trace, read_trace
from benchmarks.decontamination import read_jsonl

DATA_SETS = ("gsm8k", "math")


class Problem(NamedTuple):
    """A problem and its known answer."""

    id: str
    prompt: str
    gold: str


class Recorded(NamedTuple):
    """A recorded response.

    Attributes:
        problem: what was asked.
        model: who answered.
        text: the whole response; None where the final answer is not in its text (a program).
        is_correct: by the recording.
    """

    problem: Problem
    model: str
    text: str | None
    is_correct: bool

    @property
    def thinks(self) -> bool:
        """Whether its model writes its thinking before `</think>`."""
        return "R1-Distill" in self.model

    def trace(self) -> Trace:
        """The response, read as a teacher's; the chat template swallowed the opening tag."""
        text = self.text or ""
        return read_trace(f"<think>{text}" if self.thinks and "<think>" not in text else text)


def read_problems(data: Path) -> dict[str, Problem]:
    """The problems with a known answer, by id."""
    rows = (row for path in sorted(data.glob("problems*.jsonl.gz")) for row in read_jsonl(path))
    return {
        row["id"]: Problem(row["id"], row["prompt"], row["gold"])
        for row in rows
        if row["id"].split("-")[0] in DATA_SETS and row["gold"]
    }


def read_responses(data: Path) -> Iterator[Recorded]:
    """All responses to these problems, in the order of recording."""
    problems = read_problems(data)
    for name in ("multi", "panel"):
        for path in sorted(data.glob(f"responses_{name}*.jsonl.gz")):
            for row in read_jsonl(path):
                if row["problem_id"] in problems:
                    yield _recorded(problems[row["problem_id"]], row)


def _recorded(problem: Problem, row: dict[str, Any]) -> Recorded:
    text = row["response"] if row["kind"] != "program" else None
    return Recorded(problem, row["model"], text, bool(row["correct"]))
