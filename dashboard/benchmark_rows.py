"""Pure: loaded and missing benchmarks -> the rows of one table."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypedDict

from dashboard.rows import Benchmark, NamedBenchmark
from dashboard.wording import plural

STATUS_WORDS = {"partly": "in part", "missing": "missing", "loaded": "loaded"}
NOT_PUBLIC = "not public"


class BenchmarkRow(TypedDict):
    """A row: what is shown, and the loaded and the named benchmark that it is about."""

    shown: dict[str, Any]
    loaded: Benchmark | None
    named: NamedBenchmark | None


def table_rows(
    benchmarks: Sequence[Benchmark], named: Sequence[NamedBenchmark]
) -> list[BenchmarkRow]:
    """Named benchmarks of which something is missing first, then those loaded, then all others."""
    of = {part["id"]: one for one in named for part in one["loaded"]}
    loaded = [_row(benchmark, of.get(benchmark["id"])) for benchmark in benchmarks]
    missing = [_row(None, one) for one in named if not one["loaded"]]
    return sorted([*loaded, *missing], key=_place)


def summary(named: Sequence[NamedBenchmark]) -> str:
    """How many of the named benchmarks are there."""
    counted = Counter(one["status"] for one in named)
    return (
        f"Of the {plural(len(named), 'benchmark')} that the Phi-4-reasoning report names, "
        f"{counted['loaded']} are loaded, {counted['partly']} in part, and {counted['missing']} "
        "are missing. Seeds are not checked against what is missing."
    )


def _row(loaded: Benchmark | None, named: NamedBenchmark | None) -> BenchmarkRow:
    facts: dict[str, Any] = {**(loaded or {})}
    about: dict[str, Any] = {**(named or {})}
    shown = {
        "status": _status(named),
        "named": about.get("name"),
        **{field: facts.get(field) for field in ("name", "version", "split", "item_count")},
        "items_of": about.get("items"),
        "licence": facts.get("licence") or about.get("licence"),
        "gated": "yes" if facts.get("gated", about.get("gated")) else None,
    }
    return {"shown": shown, "loaded": loaded, "named": named}


def _status(named: NamedBenchmark | None) -> str:
    if named is None:
        return STATUS_WORDS["loaded"]
    if not named["loaded"] and not named["public"]:
        return NOT_PUBLIC
    return STATUS_WORDS[named["status"]]


def _place(row: BenchmarkRow) -> int:
    if row["named"] is None:
        return len(STATUS_WORDS)
    return list(STATUS_WORDS).index(row["named"]["status"])
