"""What a run's traces came to, in numbers."""

from collections import Counter
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.runs.service import get_run
from backend.runs.tables import RunItem
from backend.scoring.tables import Sample
from backend.traces.schemas import KeptPerSeed, ReasonShare, Spread, TraceSummary
from backend.traces.tables import Trace, standing

_IS_KEPT = standing == "kept"


def summarise(session: Session, run_id: int) -> TraceSummary:
    """Shares by reason, kept traces by seed, and tokens; NotFound where there is no such run."""
    get_run(session, run_id)
    counts = _outcomes(session, run_id)
    total, kept = counts.total(), counts.pop("kept", 0)
    unjudged = counts.pop("unjudged", 0)
    by_count = sorted(counts.items(), key=lambda found: (-found[1], found[0]))
    return TraceSummary.model_validate(
        {
            "run_id": run_id,
            "traces": total,
            "kept": kept,
            "kept_share": kept / total if total else None,
            "unjudged": unjudged,
            "without_score": _without_score(session, run_id),
            "reasons": [
                ReasonShare.model_validate(
                    {"reason": reason, "count": count, "share": count / total}
                )
                for reason, count in by_count
            ],
            "kept_per_seed": _kept_per_seed(session, run_id),
            "thinking_tokens": _spread(session, run_id, Trace.thinking_tokens),
            "answer_tokens": _spread(session, run_id, Trace.answer_tokens),
            "counted_by": session.scalars(
                select(Trace.counted_by).where(Trace.run_id == run_id).distinct()
            ).all(),
            "verified_later": _verified_later(session, run_id),
        }
    )


def _outcomes(session: Session, run_id: int) -> Counter[str]:
    """Traces by their state, rejected ones by reason: a rule's, or that a curator said so."""
    why = func.coalesce(Trace.reason, "curator")
    came_to = case((standing == "rejected", why), else_=standing).label("came_to")
    of_run = select(came_to).where(Trace.run_id == run_id).subquery()
    rows = session.execute(select(of_run.c.came_to, func.count()).group_by(of_run.c.came_to))
    return Counter({row[0]: row[1] for row in rows})


def _without_score(session: Session, run_id: int) -> int:
    """Traces that judges were shown and none has rated."""
    return session.scalars(
        select(func.count())
        .select_from(Trace)
        .where(
            Trace.run_id == run_id, Trace.judge_score.is_(None),
            func.jsonb_array_length(Trace.judgments) > 0,
        )
    ).one()  # fmt: skip


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
