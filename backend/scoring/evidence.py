"""All that models said about seed revisions, for people to read."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import case, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from backend.endpoints.tables import ENDPOINT_ROLES, Endpoint
from backend.runs.tables import PROPOSING, Run
from backend.science.code_tests import Outcome, passed_of, pattern_key
from backend.science.rubric import version_of_hash
from backend.scoring.code_tests import outcomes_of_samples
from backend.scoring.policies import label_of
from backend.scoring.schemas import JudgmentOut, SampleOut, ScoringEvidence, TeachabilityOut
from backend.scoring.tables import Judgment, PolicyVersion, Sample, Teachability
from backend.seeds.tables import Seed, SeedRevision

# A reply to the question what to make of a seed, which is no answer to it.
_PROPOSES: Final = select(Run.id).where(Run.id == Sample.run_id, Run.kind.in_(PROPOSING)).exists()


def evidence_of(session: Session, revision_ids: Sequence[int]) -> dict[int, ScoringEvidence]:
    """The evidence on each revision; empty where nothing has been said of it."""
    found = {revision_id: ScoringEvidence() for revision_id in revision_ids}
    for revision_id, verdict in _verdicts(session, revision_ids):
        found[revision_id].teachability = verdict
    for revision_id, sample in _samples(session, revision_ids):
        found[revision_id].samples.append(sample)
        found[revision_id].cost += sample.cost
    for revision_id, traces, cost in _apart(session, revision_ids):
        found[revision_id].traces = traces
        found[revision_id].cost += cost
    for revision_id, judgment in _judgments(session, revision_ids):
        found[revision_id].judgments.append(judgment)
    for revision_id in _outdated(session, revision_ids):
        found[revision_id].stale = True
    return found


def _verdicts(session: Session, revision_ids: Sequence[int]) -> list[tuple[int, TeachabilityOut]]:
    """The verdict computed last for each revision."""
    rows = session.execute(
        select(Teachability, PolicyVersion)
        .join(PolicyVersion, PolicyVersion.id == Teachability.policy_id)
        .where(Teachability.revision_id.in_(revision_ids))
        .ext(distinct_on(Teachability.revision_id))
        .order_by(Teachability.revision_id, Teachability.created_at.desc())
    )
    return [
        (
            row.revision_id,
            TeachabilityOut.model_validate(row.__dict__ | {"policy": label_of(policy)}),
        )
        for row, policy in rows
    ]


def _samples(session: Session, revision_ids: Sequence[int]) -> list[tuple[int, SampleOut]]:
    roles = {role: place for place, role in enumerate(ENDPOINT_ROLES)}
    rows = session.execute(
        select(Sample, Endpoint.name, Endpoint.role)
        .join(Endpoint, Endpoint.id == Sample.endpoint_id)
        .where(Sample.revision_id.in_(revision_ids), Endpoint.role != "teacher", ~_PROPOSES)
        .order_by(
            Sample.revision_id,
            case(roles, value=Endpoint.role),
            Endpoint.id,
            Sample.sample_index,
            Sample.id,
        )
    ).all()
    tests = outcomes_of_samples(session, {row.id: row.revision_id for row, _, _ in rows})
    return [
        (row.revision_id, _sample(row, {"endpoint": name, "role": role}, tests.get(row.id)))
        for row, name, role in rows
    ]


def _apart(session: Session, revision_ids: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    """How many traces of teachers each revision has, and what they and proposals cost."""
    rows = session.execute(
        select(Sample.revision_id, func.count().filter(~_PROPOSES), func.sum(Sample.cost))
        .join(Endpoint, Endpoint.id == Sample.endpoint_id)
        .where(Sample.revision_id.in_(revision_ids), or_(Endpoint.role == "teacher", _PROPOSES))
        .group_by(Sample.revision_id)
    )
    return ((revision_id, count, float(cost)) for revision_id, count, cost in rows)


def _sample(row: Sample, endpoint: dict[str, str], tests: Sequence[Outcome] | None) -> SampleOut:
    """A response; the answer of a program is how it did."""
    values = row.__dict__ | endpoint
    if tests is not None:
        key = pattern_key(tests)
        values |= {
            "tests": [outcome.stored for outcome in tests],
            "answer": passed_of(tests),
            "answer_key": key and str(key),
        }
    return SampleOut.model_validate(values)


def _judgments(session: Session, revision_ids: Sequence[int]) -> list[tuple[int, JudgmentOut]]:
    rows = session.execute(
        select(Judgment, Endpoint.name)
        .join(Sample, Sample.id == Judgment.sample_id)
        .join(Endpoint, Endpoint.id == Sample.endpoint_id)
        .where(Judgment.revision_id.in_(revision_ids))
        .order_by(Judgment.sample_id)
    )
    return [
        (
            row.revision_id,
            JudgmentOut.model_validate(
                row.__dict__
                | {"endpoint": name, "rubric_version": version_of_hash(row.rubric_hash)}
            ),
        )
        for row, name in rows
    ]


def _outdated(session: Session, revision_ids: Sequence[int]) -> Sequence[int]:
    return session.scalars(
        select(SeedRevision.id)
        .join(Seed, Seed.id == SeedRevision.seed_id)
        .where(SeedRevision.id.in_(revision_ids), Seed.revision_id != SeedRevision.id)
    ).all()
