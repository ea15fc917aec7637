"""What the stages that ask endpoints have in common: who may ask, and what may be sent."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.database import engine
from backend.decontamination.policy_schemas import PolicySettings
from backend.decontamination.tables import Benchmark, BenchmarkItem
from backend.endpoints.settings import is_local
from backend.endpoints.tables import Endpoint


class StageFailed(Exception):
    """A stage could not do its work; the seeds stay due, and what it has paid for is stored."""


@contextmanager
def sole_asker(endpoint_id: int) -> Iterator[None]:
    """Keep other checks from asking an endpoint meanwhile.

    Checks run in several processes, over the same items and often the same texts: so none pays for
    what another is about to store, and together they keep to the endpoint's limits and its day. A
    process that dies lets go with its connection.
    """
    lock = func.hashtextextended(f"decontamination endpoint {endpoint_id}", 0)
    # On a connection of its own: answers are committed one by one meanwhile.
    with engine().begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(lock)))
        yield


def endpoint_in_use(session: Session, endpoint_id: int) -> Endpoint:
    """The endpoint that a policy names.

    Raises:
        StageFailed: it was archived since.
    """
    endpoint = session.get_one(Endpoint, endpoint_id)
    if endpoint.archived_at is not None:
        raise StageFailed(f"{endpoint.name} is archived: bring it back, or save a policy without")
    return endpoint


def gated_items(session: Session, item_ids: Collection[int] | None = None) -> frozenset[int]:
    """The items, of these or of all, whose benchmark is gated."""
    wanted = select(BenchmarkItem.id).join(Benchmark).where(Benchmark.gated)
    if item_ids is not None:
        wanted = wanted.where(BenchmarkItem.id.in_(item_ids))
    return frozenset(session.scalars(wanted))


def may_have_gated(endpoint: Endpoint, settings: PolicySettings) -> bool:
    """Whether items of gated benchmarks may be sent to an endpoint."""
    return settings.send_gated_items or is_local(endpoint)
