"""What a run's traces came to, in numbers."""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.runs.service import get_run
from backend.runs.tables import RunItem
from backend.scoring.tables import Sample
from backend.traces.schemas import KeptPerSeed, ReasonShare, Spread, TraceSummary
from backend.traces.tables import Trace

_IS_KEPT = Trace.state == "kept"


def summarise(session: Session, run_id: int) -> TraceSummary:
    """Shares by reason, kept traces by seed, and tokens; NotFound where there is no such run."""
    get_run(session, run_id)
    rows = session.execute(
        select(Trace.reason, func.count()).where(Trace.run_id == run_id).group_by(Trace.reason)
    )
    counts = {row[0]: row[1] for row in rows}
    total, kept = sum(counts.values()), counts.pop(None, 0)
    by_count = sorted(counts.items(), key=lambda found: (-found[1], found[0] or ""))
    return TraceSummary.model_validate(
        {
            "run_id": run_id,
            "traces": total,
            "kept": kept,
            "kept_share": kept / total if total else None,
            "reasons": [
                ReasonShare.model_validate(
                    {"reason": reason, "count": count, "share": count / total}
                )
                for reason, count in by_count
            ],
            "kept_per_seed": _kept_per_seed(session, run_id),
            "thinking_tokens": _spread(session, run_id, Trace.thinking_tokens),
            "answer_tokens": _spread(session, run_id, Trace.answer_tokens),
            "verified_later": _verified_later(session, run_id),
        }
    )


def _kept_per_seed(session: Session, run_id: int) -> list[KeptPerSeed]:
    """Over the seeds that are done; those that failed have their own reasons."""
    kept = (
        select(func.count(Trace.sample_id).label("kept"))
        .select_from(RunItem)
        .outerjoin(
            Trace,
            (Trace.revision_id == RunItem.revision_id) & (Trace.run_id == run_id) & _IS_KEPT,
        )
        .where(RunItem.run_id == run_id, RunItem.state == "traced")
        .group_by(RunItem.revision_id)
        .subquery()
    )
    rows = session.execute(
        select(kept.c.kept, func.count()).group_by(kept.c.kept).order_by(kept.c.kept)
    )
    return [KeptPerSeed(kept=count, seeds=seeds) for count, seeds in rows]


def _spread(session: Session, run_id: int, tokens: InstrumentedAttribute[int]) -> Spread | None:
    middle, upper = session.execute(
        select(_percentile(0.5, tokens), _percentile(0.95, tokens)).where(
            Trace.run_id == run_id, _IS_KEPT
        )
    ).one()
    return None if middle is None else Spread(p50=middle, p95=upper)


def _percentile(share: float, of: InstrumentedAttribute[int]) -> ColumnElement[Any]:
    return func.percentile_cont(share).within_group(of)


def _verified_later(session: Session, run_id: int) -> int:
    return session.scalars(
        select(func.count())
        .select_from(Sample)
        .join(Trace, Trace.sample_id == Sample.id)
        .where(Sample.run_id == run_id, Trace.run_id > run_id)
    ).one()
