"""Evaluation sets that training data must not hold."""

from typing import TypedDict

from dashboard.rows.work import RowError


class Benchmark(TypedDict):
    """A loaded evaluation set."""

    id: int
    name: str
    version: str
    split: str
    licence: str | None
    gated: bool
    stands_for: str | None
    item_count: int
    created_at: str


class LoadedPart(TypedDict):
    """A loaded benchmark that stands for a named one."""

    id: int
    name: str
    version: str
    split: str
    items: int


class NamedBenchmark(TypedDict):
    """A benchmark that reports name, and how much of it is loaded."""

    name: str
    status: str
    items: int | None
    items_loaded: int
    loaded: list[LoadedPart]
    licence: str | None
    gated: bool
    public: bool
    home: str | None
    how: str | None
    note: str | None


class BenchmarkLoad(TypedDict):
    """What loading a benchmark file brought."""

    benchmarks: list[Benchmark]
    rejected: list[RowError]
    rejected_count: int
    job_id: int | None
