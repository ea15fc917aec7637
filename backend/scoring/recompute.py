"""Verdicts are functions of stored samples: compute them again, for any seeds, under any policy."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.science.answers import AnswerKey
from backend.scoring.line_up import LineUp, is_sample_of
from backend.scoring.policies import policy_of
from backend.scoring.samples import stored_answers
from backend.scoring.tables import Judgment, PolicyVersion, Sample, Teachability
from backend.scoring.verdict_evidence import written
from backend.scoring.verdicts import Answer, Calibration, Evidence, SeedVerdict, seed_verdict
from backend.seeds.state import SeedScores, set_scores
from backend.seeds.tables import SeedRevision

BATCH = 500


def recompute(
    session: Session,
    revision_ids: Sequence[int],
    *,
    run_id: int,
    line_up: LineUp,
    policy: PolicyVersion,
    calibration: Calibration,
) -> None:
    """Store the verdicts on revisions that follow from what the line-up has said of them."""
    if not revision_ids:
        return
    settings = policy_of(policy)
    found = read_evidence(session, revision_ids, line_up)
    verdicts = [seed_verdict(evidence, line_up, calibration, settings) for evidence in found]
    _upsert(session, verdicts, {"run_id": run_id, "policy_id": policy.id})
    set_scores(
        session,
        [_scores(verdict, known.steps) for verdict, known in zip(verdicts, found, strict=True)],
    )


def read_evidence(session: Session, revision_ids: Sequence[int], line_up: LineUp) -> list[Evidence]:
    """What is stored about each revision, by number."""
    stored = stored_answers(session, revision_ids, line_up)
    judgments = _judgments(session, revision_ids, line_up)
    rows = session.execute(
        select(SeedRevision.id, SeedRevision.answer)
        .where(SeedRevision.id.in_(revision_ids))
        .order_by(SeedRevision.id)
    )
    return [
        Evidence(
            revision_id,
            given_answer,
            _by_endpoint(stored[revision_id]),
            [steps for steps, _ in judgments[revision_id] if steps is not None],
            [reason for _, reason in judgments[revision_id] if reason is not None],
        )
        for revision_id, given_answer in rows
    ]


def _by_endpoint(rows: Sequence[Any]) -> dict[int, list[Answer]]:
    answers: dict[int, list[Answer]] = defaultdict(list)
    for row in rows:
        key = AnswerKey.parse(row.answer_key) if row.answer_key else None
        answers[row.endpoint_id].append(Answer(row.answer, key))
    return answers


def _judgments(
    session: Session, revision_ids: Sequence[int], line_up: LineUp
) -> dict[int, list[tuple[int | None, str | None]]]:
    rows = session.execute(
        select(Judgment.revision_id, Judgment.steps, Judgment.unscored)
        .join(Sample, Sample.id == Judgment.sample_id)
        .where(Judgment.revision_id.in_(revision_ids), is_sample_of(line_up))
        .order_by(Judgment.sample_id)
    )
    found: dict[int, list[tuple[int | None, str | None]]] = defaultdict(list)
    for revision_id, steps, unscored in rows:
        found[revision_id].append((steps, unscored))
    return found


def _upsert(session: Session, verdicts: Sequence[SeedVerdict], common: dict[str, Any]) -> None:
    statement = insert(Teachability)
    changed = {name: statement.excluded[name] for name in (*verdicts[0].columns, "run_id")}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Teachability.revision_id, Teachability.policy_id],
            set_=changed | {"created_at": func.clock_timestamp()},
        ),
        [verdict.columns | common for verdict in verdicts],
    )


def _scores(verdict: SeedVerdict, steps: Sequence[int]) -> SeedScores:
    columns = verdict.columns
    return SeedScores(
        revision_id=columns["revision_id"],
        verdict=columns["verdict"],
        score=columns["score"],
        agreement=verdict.agreement,
        reliability=columns["reliability"],
        steps=columns["steps"],
        attention=verdict.attention,
        verdict_evidence=written(columns["key_origin"], columns["weak"]),
        step_counts=sorted(steps),
    )
