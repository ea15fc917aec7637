"""What models and curators said of a seed: paid responses, verdicts, judges, ratings, checks."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.decontamination.hits import POLICY_LABEL, hits_of
from backend.decontamination.tables import (
    DecontaminationPolicyVersion,
    IndexVersion,
    WaitingWording,
)
from backend.endpoints.settings import sampling_of, settings_hash
from backend.endpoints.tables import Endpoint
from backend.judging.ratings import standing_ratings
from backend.judging.schemas import RatingOut, Ratings
from backend.lineage.money import STAGE
from backend.lineage.schemas import Checked, HitStep, JudgeOut, SampleOut, VerdictOut
from backend.runs.tables import Run
from backend.science.rubric import version_of_hash
from backend.scoring.policies import label_of
from backend.scoring.tables import Judgment, PolicyVersion, Sample, Teachability
from backend.seeds.tables import Seed
from backend.traces.tables import Trace, standing

MOST_SAMPLES = 500


def samples_of(
    session: Session, revision_ids: Sequence[int], first: int, response: int | None
) -> list[SampleOut]:
    """Paid responses about a seed's wordings, without their texts.

    Args:
        session: the caller's.
        revision_ids: the wordings.
        first: the wording whose responses come before those about others.
        response: the one that comes before all, if any: it is never left out.
    """
    rows = session.execute(
        _samples()
        .where(Sample.revision_id.in_(revision_ids))
        .order_by(
            (Sample.id == response).desc() if response else Sample.id.is_(None),
            (Sample.revision_id == first).desc(), Sample.id,
        )
        .limit(MOST_SAMPLES)
    ).all()  # fmt: skip
    line_ups = _line_ups(session, {row.run_id for row in rows if row.run_id is not None})
    return [_sample(row, line_ups.get(row.run_id, [])) for row in rows]


def _samples() -> Select[*tuple[Any, ...]]:
    said: ColumnElement[Any] = case((Trace.sample_id.is_not(None), standing))
    names = ("id", "revision_id", "endpoint_id", "run_id", "sample_index", "template_hash",
             "settings_hash", "max_tokens", "prompt_tokens", "completion_tokens",
             "reasoning_tokens", "finish_reason", "answer", "cost", "created_at")  # fmt: skip
    wanted: Select[*tuple[Any, ...]] = select(
        *(getattr(Sample, name) for name in names), Endpoint, STAGE.label("stage"),
        Run.name.label("run"), said.label("trace"),
    )  # fmt: skip
    return (
        wanted.join(Endpoint, Endpoint.id == Sample.endpoint_id)
        .outerjoin(Run, Run.id == Sample.run_id)
        .outerjoin(Trace, Trace.sample_id == Sample.id)
    )


def _line_ups(session: Session, run_ids: Collection[int]) -> dict[int, list[Any]]:
    rows = session.execute(
        select(Run.id, Run.settings["line_up"].label("line_up")).where(Run.id.in_(run_ids))
    )
    return {row.id: row.line_up or [] for row in rows}


def _sample(row: Any, line_up: Sequence[Any]) -> SampleOut:
    endpoint: Endpoint = row.Endpoint
    return SampleOut.model_validate(
        row._asdict()
        | {
            "endpoint": endpoint.name, "model": endpoint.model, "role": endpoint.role,
            "settings": _settings(row, endpoint, line_up),
        }
    )  # fmt: skip


def _settings(row: Any, endpoint: Endpoint, line_up: Sequence[Any]) -> dict[str, Any] | None:
    """The sampling that the sample's hash stands for; None where nobody holds it any more."""
    for entry in line_up:
        same = entry.get("endpoint_id") == endpoint.id
        if same and entry.get("settings_hash") == row.settings_hash:
            return {name: v for name, v in entry["sampling"].items() if v is not None}
    if settings_hash(endpoint) == row.settings_hash:
        return sampling_of(endpoint).model_dump(mode="json", exclude_none=True)
    return None


def verdicts_of(session: Session, revision_id: int) -> list[VerdictOut]:
    """The verdicts on a wording, one of each policy, the newest first."""
    rows = session.execute(
        select(Teachability, PolicyVersion)
        .join(PolicyVersion, PolicyVersion.id == Teachability.policy_id)
        .where(Teachability.revision_id == revision_id)
        .order_by(Teachability.created_at.desc(), Teachability.id.desc())
    )
    return [
        VerdictOut.model_validate(row.__dict__ | {"policy": label_of(policy)})
        for row, policy in rows
    ]


def judgments_of(session: Session, revision_id: int) -> list[JudgeOut]:
    """Judges' ratings of a wording by the rubric."""
    rows = session.execute(
        select(Judgment, Endpoint.name)
        .join(Sample, Sample.id == Judgment.sample_id)
        .join(Endpoint, Endpoint.id == Sample.endpoint_id)
        .where(Judgment.revision_id == revision_id)
        .order_by(Judgment.sample_id)
    )
    return [
        JudgeOut.model_validate(
            row.__dict__ | {"endpoint": name, "rubric_version": version_of_hash(row.rubric_hash)}
        )
        for row, name in rows
    ]


def ratings_of(session: Session, viewer: User, revision_id: int) -> list[RatingOut]:
    """Curators' ratings of a wording that stand."""
    return [
        RatingOut(
            id=one.id, revision_id=one.revision_id, user=name, mine=one.user_id == viewer.id,
            rubric_version=one.rubric_version, created_at=one.created_at,
            **{field: getattr(one, field) for field in Ratings.model_fields},
        )
        for one, name in standing_ratings(session, [revision_id])
    ]  # fmt: skip


def hits_on(session: Session, revision_id: int) -> list[HitStep]:
    """What was found of a wording in benchmarks."""
    return [HitStep.model_validate(hit) for hit in hits_of(session, [revision_id])[revision_id]]


def checked_of(session: Session, seed: Seed, revision_id: int) -> Checked | None:
    """What a wording was checked against; None where that is not known."""
    index_id = seed.checked_index
    if revision_id != seed.revision_id:
        waiting = session.get(WaitingWording, revision_id)
        index_id = waiting.index_id if waiting else None
    if index_id is None:
        return None
    row = session.execute(
        select(IndexVersion.id, POLICY_LABEL.label("policy"), IndexVersion.created_at)
        .join(DecontaminationPolicyVersion)
        .where(IndexVersion.id == index_id)
    ).one()
    return Checked(index_id=row.id, policy=row.policy, index_made_at=row.created_at)
