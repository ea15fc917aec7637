"""What the seed page says of programs."""

from typing import Any, cast

from dashboard.rows import Sample
from dashboard.tested_programs import program_rows
from tests.dashboard.fake_rows import sample


def _programs(endpoint: str, role: str, *programs: list[tuple[str, str]]) -> list[Sample]:
    """Samples whose programs did so, a list of results and details each."""
    rows: list[dict[str, Any]] = []
    for index, outcomes in enumerate(programs):
        tests = [
            {"result": result, "detail": detail, "seconds": 0.1} for result, detail in outcomes
        ]
        rows.append(sample(endpoint, role, index, None) | {"tests": tests or None})
    return cast("list[Sample]", rows)


PASSED = ("passed", "")


def test_programs_are_counted_by_endpoint_with_their_most_frequent_failures() -> None:
    wrong, slow = ("failed", "4 == 3"), ("time", "not done in time")
    rows = program_rows(
        _programs("Strong", "reference", [PASSED, PASSED])
        + _programs("Small", "weak", [PASSED, wrong], [wrong, slow], [])
    )
    assert rows == [
        {
            "endpoint": "Strong", "role": "reference", "all_passed": "1 of 1 response",
            "passed": 1.0, "tests": "2 of 2", "failures": "",
        },
        {
            "endpoint": "Small", "role": "weak", "all_passed": "0 of 3 responses",
            "passed": 0.25, "tests": "1 of 2, 0 of 2",
            "failures": "wrong: 4 == 3 (2×)\ntoo slow: not done in time",
        },
    ]  # fmt: skip


def test_seeds_without_tests_have_no_table() -> None:
    assert program_rows(_programs("Small", "weak", [])) == []
    assert program_rows([cast("Sample", sample("Small", "weak", 0, "3"))]) == []
