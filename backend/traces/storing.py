"""Store what was found out about a teacher's responses, beside the samples that hold them."""

from collections.abc import Sequence
from hashlib import md5
from typing import Any, Literal, NamedTuple

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from backend.database import Json
from backend.row_sets import given_rows, insert_rows
from backend.scoring.equivalences import Identity
from backend.scoring.line_up import LineUpEntry, serving_samples
from backend.scoring.samples import NewSample, storable
from backend.scoring.tables import Sample
from backend.traces.tables import Trace

KeyOrigin = Literal["given", "plurality", "tests", "none"]


class NewTrace(NamedTuple):
    """A response that has been verified; a `reason` rejects it.

    Attributes:
        identity: of its sample (`NewSample.identity`), which is stored before or with it.
        digest: of the response that was verified (`digest_of`).
        state: of one without a reason: `unjudged` until judges have told, or `kept`.
        judgments: what judges said, as JSON values.
    """

    identity: Identity
    digest: str
    reason: str | None
    evidence: Json
    thinking_tokens: int
    answer_tokens: int
    answer_key: str | None
    key_origin: KeyOrigin
    reference_answer: str
    reference_key: str
    guideline_version_id: int | None = None
    state: Literal["kept", "rejected", "unjudged"] = "kept"
    judge_score: float | None = None
    judgments: Sequence[Json] = ()
    counted_by: str = "server"

    @property
    def revision_id(self) -> int:
        """What it is about."""
        return self.identity[0]


_IDENTITY = (
    Sample.revision_id, Sample.endpoint_id, Sample.template_hash, Sample.settings_hash,
    Sample.sample_index, Sample.max_tokens,
)  # fmt: skip
_SAMPLE_COLUMNS = [name for name in NewSample._fields if name != "judgment"]
_FOUND_OUT = [name for name in NewTrace._fields if name not in ("identity", "digest")]
_COLUMNS = ["sample_id", "revision_id", "endpoint_id", "run_id", *_FOUND_OUT]
_INSERT = insert_rows(Trace, _COLUMNS)
_UPSERT = _INSERT.on_conflict_do_update(
    index_elements=[Trace.sample_id],
    set_={name: _INSERT.excluded[name] for name in _COLUMNS}
    | {"created_at": func.clock_timestamp()},
)


def digest_of(response: str, reasoning: str | None) -> str:
    """What a response is known by, as it is stored: MD5, since Postgres computes it too."""
    return md5(f"{storable(reasoning or '')}\x1f{storable(response)}".encode()).hexdigest()


def store_traces(session: Session, run_id: int, traces: Sequence[NewTrace]) -> set[int]:
    """Write traces over what was found out about the same samples before.

    Two runs that ask the same teacher at the same time store one response and lose the other. What
    was found out about the lost one says nothing of the one that is there.

    Returns:
        The revisions of traces that are not stored for this reason: they are to be verified again.
    """
    if not traces:
        return set()
    found = session.execute(
        select(Sample.id, _stored_digest(), *_IDENTITY).where(
            tuple_(*_IDENTITY).in_([trace.identity for trace in traces])
        )
    )
    stored = {tuple(row[2:]): (row[0], row[1]) for row in found}
    rows, lost = [], set[int]()
    for trace in sorted(traces, key=lambda trace: trace.identity):
        sample_id, digest = stored[trace.identity]
        if digest == trace.digest:
            rows.append(_row(trace, sample_id, run_id))
        else:
            lost.add(trace.revision_id)
    if rows:
        session.execute(_UPSERT, given_rows(rows))
    return lost


def _stored_digest() -> Any:
    return func.md5(func.coalesce(Sample.reasoning, "") + "\x1f" + Sample.response)


def _row(trace: NewTrace, sample_id: int, run_id: int) -> dict[str, Any]:
    row = {name: _storable(getattr(trace, name)) for name in _FOUND_OUT}
    return row | {
        "sample_id": sample_id,
        "revision_id": trace.revision_id,
        "endpoint_id": trace.identity[1],
        "run_id": run_id,
        "state": trace.state if trace.reason is None else "rejected",
    }


def _storable(value: Any) -> Any:
    """The value without what the database cannot keep; evidence quotes what models wrote."""
    match value:
        case str():
            return storable(value)
        case dict():
            return {str(key): _storable(part) for key, part in value.items()}
        case list() | tuple():
            return [_storable(part) for part in value]
        case _:
            return value


def unverified_samples(
    session: Session, run_id: int, revision_id: int, entry: LineUpEntry
) -> list[NewSample]:
    """What the teacher has said of a revision already, and this run has not verified.

    Another run may have: its rules, and its key, need not be this one's.
    """
    serving = serving_samples([entry]).where(
        Sample.revision_id == revision_id, Sample.sample_index < entry.samples
    )
    verified = select(Trace).where(Trace.sample_id == Sample.id, Trace.run_id == run_id)
    rows = session.execute(
        select(*(getattr(Sample, name) for name in _SAMPLE_COLUMNS))
        .where(Sample.id.in_(serving), ~verified.exists())
        .order_by(Sample.sample_index)
    )
    return [NewSample(*row) for row in rows]
