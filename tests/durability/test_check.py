"""A check of many seeds outlives its workers: every seed is checked, every hit is there once."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from backend.database import session_scope
from backend.decontamination import sharing
from backend.decontamination.checking import count_due
from backend.decontamination.index import current_version
from backend.decontamination.service import CHECK, enqueue_check
from backend.decontamination.sharing import CHECK_SHARE
from backend.decontamination.tables import BenchmarkItem, DecontaminationHit
from backend.jobs.service import OPEN
from backend.jobs.tables import Job
from backend.seeds.tables import Seed
from tests.backend.embedded.waiting import wait_until
from tests.builders import create_source
from tests.checks import DUCKS, ROBE, add_benchmark
from tests.durability.conftest import Worker

SEEDS = 2 * sharing.SHARE_SEEDS + 2_000
COPIES = SEEDS // 10
PATIENCE = 120.0

_SEEDS = text("""
    with numbered as (
        select n, sha256(n::text::bytea) as content_hash, case n % 10
            when 0 then :ducks || ' ' || n
            when 5 then :robe || ' ' || n
            else repeat('Some words that are in no benchmark at all. ', 60) || n end as prompt
        from generate_series(1, :seeds) n
    ), seeds as (
        insert into seed (source_id, external_id, revision_id, content_hash)
        select :source_id, n, n, content_hash from numbered order by n
        returning id, revision_id
    )
    insert into seed_revision (id, seed_id, number, prompt, content_hash, origin)
    overriding system value
    select n, seeds.id, 1, prompt, content_hash, 'import' from numbered
    join seeds on seeds.revision_id = n
""")


def _checked(session: Session) -> int:
    return SEEDS - count_due(session, current_version(session).id)


def _wait_for(share: float) -> None:
    def is_there() -> bool:
        with session_scope() as session:
            return _checked(session) > SEEDS * share

    wait_until(is_there, PATIENCE)


def _is_over() -> bool:
    with session_scope() as session:
        kinds = Job.kind.in_((CHECK, CHECK_SHARE))
        return not session.scalar(select(func.count()).where(kinds, Job.state.in_(OPEN)))


def test_killed_workers_lose_no_seed_and_double_no_hit(worker: Worker) -> None:
    with session_scope() as session:
        values = {"source_id": create_source(session).id, "seeds": SEEDS}
        session.execute(_SEEDS, {**values, "ducks": DUCKS, "robe": ROBE})
        add_benchmark(session, DUCKS)
        enqueue_check(session, None)
    worker.start()
    _wait_for(0.2)
    worker.kill()
    with session_scope() as session:
        checked = _checked(session)
        assert 0 < checked < SEEDS
        # What came in while no worker lived: some seeds have been checked without it.
        add_benchmark(session, ROBE, name="robes")
        enqueue_check(session, None)
    worker.start()
    _wait_for(0.5)
    worker.kill()
    worker.start()
    wait_until(_is_over, PATIENCE)
    with session_scope() as session:
        assert _checked(session) == SEEDS
        found = select(BenchmarkItem.text, func.count(), func.count(Seed.id.distinct()))
        by_text = session.execute(
            found.join(DecontaminationHit, DecontaminationHit.item_id == BenchmarkItem.id)
            .join(Seed, Seed.revision_id == DecontaminationHit.revision_id)
            .group_by(BenchmarkItem.text)
        )
        assert {tuple(row) for row in by_text} == {(DUCKS, COPIES, COPIES), (ROBE, COPIES, COPIES)}
        assert session.scalar(select(func.sum(Seed.open_hits))) == 2 * COPIES
        states = select(Job.state).where(Job.kind.in_((CHECK, CHECK_SHARE)))
        assert set(session.scalars(states)) == {"done"}
