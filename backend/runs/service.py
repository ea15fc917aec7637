"""Look runs up."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.database import existing
from backend.paging import Page, PageQuery, decode_cursor, encode_cursor, rows_by_number
from backend.runs.progress import list_items, run_outs
from backend.runs.schemas import RunItemOut, RunKind, RunOut
from backend.runs.tables import Run


def get_run(session: Session, run_id: int) -> Run:
    """The run, or NotFound."""
    return existing(session, Run, run_id, "run")


def list_runs(session: Session, paging: PageQuery, kind: RunKind | None = None) -> Page[RunOut]:
    """Runs of one kind or all, the newest first."""
    wanted = select(Run) if kind is None else select(Run).where(Run.kind == kind)
    shown, following = rows_by_number(session, wanted, Run.id, paging, newest_first=True)
    return Page(items=run_outs(session, shown), next=following)


def page_of_items(
    session: Session, run_id: int, state: str | None, paging: PageQuery
) -> Page[RunItemOut]:
    """The run's seeds, of one state or all."""
    get_run(session, run_id)
    after = decode_cursor(paging.after, [(int,)])[0] if paging.after else 0
    items = list_items(session, run_id, state, after, paging.limit + 1)
    shown = items[: paging.limit]
    more = len(items) > len(shown)
    return Page(items=shown, next=encode_cursor([shown[-1].revision_id]) if more else None)


def run_out(session: Session, run: Run) -> RunOut:
    """One run as callers see it."""
    return run_outs(session, [run])[0]
