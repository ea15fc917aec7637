"""How much of each named benchmark is loaded."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.decontamination.named import (
    BY_NAME,
    EVALUATED,
    NAMED,
    NamedBenchmark,
    how_to_load,
    recognised,
)
from backend.decontamination.schemas import LoadedPart, NamedOut
from backend.decontamination.tables import Benchmark

_TRAINING = "train"


def named_benchmarks(session: Session) -> list[NamedOut]:
    """All named benchmarks, in the order of the report."""
    return _covered(session, NAMED)


def evaluated_benchmarks(session: Session) -> list[NamedOut]:
    """Those that the report evaluates on, and that were published after its data was made."""
    return _covered(session, EVALUATED)


def _covered(session: Session, those: Sequence[NamedBenchmark]) -> list[NamedOut]:
    wanted = select(Benchmark).where(Benchmark.item_count > 0)
    loaded = session.scalars(wanted.order_by(Benchmark.name, Benchmark.id)).all()
    return [
        _described(
            named, [row for row in loaded if standing_for(row.name, row.stands_for) is named]
        )
        for named in those
    ]


def standing_for(name: str, stands_for: str | None) -> NamedBenchmark | None:
    """The named benchmark that one is, wholly or in part: by a curator's word, else by its name."""
    return recognised(name) if stands_for is None else BY_NAME.get(stands_for)


def items_loaded(named: NamedBenchmark, loaded: Sequence[Benchmark]) -> int:
    """How many of its items are loaded, as far as can be said without comparing them.

    Copies overlap, so they do not add up: the largest counts. Only of a benchmark that comes in
    parts those of different names do. Items for training are none of those that are evaluated on.
    """
    counts: dict[str, int] = {}
    for benchmark in loaded:
        if named.split == _TRAINING or not benchmark.split.lower().startswith(_TRAINING):
            counts[benchmark.name] = max(counts.get(benchmark.name, 0), benchmark.item_count)
    parts = [count for name, count in counts.items() if named.in_parts and name != named.name]
    return max([sum(parts), *counts.values()])


def _described(named: NamedBenchmark, loaded: Sequence[Benchmark]) -> NamedOut:
    items = items_loaded(named, loaded)
    return NamedOut(
        name=named.name,
        status="missing" if not items else "partly" if items < (named.items or 1) else "loaded",
        items=named.items,
        items_loaded=items,
        loaded=[
            LoadedPart(
                id=row.id, name=row.name, version=row.version, split=row.split,
                items=row.item_count,
            )
            for row in loaded
        ],
        licence=named.licence,
        released=named.released,
        gated=named.gated,
        public=named.public,
        home=named.home,
        how=how_to_load(named),
        note=named.note,
    )  # fmt: skip
