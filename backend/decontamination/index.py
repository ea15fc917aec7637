"""The index over all benchmark items: built once in each worker process, until one changes.

An index version is a policy and the highest version of an item. A seed that was checked against an
earlier one under the same policy is compared with the items that came since.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.decontamination.policies import current_policy, science_of, settings_of
from backend.decontamination.policy_schemas import PolicySettings
from backend.decontamination.tables import BenchmarkItem, IndexVersion
from backend.science.contamination import Hit
from backend.science.decontamination import BenchmarkIndex


class Item(NamedTuple):
    """A benchmark item, as it was read."""

    id: int
    text: str
    version: int


class LoadedIndex:
    """The items of an index version, and the index that is built over them.

    Building takes seconds: it happens at first use, when no short transaction is open.
    """

    def __init__(self, version: IndexVersion, settings: PolicySettings, items: Sequence[Item]):
        """`items` are in the order of their versions."""
        self.id, self.made_at, self.policy_id = version.id, version.created_at, version.policy_id
        self.settings = settings
        self.texts = {item.id: item.text for item in items}
        self.items = items

    def find(self, texts: Sequence[str], since: int) -> list[list[Hit]]:
        """Hits on the items above a version, as a look for all of them would find those."""
        first = bisect_right(self.items, since, key=lambda item: item.version)
        return self._index.find(texts, first) if first < len(self.items) else [[] for _ in texts]

    def find_copies(self, texts: Sequence[str]) -> list[list[Hit]]:
        """Hits by wording alone: for texts that are no problems."""
        return self._index.find_copies(texts)

    @cached_property
    def _index(self) -> BenchmarkIndex:
        items = [(str(item.id), item.text) for item in self.items]
        return BenchmarkIndex.build(items, science_of(self.settings))


_loaded: list[LoadedIndex] = []


def current_version(session: Session) -> IndexVersion:
    """What seeds are checked against now.

    Loads of items come one after the other (`loading.load`), so the highest version that is
    committed has none below it that is still to be. Items that go leave it as it is.
    """
    policy = current_policy(session)
    newest = session.scalar(select(func.max(BenchmarkItem.version))) or 0
    known = (
        select(IndexVersion)
        .where(IndexVersion.policy_id == policy.id, IndexVersion.newest_item >= newest)
        .order_by(IndexVersion.newest_item.desc())
        .limit(1)
    )
    if (found := session.scalar(known)) is not None:
        return found
    session.execute(
        insert(IndexVersion)
        .values(policy_id=policy.id, newest_item=newest)
        .on_conflict_do_nothing()
    )
    return session.scalars(known).one()


def current_index(session: Session) -> LoadedIndex:
    """The index of today's benchmarks, from this process's memory where they have not changed."""
    version = current_version(session)
    for loaded in _loaded:
        if (loaded.id, loaded.made_at) == (version.id, version.created_at):
            return loaded
    _loaded.clear()  # two indexes at once would need twice the memory
    settings = settings_of(current_policy(session))
    loaded = LoadedIndex(version, settings, _items(session, version))
    _loaded.append(loaded)
    return loaded


def _items(session: Session, version: IndexVersion) -> list[Item]:
    # A load that was committed a moment ago belongs to the next version.
    wanted = (
        select(BenchmarkItem.id, BenchmarkItem.text, BenchmarkItem.version)
        .where(BenchmarkItem.version <= version.newest_item)
        .order_by(BenchmarkItem.version)
    )
    return [Item(*row) for row in session.execute(wanted)]
