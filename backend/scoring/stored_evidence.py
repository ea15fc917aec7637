"""All that verdicts rest on, read back for many revisions at once."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.row_sets import among
from backend.science.answers import AnswerKey
from backend.science.code_tests import passed_of
from backend.science.rubric import Unscored, Verdict
from backend.scoring.code_tests import StoredProgram, parsed_tests, stored_programs
from backend.scoring.equivalences import known_equivalences
from backend.scoring.line_up import LineUp, serving_samples
from backend.scoring.samples import stored_answers
from backend.scoring.tables import Judgment, Sample
from backend.scoring.verdicts import Answer, Evidence
from backend.seeds.answer_origins import is_proposed
from backend.seeds.tables import Seed, SeedRevision


def read_evidence(
    session: Session, revision_ids: Sequence[int], line_up: LineUp, *, votes_decide: bool = False
) -> list[Evidence]:
    """What is stored about each revision, by number; `votes_decide`: answers are only proposed."""
    rows = session.execute(
        select(
            SeedRevision.id, SeedRevision.answer, Seed.domain, Seed.extra["tests"], is_proposed()
        )
        .join(Seed, Seed.id == SeedRevision.seed_id)
        .where(among(SeedRevision.id, revision_ids))
        .order_by(SeedRevision.id)
    ).all()
    stored = stored_answers(session, revision_ids, line_up)
    judgments = judgments_of(session, revision_ids, line_up)
    known = known_equivalences(session, revision_ids)
    tests = parsed_tests({row[0]: row[3] for row in rows})
    programs = stored_programs(session, tests, line_up)
    return [
        Evidence(
            revision_id,
            given_answer,
            _programs(programs[revision_id])
            if revision_id in tests
            else _by_endpoint(stored[revision_id]),
            [found for found in judgments[revision_id] if isinstance(found, Verdict)],
            [found.reason for found in judgments[revision_id] if isinstance(found, Unscored)],
            domain,
            known[revision_id],
            tests[revision_id].tests if revision_id in tests else (),
            votes_decide or proposed,
        )
        for revision_id, given_answer, domain, _, proposed in rows
    ]


def _by_endpoint(rows: Sequence[Any]) -> dict[int, list[Answer]]:
    answers: dict[int, list[Answer]] = defaultdict(list)
    for row in rows:
        key = AnswerKey.parse(row.answer_key) if row.answer_key else None
        answers[row.endpoint_id].append(Answer(row.answer, key))
    return answers


def _programs(programs: Sequence[StoredProgram]) -> dict[int, list[Answer]]:
    answers: dict[int, list[Answer]] = defaultdict(list)
    for program in programs:
        if not program.is_to_be_run:
            text = passed_of(program.outcomes) if program.outcomes else None
            answers[program.endpoint_id].append(Answer(text, program.key))
    return answers


def judgments_of(
    session: Session, revision_ids: Sequence[int], line_up: LineUp
) -> dict[int, list[Verdict | Unscored]]:
    """What the line-up's judges said of each revision by their rubric."""
    found: dict[int, list[Verdict | Unscored]] = defaultdict(list)
    judges = [entry for entry in line_up if entry.role == "judge"]
    if not judges:
        return found
    rows = session.scalars(
        select(Judgment)
        .where(
            Judgment.sample_id.in_(
                serving_samples(judges).where(among(Sample.revision_id, revision_ids))
            )
        )
        .order_by(Judgment.sample_id)
    )
    for row in rows:
        found[row.revision_id].append(
            Verdict(**{name: getattr(row, name) for name in Verdict._fields})
            if row.unscored is None
            else Unscored(row.unscored)
        )
    return found
