"""Which rule cries wolf: what curators said of its hits."""

from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from backend.decontamination.hits import POLICY_LABEL
from backend.decontamination.schemas import RuleReport
from backend.decontamination.tables import (
    Benchmark,
    BenchmarkItem,
    DecontaminationHit,
    DecontaminationPolicyVersion,
    IndexVersion,
)
from backend.science.statistics import wilson_interval
from backend.seeds.tables import Seed, SeedRevision


def report(session: Session) -> list[RuleReport]:
    """Each method and verdict in each benchmark and policy, the most often dismissed first.

    Words count whatever became of the seed, each once: not where they were inherited. Open hits
    count where a curator can still settle them.
    """
    current = and_(Seed.revision_id == SeedRevision.id, Seed.withdrawn_at.is_(None))
    by_state = {
        "open": func.count().filter(DecontaminationHit.state == "open", current),
        "confirmed": func.count().filter(DecontaminationHit.state == "confirmed"),
        "dismissed": func.count().filter(DecontaminationHit.state == "dismissed"),
    }
    rule = (
        DecontaminationHit.method, DecontaminationHit.verdict, Benchmark.name.label("benchmark"),
        POLICY_LABEL.label("policy"), IndexVersion.policy_id,
    )  # fmt: skip
    counted = (
        select(*rule, *(count.label(state) for state, count in by_state.items()))
        .join(BenchmarkItem, BenchmarkItem.id == DecontaminationHit.item_id)
        .join(Benchmark, Benchmark.id == BenchmarkItem.benchmark_id)
        .join(IndexVersion, IndexVersion.id == DecontaminationHit.index_id)
        .join(DecontaminationPolicyVersion)
        .join(SeedRevision, SeedRevision.id == DecontaminationHit.revision_id)
        .join(Seed, Seed.id == SeedRevision.seed_id)
        .where(DecontaminationHit.inherited_from.is_(None))
        .group_by(*rule)
        .order_by(by_state["dismissed"].desc(), *rule)
    )
    rows = [_reported(row) for row in session.execute(counted)]
    return [row for row in rows if row.hits]


def _reported(row: Row[*tuple[Any, ...]]) -> RuleReport:
    settled = row.confirmed + row.dismissed
    low, high = wilson_interval(row.confirmed, settled)
    return RuleReport(
        **row._mapping,
        hits=row.open + settled,
        precision=row.confirmed / settled if settled else None,
        precision_low=low,
        precision_high=high,
    )
