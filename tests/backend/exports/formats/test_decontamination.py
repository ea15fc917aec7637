"""What a card says of benchmarks: checked, partly, not, and those that came after the freeze."""

from datetime import UTC, datetime

from backend.exports.formats.decontamination import Unchecked, decontamination_section, unchecked
from tests.format_examples import FROZEN, certificate


def test_benchmark_of_a_later_month_could_not_be_checked() -> None:
    """AIME-2025 was out in February 2025, AIME-2024 a year before, PhiBench nobody knows when."""
    before = datetime(2025, 1, 31, tzinfo=UTC)
    assert unchecked(certificate(), before) == Unchecked(
        ["AIME-2024", "PhiBench"], [("AIME-2025", "2025-02")]
    )
    for day in (1, 28):
        same_month = datetime(2025, 2, day, tzinfo=UTC)
        assert unchecked(certificate(), same_month) == Unchecked(
            ["AIME-2024", "PhiBench", "AIME-2025"], []
        )
    assert unchecked(certificate(), datetime(2023, 12, 1, tzinfo=UTC)).after == [
        ("AIME-2024", "2024-02"), ("AIME-2025", "2025-02"),
    ]  # fmt: skip


def test_section_puts_each_benchmark_in_its_place() -> None:
    said = decontamination_section(certificate(), datetime(2025, 1, 1, tzinfo=UTC))
    for line in (
        "As decided 2026-11-26T09:30:00+00:00. Rows were checked against 1 loaded benchmarks"
        " (1,319 items)",
        "| GSM8k | in full | 1,319 | 1,319 |",
        "| MATH | partly | 500 | 5,000 |",
        "| AIME-2024 | NOT checked | 0 |  |",
        "| AIME-2025 | released 2025-02, after the freeze | 0 |  |",
        "- **NOT checked: AIME-2024, PhiBench.**",
        "- Released after the rows were frozen: AIME-2025 (2025-02).",
        "| gsm8k | 1 | test | 1,319 | MIT | 2026-11-01T00:00:00+00:00 |",
    ):
        assert line in said


def test_what_data_of_today_may_hold_is_not_checked() -> None:
    said = decontamination_section(certificate(), FROZEN)
    assert "**NOT checked: AIME-2024, PhiBench, AIME-2025.**" in said
    assert "after the freeze" not in said


def test_what_is_loaded_of_later_benchmarks_is_shown() -> None:
    also = [
        {"name": "AIME-2025", "items_checked": 30, "items": 30},
        {"name": "HMMT-February-2025", "items_checked": 7, "items": 30},
    ]
    said = decontamination_section(certificate(also_evaluated=also), FROZEN)
    assert "| AIME-2025 | in full | 30 | 30 |" in said
    assert "| HMMT-February-2025 | partly | 7 | 30 |" in said


def test_seeds_without_a_check_are_counted() -> None:
    given = certificate(never_checked=1500, checked_before=2, rows_with_confirmed_hits=3)
    said = decontamination_section(given, FROZEN)
    assert "**1,500 seeds were never checked.**" in said
    assert "2 seeds were checked before a benchmark changed" in said
    assert "3 rows are made from benchmark items that a curator lets through" in said


def test_without_benchmarks_nothing_reads_as_clean() -> None:
    bare = certificate(benchmarks=[], checked=[], partly_checked=[], not_checked=["MATH"])
    said = decontamination_section(bare, FROZEN)
    assert "checked against 0 loaded benchmarks (0 items)" in said
    assert "**NOT checked: MATH, AIME-2025.**" in said
