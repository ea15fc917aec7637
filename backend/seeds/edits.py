"""Many edits in one request: each row is taken or refused on its own."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.errors import Conflict, SeedbedError
from backend.seeds.lists import seed_rows
from backend.seeds.schemas import EditResult, RowError, SeedEdit
from backend.seeds.service import edit_seed, get_seed


def edit_seeds(session: Session, user: User, rows: Sequence[Any]) -> list[EditResult]:
    """Edit seeds, in the order of their numbers so that two requests never wait in a circle.

    Args:
        session: one transaction for all of them.
        user: who edits.
        rows: JSON values; what is no edit gets a result too.
    """
    parsed = [_parse(row) for row in rows]
    results = {index: row for index, row in enumerate(parsed) if isinstance(row, EditResult)}
    edits = [(row.id, index, row) for index, row in enumerate(parsed) if isinstance(row, SeedEdit)]
    for _, index, row in sorted(edits, key=lambda edit: edit[:2]):
        results[index] = _edit(session, user, row)
    numbers = sorted({seed_id for seed_id, _, _ in edits})
    shown = {seed.id: seed for seed in seed_rows(session, numbers)}
    for result in results.values():
        result.seed = shown.get(result.id or 0)
    return [results[index] for index in range(len(parsed))]


def _parse(row: Any) -> SeedEdit | EditResult:
    try:
        return SeedEdit.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        number = row.get("id") if isinstance(row, dict) else None
        wrong = RowError(code=first["type"], field=field, message=first["msg"])
        known = number if isinstance(number, int) and 0 < number < 2**63 else None
        return EditResult(id=known, status="refused", error=wrong)


def _refuse_unseen(session: Session, row: SeedEdit) -> None:
    """Refuse to write over what somebody else has written since the caller looked."""
    if row.seen is None:
        return
    seed = get_seed(session, row.id, lock=True)
    for field, value in row.seen.model_dump(exclude_unset=True).items():
        if (now := getattr(seed, field)) != value:
            raise Conflict(f"it is {now!r} by now", field=field, code="changed_since")


def _edit(session: Session, user: User, row: SeedEdit) -> EditResult:
    changes = row.model_dump(exclude_unset=True, exclude={"id", "seen"})
    try:
        with session.begin_nested():
            _refuse_unseen(session, row)
            event = edit_seed(session, user, row.id, changes)
    except SeedbedError as error:
        wrong = RowError(code=error.problem_code, field=error.field, message=error.message)
        return EditResult(id=row.id, status="refused", error=wrong)
    if event is None:
        return EditResult(id=row.id, status="unchanged")
    return EditResult(id=row.id, status="saved", decision_id=event.id)
