"""All that verdicts rest on, read back for many revisions at once."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.science.answers import AnswerKey
from backend.scoring.equivalences import known_equivalences, relation_of
from backend.scoring.line_up import LineUp, serving_samples
from backend.scoring.samples import stored_answers
from backend.scoring.tables import Judgment, Sample
from backend.scoring.verdicts import Answer, Evidence
from backend.seeds.tables import Seed, SeedRevision


def read_evidence(session: Session, revision_ids: Sequence[int], line_up: LineUp) -> list[Evidence]:
    """What is stored about each revision, by number."""
    stored = stored_answers(session, revision_ids, line_up)
    judgments = _judgments(session, revision_ids, line_up)
    known = known_equivalences(session, revision_ids)
    rows = session.execute(
        select(SeedRevision.id, SeedRevision.answer, Seed.domain)
        .join(Seed, Seed.id == SeedRevision.seed_id)
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
            domain,
            relation_of(known.get(revision_id, {})),
        )
        for revision_id, given_answer, domain in rows
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
        .where(Sample.id.in_(serving_samples(line_up).where(Sample.revision_id.in_(revision_ids))))
        .order_by(Judgment.sample_id)
    )
    found: dict[int, list[tuple[int | None, str | None]]] = defaultdict(list)
    for revision_id, steps, unscored in rows:
        found[revision_id].append((steps, unscored))
    return found
