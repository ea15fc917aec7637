"""Pure: how the programs of a seed did on its tests, a row for each endpoint."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dashboard.rows import Sample, TestOutcome
from dashboard.wording import plural

NAMES = {
    "failed": "wrong",
    "error": "error",
    "time": "too slow",
    "memory": "too much memory",
    "unrunnable": "not Python",
}
SHOWN_FAILURES = 3


def program_rows(samples: Sequence[Sample]) -> list[dict[str, Any]]:
    """Endpoints in the order of their samples, with what their programs passed and why they failed.

    Responses without a program have no tests and count among the responses only.
    """
    endpoints = dict.fromkeys(sample["endpoint"] for sample in samples if _tests(sample))
    return [
        _row([sample for sample in samples if sample["endpoint"] == endpoint])
        for endpoint in endpoints
    ]


def _row(samples: Sequence[Sample]) -> dict[str, Any]:
    """One endpoint's row."""
    programs = [tests for sample in samples if (tests := _tests(sample))]
    outcomes = [outcome for tests in programs for outcome in tests]
    passed = [sum(outcome["result"] == "passed" for outcome in tests) for tests in programs]
    whole = sum(count == len(tests) for count, tests in zip(passed, programs, strict=True))
    return {
        "endpoint": samples[0]["endpoint"],
        "role": samples[0]["role"],
        "all_passed": f"{whole} of {plural(len(samples), 'response')}",
        "passed": sum(passed) / len(outcomes),
        "tests": ", ".join(
            f"{count} of {len(tests)}" for count, tests in zip(passed, programs, strict=True)
        ),
        "failures": "\n".join(_failures(outcomes)),
    }


def _tests(sample: Sample) -> list[TestOutcome]:
    return sample.get("tests") or []


def _failures(outcomes: Sequence[TestOutcome]) -> list[str]:
    """The most frequent reasons, one line each."""
    reasons = Counter(
        f"{NAMES.get(outcome['result'], outcome['result'])}: {_first_line(outcome['detail'])}"
        for outcome in outcomes
        if outcome["result"] != "passed"
    )
    return [
        f"{reason} ({count}×)" if count > 1 else reason
        for reason, count in reasons.most_common(SHOWN_FAILURES)
    ]


def _first_line(detail: str) -> str:
    return detail.split("\n", 1)[0]
