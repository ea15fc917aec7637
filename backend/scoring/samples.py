"""Samples: stored once, with what they cost, and read back for verdicts."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Row
from sqlalchemy.orm import Session

from backend.row_sets import among, given_rows, insert_rows
from backend.science.rubric import Unscored, Verdict
from backend.scoring.line_up import CUT_OFF, LineUp, serving_samples
from backend.scoring.spend import Use, add_source_spend, add_spend
from backend.scoring.tables import Judgment, Sample

# What Postgres cannot keep in a text: models and proxies do send it.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


class NewSample(NamedTuple):
    """A response that has just come in; `judgment` is set for a judge's."""

    revision_id: int
    endpoint_id: int
    template_hash: str
    settings_hash: str
    sample_index: int
    max_tokens: int
    response: str
    reasoning: str | None
    finish_reason: str | None
    answer: str | None
    answer_key: str | None
    prompt_tokens: int
    completion_tokens: int
    cost: Decimal
    latency_ms: int
    reasoning_tokens: int | None = None
    judgment: Verdict | Unscored | None = None

    @property
    def identity(self) -> tuple[int, int, str, str, int, int]:
        """What a sample is stored under, once."""
        return self[:6]


# Responses may be long, and Postgres reads a parameter as a whole.
ROWS_AT_ONCE = 200

_COLUMNS = [name for name in NewSample._fields if name != "judgment"]
_INSERT = (
    insert_rows(Sample, [*_COLUMNS, "run_id"])
    .on_conflict_do_nothing()
    .returning(
        Sample.id, Sample.revision_id, Sample.endpoint_id, Sample.template_hash,
        Sample.settings_hash, Sample.sample_index, Sample.max_tokens,
    )
)  # fmt: skip


_INSERT_JUDGMENTS = insert_rows(
    Judgment, ["sample_id", "revision_id", "rubric_hash", "unscored", *Verdict._fields]
)


class Spent(NamedTuple):
    """Calls, tokens and money of stored samples."""

    calls: int
    tokens: int
    cost: Decimal


def spent_by(samples: Sequence[NewSample]) -> Spent:
    """What these samples cost together."""
    tokens = sum(sample.prompt_tokens + sample.completion_tokens for sample in samples)
    return Spent(len(samples), tokens, sum((sample.cost for sample in samples), Decimal(0)))


def store_samples(session: Session, run_id: int | None, samples: Sequence[NewSample]) -> Spent:
    """Insert the samples that are not there yet, and what they cost; says what was new.

    A sample that another run has stored meanwhile stays as it is.
    """
    if not samples:
        return Spent(0, 0, Decimal(0))
    # One order for all writers, so that two runs over the same seeds cannot deadlock.
    ordered = sorted(samples, key=lambda sample: sample.identity)
    ids = _insert(session, run_id, ordered)
    new = [sample for sample in ordered if sample.identity in ids]
    _insert_judgments(session, [(ids[sample.identity], sample) for sample in new])
    add_spend(session, run_id, [_use(sample) for sample in new])
    add_source_spend(session, [(sample.revision_id, sample.cost) for sample in new])
    return spent_by(new)


def _insert(session: Session, run_id: int | None, samples: Sequence[NewSample]) -> dict[Any, int]:
    rows = [_row(sample) | {"run_id": run_id} for sample in samples]
    ids: dict[Any, int] = {}
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = given_rows(rows[start : start + ROWS_AT_ONCE])
        ids |= {tuple(row[1:]): row[0] for row in session.execute(_INSERT, part)}
    return ids


def _row(sample: NewSample) -> dict[str, Any]:
    row = sample._asdict()
    del row["judgment"]
    return {name: storable(value) if isinstance(value, str) else value
            for name, value in row.items()}  # fmt: skip


def storable(text: str) -> str:
    """The text with a replacement character where it holds what a database cannot keep."""
    return _UNSTORABLE.sub("\ufffd", text)


def _insert_judgments(session: Session, samples: Iterable[tuple[int, NewSample]]) -> None:
    rows = []
    for sample_id, sample in samples:
        row = {"sample_id": sample_id, "revision_id": sample.revision_id,
               "rubric_hash": sample.template_hash, "unscored": None,
               **dict.fromkeys(Verdict._fields)}  # fmt: skip
        if isinstance(sample.judgment, Unscored):
            rows.append(row | {"unscored": sample.judgment.reason})
        elif sample.judgment is not None:
            rows.append(row | sample.judgment._asdict())
    if rows:
        session.execute(_INSERT_JUDGMENTS, given_rows(rows))


def _use(sample: NewSample) -> Use:
    return Use(
        sample.endpoint_id, sample.prompt_tokens, sample.completion_tokens,
        sample.reasoning_tokens or 0, sample.cost, sample.finish_reason == CUT_OFF,
    )  # fmt: skip


def stored_answers(
    session: Session, revision_ids: Sequence[int], line_up: LineUp
) -> dict[int, list[Row[int, int, int, str | None, str | None]]]:
    """What the line-up said of each revision, in order: endpoint, index, answer and key."""
    found: dict[int, list[Any]] = {revision_id: [] for revision_id in revision_ids}
    chosen = serving_samples(line_up).where(among(Sample.revision_id, revision_ids))
    rows = session.execute(
        chosen.with_only_columns(
            Sample.revision_id, Sample.endpoint_id, Sample.sample_index, Sample.answer,
            Sample.answer_key,
        )
    )  # fmt: skip
    for row in rows:
        found[row.revision_id].append(row)
    return found
