"""What the trace of a row was verified against, and what came of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.guidelines.tables import Guideline, GuidelineVersion
from backend.lineage.schemas import TraceProof
from backend.runs.tables import Run
from backend.traces.tables import Trace, standing


def trace_proof(session: Session, sample_id: int | None) -> TraceProof | None:
    """The verification of a response; None where it was never verified as a trace."""
    if sample_id is None:
        return None
    row = session.execute(
        select(
            Trace, standing.label("standing"), Run.name.label("run"),
            GuidelineVersion.guideline_id, Guideline.name.label("guideline"),
            GuidelineVersion.number.label("guideline_version"),
        )
        .join(Run, Run.id == Trace.run_id)
        .outerjoin(GuidelineVersion, GuidelineVersion.id == Trace.guideline_version_id)
        .outerjoin(Guideline, Guideline.id == GuidelineVersion.guideline_id)
        .where(Trace.sample_id == sample_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    fields = row._asdict()
    trace: Trace = fields.pop("Trace")
    columns = {column.key: getattr(trace, column.key) for column in Trace.__table__.columns}
    return TraceProof.model_validate(
        columns
        | fields
        | {
            "state": row.standing, "found": trace.evidence.get("found"),
            "verified_at": trace.created_at,
        }
    )  # fmt: skip
