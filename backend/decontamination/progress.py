"""Where the check of all seeds stands."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.decontamination.checking import count_due
from backend.decontamination.index import current_version
from backend.decontamination.schemas import CheckState
from backend.decontamination.service import CHECK
from backend.decontamination.tables import Benchmark
from backend.jobs.schemas import JobOut
from backend.jobs.service import OPEN
from backend.jobs.tables import Job
from backend.seeds.tables import Seed


def check_state(session: Session) -> CheckState:
    """What seeds are checked against, how many are not yet, and the check that is under way."""
    benchmarks, items = session.execute(
        select(func.count(), func.coalesce(func.sum(Benchmark.item_count), 0)).where(
            Benchmark.item_count > 0
        )
    ).one()
    living = select(func.count()).select_from(Seed).where(Seed.withdrawn_at.is_(None))
    job = session.scalar(
        select(Job).where(Job.kind == CHECK, Job.state.in_(OPEN)).order_by(Job.id).limit(1)
    )
    return CheckState(
        benchmarks=benchmarks,
        items=items,
        seeds=session.scalar(living) or 0,
        due=count_due(session, current_version(session).id),
        job=None if job is None else JobOut.model_validate(job),
    )
