"""What benchmark items are called, for people who read what stands in one."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.decontamination.tables import Benchmark, BenchmarkItem


def item_names(session: Session, item_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Benchmark, version, split and own name of each item."""
    wanted = (
        select(
            BenchmarkItem.id, Benchmark.name, Benchmark.version, Benchmark.split,
            BenchmarkItem.external_id,
        )
        .join(Benchmark, Benchmark.id == BenchmarkItem.benchmark_id)
        .where(BenchmarkItem.id.in_(item_ids))
    )  # fmt: skip
    return {
        row.id: {
            "benchmark": row.name, "version": row.version, "split": row.split,
            "item_id": row.external_id,
        }
        for row in session.execute(wanted)
    }  # fmt: skip
