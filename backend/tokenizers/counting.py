"""Count what a tokenizer has not counted yet, a batch at a time: memory is that of one batch."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from backend.database import Base, existing, session_scope
from backend.jobs.service import ClaimedJob
from backend.row_sets import given_rows, insert_rows
from backend.science.thinking import as_training_text, read_trace
from backend.scoring.tables import Sample
from backend.seeds.tables import Seed, SeedRevision
from backend.tokenizers.library import CountAll, counter
from backend.tokenizers.tables import PromptTokens, Tokenizer, TraceTokens
from backend.traces.tables import Trace, standing

COUNT: Final = "tokens.count"
# A trace may have a few hundred kilobytes.
BATCH: Final = 100


class _Kind(NamedTuple):
    """Prompts or traces: what is missing, where counts go, and a row's text."""

    table: type[Base]
    key: str
    number: ColumnElement[int]
    wanted: Select[*tuple[Any, ...]]
    text: Callable[[Any], str]


def _training_text(row: Any) -> str:
    return as_training_text(read_trace(row.response, row.reasoning, row.finish_reason))


_ACCEPTED: Final = (Seed.status == "accepted", Seed.withdrawn_at.is_(None))
_PROMPTS: Final = _Kind(
    PromptTokens, "revision_id", SeedRevision.id.expression,
    select(SeedRevision.id, SeedRevision.prompt)
    .join(Seed, Seed.revision_id == SeedRevision.id).where(*_ACCEPTED),
    lambda row: str(row.prompt),
)  # fmt: skip
_TRACES: Final = _Kind(
    TraceTokens, "sample_id", Sample.id.expression,
    select(Sample.id, Sample.response, Sample.reasoning, Sample.finish_reason)
    .join(Trace, Trace.sample_id == Sample.id)
    .join(Seed, Seed.revision_id == Trace.revision_id).where(standing == "kept", *_ACCEPTED),
    _training_text,
)  # fmt: skip
_KINDS: Final = (_PROMPTS, _TRACES)


def count_missing(job: ClaimedJob, tokenizer_id: int) -> None:
    """Count the prompts of accepted seeds and their kept traces that are not counted yet.

    Each batch is stored when it is counted; whoever goes on after a killed worker counts the rest.

    Raises:
        NotFound: there is no such tokenizer.
        LeaseLost: another attempt has the job.
    """
    with session_scope() as session:
        tokenizer = existing(session, Tokenizer, tokenizer_id, "tokenizer")
        count, total = counter(tokenizer.file), waiting(session, tokenizer_id)
    done = 0
    for kind in _KINDS:
        after = 0
        while batch := _batch(kind, tokenizer_id, after):
            after = batch[-1][0]
            _store(job, kind, tokenizer_id, _counted(kind, batch, count))
            done += len(batch)
            with session_scope() as session:
                job.fence(session)
                job.progress(session, done, max(total, done))


def waiting(session: Session, tokenizer_id: int) -> int:
    """How many prompts and traces a tokenizer has not counted yet."""
    return sum(_many(session, _missing(kind, tokenizer_id)) for kind in _KINDS)


def counted(session: Session, tokenizer_id: int) -> int:
    """How many prompts and traces a tokenizer has counted."""
    tables: tuple[Any, ...] = (PromptTokens, TraceTokens)
    return sum(
        _many(session, select(table.tokens).where(table.tokenizer_id == tokenizer_id))
        for table in tables
    )


def _many(session: Session, wanted: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


def _missing(kind: _Kind, tokenizer_id: int) -> Select[*tuple[Any, ...]]:
    return kind.wanted.where(~_is_counted(kind, tokenizer_id))


def _is_counted(kind: _Kind, tokenizer_id: int) -> ColumnElement[bool]:
    table: Any = kind.table
    there = select(table.tokens).where(table.tokenizer_id == tokenizer_id)
    return there.where(getattr(table, kind.key) == kind.number).exists()


def _batch(kind: _Kind, tokenizer_id: int, after: int) -> list[Any]:
    wanted = _missing(kind, tokenizer_id).where(kind.number > after)
    with session_scope() as session:
        return list(session.execute(wanted.order_by(kind.number).limit(BATCH)).all())


def _counted(kind: _Kind, batch: list[Any], count: CountAll) -> list[dict[str, int]]:
    counts = count([kind.text(row) for row in batch])
    return [{kind.key: row[0], "tokens": n} for row, n in zip(batch, counts, strict=True)]


def _store(job: ClaimedJob, kind: _Kind, tokenizer_id: int, rows: list[dict[str, int]]) -> None:
    # Two jobs may count at once: a count is the same, whoever makes it.
    columns = ["tokenizer_id", kind.key, "tokens"]
    statement = insert_rows(kind.table, columns).on_conflict_do_nothing()
    with session_scope() as session:
        job.fence(session)
        session.execute(statement, given_rows([{"tokenizer_id": tokenizer_id, **r} for r in rows]))
