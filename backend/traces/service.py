"""Traces as readers see them: lists, one with all that it says, and a choice for each seed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import existing
from backend.endpoints.tables import Endpoint
from backend.errors import Invalid
from backend.guidelines.tables import Guideline, GuidelineVersion
from backend.paging import Page, decode_cursor, encode_cursor
from backend.review.tables import Decision
from backend.row_sets import among
from backend.science.thinking import read_trace
from backend.science.trace_choice import Candidate, choose
from backend.scoring.tables import Sample
from backend.seeds.tables import Seed, SeedRevision
from backend.traces.schemas import (
    ChoiceQuery,
    ChosenTraces,
    TraceDetail,
    TraceFilter,
    TraceListQuery,
    TraceOut,
)
from backend.traces.tables import KEEPABLE, Trace, standing

PROMPT_SHOWN = 300


def list_traces(session: Session, query: TraceListQuery) -> Page[TraceOut]:
    """Traces of a filter, those of the newest responses first."""
    wanted = (
        _shown(func.left(SeedRevision.prompt, PROMPT_SHOWN))
        .where(*_conditions(query))
        .order_by(Trace.sample_id.desc())
        .limit(query.limit + 1)
    )
    if query.after is not None:
        wanted = wanted.where(Trace.sample_id < decode_cursor(query.after, [(int,)])[0])
    rows = session.execute(wanted).all()
    shown = [TraceOut.model_validate(_fields(row)) for row in rows[: query.limit]]
    more = len(rows) > query.limit
    return Page(items=shown, next=encode_cursor([shown[-1].sample_id]) if more else None)


def read_detail(session: Session, sample_id: int) -> TraceDetail:
    """One trace, or NotFound."""
    existing(session, Trace, sample_id, "trace")
    row = session.execute(_shown(SeedRevision.prompt).where(Trace.sample_id == sample_id)).one()
    sample, model = session.execute(
        select(Sample, Endpoint.model)
        .join(Endpoint, Endpoint.id == Sample.endpoint_id)
        .where(Sample.id == sample_id)
    ).one()
    said = read_trace(sample.response, sample.reasoning, sample.finish_reason)
    columns = {name: getattr(sample, name) for name in _OF_SAMPLE}
    return TraceDetail.model_validate(
        _fields(row)
        | columns
        | _decided(session, row.Trace)
        | {
            "thinking": said.thinking,
            "answer": said.answer,
            "passages": row.Trace.evidence.get("passages", []),
            "guideline_text": _guideline_text(session, row.Trace),
            "model": model,
            "asked_at": sample.created_at,
        }
    )


def _guideline_text(session: Session, trace: Trace) -> str | None:
    if trace.guideline_version_id is None:
        return None
    return session.get_one(GuidelineVersion, trace.guideline_version_id).text


def _decided(session: Session, trace: Trace) -> dict[str, Any]:
    """Whose the word on a trace is, and whether another is possible."""
    can_keep = session.scalar(select(KEEPABLE).where(Trace.sample_id == trace.sample_id))
    last = None
    if trace.word is not None:
        last = session.execute(
            select(Decision.id, User.name)
            .join(User, User.id == Decision.user_id)
            .where(Decision.sample_id == trace.sample_id)
            .order_by(Decision.id.desc())
            .limit(1)
        ).one_or_none()
    return {
        "can_keep": can_keep,
        "decision_id": last and last.id,
        "decided_by": last and last.name,
    }


_OF_SAMPLE = (
    "finish_reason", "prompt_tokens", "completion_tokens", "max_tokens", "cost", "latency_ms",
)  # fmt: skip


def _shown(prompt: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Trace, SeedRevision.seed_id, prompt.label("prompt"), Endpoint.name.label("endpoint"),
            Sample.sample_index, standing.label("state"), GuidelineVersion.guideline_id,
            Guideline.name.label("guideline"), GuidelineVersion.number.label("guideline_version"),
        )
        .join(Sample, Sample.id == Trace.sample_id)
        .join(SeedRevision, SeedRevision.id == Trace.revision_id)
        .join(Endpoint, Endpoint.id == Trace.endpoint_id)
        .outerjoin(GuidelineVersion, GuidelineVersion.id == Trace.guideline_version_id)
        .outerjoin(Guideline, Guideline.id == GuidelineVersion.guideline_id)
    )  # fmt: skip


def _fields(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    fields = row._asdict()
    trace: Trace = fields.pop("Trace")
    columns = {column.key: getattr(trace, column.key) for column in Trace.__table__.columns}
    return columns | fields | {"found": trace.evidence.get("found")}


def _conditions(filter: TraceFilter) -> list[ColumnElement[bool]]:
    conditions = [
        getattr(Trace, name) == value
        for name, value in filter.model_dump(include={"run_id", "reason"}).items()
        if value is not None
    ]
    if filter.state is not None:
        conditions.append(standing == filter.state)
    if filter.seed_id is not None:
        revisions = select(SeedRevision.id).where(SeedRevision.seed_id == filter.seed_id)
        conditions.append(Trace.revision_id.in_(revisions))
    conditions += _under(filter.guideline_id, filter.guideline_version)
    return conditions


def _under(guideline_id: int | None, number: int | None) -> list[ColumnElement[bool]]:
    """Made under a guideline, or one version of it.

    Raises:
        Invalid: a version is named without its guideline.
    """
    if guideline_id is None:
        if number is not None:
            raise Invalid("name the guideline that it is a version of", field="guideline_version")
        return []
    versions = select(GuidelineVersion.id).where(GuidelineVersion.guideline_id == guideline_id)
    if number is not None:
        versions = versions.where(GuidelineVersion.number == number)
    return [Trace.guideline_version_id.in_(versions)]


def choose_traces(session: Session, query: ChoiceQuery) -> Page[ChosenTraces]:
    """For each living seed with traces of its current wording that are kept: which to train on.

    Nothing of a choice is stored: it follows from the traces that are kept, and changes with them.
    """
    kept = _kept(query)
    after = decode_cursor(query.after, [(int,)])[0] if query.after else 0
    seeds = session.execute(
        select(Seed.id, Seed.revision_id)
        .where(
            Seed.id > after,
            Seed.withdrawn_at.is_(None),
            select(Trace).where(Trace.revision_id == Seed.revision_id, *kept).exists(),
        )
        .order_by(Seed.id)
        .limit(query.limit + 1)
    ).all()
    shown = seeds[: query.limit]
    items = chosen_of(session, {row.id: row.revision_id for row in shown}, query)
    more = len(seeds) > query.limit
    return Page(items=items, next=encode_cursor([shown[-1].id]) if more else None)


def chosen_of(
    session: Session, revisions: Mapping[int, int], query: ChoiceQuery
) -> list[ChosenTraces]:
    """The same for these seeds, each with the revision that it reads now; all of them are there."""
    candidates = _candidates(session, list(revisions.values()), _kept(query))
    return [
        _chosen(seed_id, revision_id, candidates[revision_id], query)
        for seed_id, revision_id in revisions.items()
    ]


def _kept(query: ChoiceQuery) -> list[ColumnElement[bool]]:
    kept = [standing == "kept", *_under(query.guideline_id, query.guideline_version)]
    if query.run_id is not None:
        kept.append(Trace.run_id == query.run_id)
    return kept


def _candidates(
    session: Session, revision_ids: Sequence[int], kept: Sequence[ColumnElement[bool]]
) -> dict[int, list[Candidate]]:
    found: dict[int, list[Candidate]] = defaultdict(list)
    for trace in session.scalars(
        select(Trace).where(among(Trace.revision_id, revision_ids), *kept)
    ):
        tokens = trace.thinking_tokens + trace.answer_tokens
        found[trace.revision_id].append(Candidate(trace.sample_id, tokens, trace.judge_score))
    return found


def _chosen(
    seed_id: int, revision_id: int, candidates: Sequence[Candidate], query: ChoiceQuery
) -> ChosenTraces:
    chosen = choose(candidates, query.rule, key=f"seed {seed_id}")
    return ChosenTraces(
        seed_id=seed_id,
        revision_id=revision_id,
        kept=len(candidates),
        sample_ids=[candidate.id for candidate in chosen],
    )
