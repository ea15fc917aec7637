"""What a run has used by endpoint, while it goes on and after."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.runs.schemas import RunEndpointSpend
from backend.runs.service import get_run
from backend.scoring.line_up import LineUpEntry, line_up_of
from backend.scoring.tables import RunSpend

# From so many answers on, a share of them that was cut off is worth a hint.
FEWEST_ANSWERS = 20
MUCH_CUT_OFF = 0.1


def spend_of_run(session: Session, run_id: int) -> list[RunEndpointSpend]:
    """Calls, tokens and money of each endpoint of the run, in the order of its line-up."""
    line_up = line_up_of(get_run(session, run_id).settings)
    rows = session.scalars(select(RunSpend).where(RunSpend.run_id == run_id)).all()
    return [_spend(entry, rows) for entry in line_up]


def _spend(entry: LineUpEntry, rows: Sequence[RunSpend]) -> RunEndpointSpend:
    row = next((row for row in rows if row.endpoint_id == entry.endpoint_id), None)
    calls, cut_off = (row.calls, row.cut_off) if row else (0, 0)
    share = cut_off / calls if calls else None
    return RunEndpointSpend(
        endpoint_id=entry.endpoint_id,
        endpoint=entry.name,
        role=entry.role,
        calls=calls,
        prompt_tokens=row.prompt_tokens if row else 0,
        completion_tokens=row.completion_tokens if row else 0,
        reasoning_tokens=row.reasoning_tokens if row else 0,
        cost=float(row.cost) if row else 0.0,
        max_tokens=entry.sampling.max_tokens,
        cut_off=cut_off,
        cut_off_share=share,
        failed=row.failed if row else 0,
        hint=_hint(entry, share) if share and calls >= FEWEST_ANSWERS else None,
    )


def _hint(entry: LineUpEntry, share: float) -> str | None:
    if share < MUCH_CUT_OFF:
        return None
    return (
        f"{share:.0%} of {entry.name}'s answers were cut off at {entry.sampling.max_tokens:,} "
        "tokens: raise its token limit and start another run; only those are asked again"
    )
