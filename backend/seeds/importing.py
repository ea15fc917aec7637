"""Imports: rows in, seeds and an account of every row out, in one transaction."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import Any, Final, TypeVar

import orjson
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, SessionTransaction

from backend.accounts.tables import User
from backend.config import settings
from backend.database import Json
from backend.errors import Conflict, Invalid
from backend.seeds import merge
from backend.seeds.rechecks import enqueue_rechecks
from backend.seeds.schemas import ImportOptions
from backend.seeds.staging import stage
from backend.seeds.tables import SeedImport
from backend.seeds.uploads import Body

Result = TypeVar("Result")

STORED_RESULTS: Final = 10_000
_LISTED_ERRORS: Final = 1000
_IN_MEMORY: Final = 4 * 2**20
_ATTEMPTS: Final = 3


@dataclass
class ImportAnswer:
    """An answer whose rows are on disk where they are many, ready to be sent after the commit."""

    import_id: int | None
    counts: dict[str, int]
    replayed: bool = False
    left_out: int = 0
    _rows: Any = field(default_factory=lambda: SpooledTemporaryFile(_IN_MEMORY))

    def add(self, row: Json) -> None:
        """List a row."""
        self._rows.write(b"," if self._rows.tell() else b"")
        self._rows.write(orjson.dumps(row))

    def stream(self) -> Iterator[bytes]:
        """The JSON of an `ImportResult`, in pieces."""
        summary = {
            "import_id": self.import_id, **self.counts, "replayed": self.replayed,
            "results_left_out": self.left_out,
        }  # fmt: skip
        yield orjson.dumps(summary)[:-1] + b',"results":['
        self._rows.seek(0)
        with self._rows:
            yield from iter(lambda: self._rows.read(2**16), b"")
        yield b"]}"


@dataclass(frozen=True)
class Upload:
    """Who sends which rows, and how they are to be imported."""

    user: User
    body: Body
    rows: Iterable[Any]
    options: ImportOptions
    key: str | None

    def request_hash(self) -> bytes:
        """What a repeated request must share; which rows to list may differ."""
        how = self.options.model_dump_json(exclude={"results"})
        return hashlib.sha256(self.body.digest() + how.encode()).digest()


def import_seeds(session: Session, upload: Upload) -> ImportAnswer:
    """Read the rows, merge them into the seeds, and say what became of each.

    Raises:
        Invalid: the upload breaks in the middle, or `on_error=abort` and a row was rejected.
        TooLarge: the upload is over a limit.
        Conflict: the key was used for another request.
    """
    merge.forget(session)
    stage(session, upload.rows, settings().max_prompt_characters)
    merge.lock_imports(session)
    if upload.key is not None and not upload.options.dry_run:
        known = _known(session, upload.user, upload.key)
        if known is not None:
            return _replay(known, upload)

    def work(savepoint: SessionTransaction) -> ImportAnswer:
        answer = _merge(session, upload)
        if upload.options.dry_run:
            savepoint.rollback()
        return answer

    return _again_where_taken(session, work)


def add_rows(session: Session, import_id: int, rows: Iterable[Json]) -> list[merge.Outcome]:
    """Have more rows come in by an import that stays open, as those of an upload do.

    Whoever locks seeds takes the imports' lock before them (`merge.lock_imports`), as here.

    Args:
        session: the caller's; flushed, not committed.
        import_id: the import that they count for.
        rows: as in an upload; one that is there already is rejected.

    Returns:
        What became of each row, in their order.

    Raises:
        Conflict: others change the same seeds all the time.
    """
    merge.forget(session)
    stage(session, rows, settings().max_prompt_characters)
    merge.lock_imports(session)

    def work(_: SessionTransaction) -> list[merge.Outcome]:
        counts = merge.decide(session, "insert")
        merge.apply(session, import_id)
        more = {
            f"{name}_count": n + getattr(SeedImport, f"{name}_count") for name, n in counts.items()
        }
        session.execute(update(SeedImport).where(SeedImport.id == import_id).values(more))
        enqueue_rechecks(session, None, merge.reworded())
        session.flush()
        return list(merge.outcomes(session, every=True))

    return _again_where_taken(session, work)


def _again_where_taken(session: Session, work: Callable[[SessionTransaction], Result]) -> Result:
    """Do it once more where an edit has taken one of the prompts meanwhile."""
    for _ in range(_ATTEMPTS):
        try:
            with session.begin_nested() as savepoint:
                return work(savepoint)
        except IntegrityError:
            continue
    raise Conflict("the seeds are being changed by others all the time; try again later")


def _merge(session: Session, upload: Upload) -> ImportAnswer:
    counts = merge.decide(session, upload.options.mode)
    if upload.options.on_error == "abort" and counts["rejected"]:
        _abort(session, counts["rejected"])
    if upload.options.dry_run:
        merge.pretend(session)
        return _answer(session, upload, ImportAnswer(None, counts))[0]
    made = SeedImport(
        created_by=upload.user.id, label=upload.options.label, recipe=upload.options.recipe,
        idempotency_key=upload.key,
        request_hash=upload.request_hash(), **{f"{name}_count": n for name, n in counts.items()},
    )  # fmt: skip
    session.add(made)
    session.flush()
    merge.apply(session, made.id)
    answer, made.results = _answer(session, upload, ImportAnswer(made.id, counts))
    if counts["created"] or counts["updated"]:
        enqueue_rechecks(session, upload.user, merge.reworded())
    session.flush()
    return answer


def _abort(session: Session, rejected: int) -> None:
    errors = []
    for row in merge.outcomes(session, every=False):
        errors.append(
            {"index": row.index, "field": row.field, "code": row.code, "message": row.message}
        )
        if len(errors) == _LISTED_ERRORS:
            break
    message = f"{rejected:,} rows are wrong, so nothing was imported"
    raise Invalid(message, code="rows_rejected", errors=errors)


def _answer(
    session: Session, upload: Upload, answer: ImportAnswer
) -> tuple[ImportAnswer, list[Json] | None]:
    """The answer with the rows asked for, and the rows to store."""
    wanted = upload.options.results
    keep_all = upload.key is not None and sum(answer.counts.values()) <= STORED_RESULTS
    stored: list[Json] = []
    for outcome in merge.outcomes(session, every=keep_all or wanted == "all"):
        row, rejected = _shown(outcome), outcome.status == "rejected"
        if wanted == "all" or (wanted == "rejected" and rejected):
            answer.add(row)
        if (keep_all or rejected) and len(stored) < STORED_RESULTS:
            stored.append(row)
    return answer, stored or None


def _shown(row: merge.Outcome) -> Json:
    error = row.code and {"code": row.code, "field": row.field, "message": row.message}
    return {
        "index": row.index, "external_id": row.external_id, "status": row.status, "id": row.id,
        "error": error,
    }  # fmt: skip


def _known(session: Session, user: User, key: str) -> SeedImport | None:
    return session.scalar(
        select(SeedImport).where(
            SeedImport.created_by == user.id, SeedImport.idempotency_key == key
        )
    )


def _replay(known: SeedImport, upload: Upload) -> ImportAnswer:
    if known.request_hash != upload.request_hash():
        message = f"this Idempotency-Key stands for import {known.id}, which was another request"
        raise Conflict(message, field="Idempotency-Key", code="key_reused")
    names = ("created", "updated", "unchanged", "duplicate", "rejected")
    counts = {name: getattr(known, f"{name}_count") for name in names}
    asked = {"all": sum(counts.values()), "rejected": counts["rejected"], "none": 0}
    wanted = upload.options.results
    rows = [
        row for row in known.results or [] if wanted == "all" or row["status"] == "rejected"
    ] if wanted != "none" else []  # fmt: skip
    answer = ImportAnswer(known.id, counts, replayed=True, left_out=asked[wanted] - len(rows))
    for row in rows:
        answer.add(row)
    return answer
