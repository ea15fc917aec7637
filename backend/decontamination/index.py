"""The index over all benchmark items: built once in each worker process, until one changes."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.decontamination.tables import Benchmark, BenchmarkItem
from backend.science.decontamination import BenchmarkIndex, DecontaminationPolicy

POLICY: Final = DecontaminationPolicy()
POLICY_NAME: Final = " ".join(f"{name}={value}" for name, value in asdict(POLICY).items())


class LoadedIndex:
    """An index and the fingerprint of what it is built from."""

    def __init__(self, fingerprint: str, items: Sequence[tuple[str, str]]) -> None:
        self.fingerprint = fingerprint
        self._items = items

    @cached_property
    def index(self) -> BenchmarkIndex:
        """Built at first use, which takes seconds: when no transaction is open."""
        return BenchmarkIndex.build(self._items, POLICY)


_loaded: list[LoadedIndex] = []


def fingerprint(session: Session) -> str:
    """What seeds are checked against now: the benchmarks, their last changes and the policy."""
    wanted = select(Benchmark.id, Benchmark.item_count, Benchmark.changed_at)
    rows = session.execute(wanted.where(Benchmark.item_count > 0).order_by(Benchmark.id))
    state = [POLICY_NAME, *([*row[:2], row.changed_at.timestamp()] for row in rows)]
    return hashlib.sha256(orjson.dumps(state)).hexdigest()[:32]


def current_index(session: Session) -> LoadedIndex:
    """The index of today's benchmarks, from this process's memory where they have not changed."""
    wanted = fingerprint(session)
    if not _loaded or _loaded[0].fingerprint != wanted:
        _loaded.clear()  # two indexes at once would need twice the memory
        _loaded.append(LoadedIndex(wanted, _items(session)))
    return _loaded[0]


def _items(session: Session) -> list[tuple[str, str]]:
    wanted = select(BenchmarkItem.id, BenchmarkItem.text).order_by(BenchmarkItem.id)
    return [(str(item.id), item.text) for item in session.execute(wanted)]
