"""Verdicts are functions of stored samples: compute them again, for any seeds, under any policy."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.row_sets import given_rows, insert_rows
from backend.runs.tables import Run
from backend.science.calibration import Calibration
from backend.science.rubric import Verdict
from backend.scoring.line_up import LineUp, line_up_of
from backend.scoring.policies import policy_of
from backend.scoring.stored_evidence import judgments_of, read_evidence
from backend.scoring.tables import PolicyVersion, Teachability
from backend.scoring.verdict_evidence import written
from backend.scoring.verdicts import SeedVerdict, seed_verdict, verdict_of
from backend.seeds.state import SeedScores, set_scores

BATCH = 500

_COLUMNS = [
    column.key
    for column in Teachability.__table__.columns
    if column.key not in ("id", "created_at")
]
_INSERT = insert_rows(Teachability, _COLUMNS)
_UPSERT = _INSERT.on_conflict_do_update(
    index_elements=[Teachability.revision_id, Teachability.policy_id],
    set_={name: _INSERT.excluded[name] for name in _COLUMNS}
    | {"created_at": func.clock_timestamp()},
)


def recompute(
    session: Session,
    revision_ids: Sequence[int],
    *,
    run_id: int,
    line_up: LineUp,
    policy: PolicyVersion,
    calibration: Calibration,
    votes_decide: bool = False,
) -> None:
    """Store the verdicts on revisions that follow from what the line-up has said of them."""
    if not revision_ids:
        return
    settings = policy_of(policy)
    found = read_evidence(session, revision_ids, line_up, votes_decide=votes_decide)
    verdicts = [seed_verdict(evidence, line_up, calibration, settings) for evidence in found]
    common = {"run_id": run_id, "policy_id": policy.id}
    session.execute(_UPSERT, given_rows([verdict.columns | common for verdict in verdicts]))
    set_scores(
        session,
        [_scores(verdict, known.steps) for verdict, known in zip(verdicts, found, strict=True)],
    )


def scores_of(session: Session, revision_id: int) -> SeedScores | None:
    """What the newest verdict on a revision means for a seed that reads so; None without one."""
    row = session.scalar(
        select(Teachability)
        .where(Teachability.revision_id == revision_id)
        .order_by(Teachability.created_at.desc(), Teachability.id.desc())
        .limit(1)
    )
    if row is None:
        return None
    run = session.get_one(Run, row.run_id)
    said = judgments_of(session, [revision_id], line_up_of(run.settings))[revision_id]
    judged = [found for found in said if isinstance(found, Verdict)]
    columns = {name: getattr(row, name) for name in _COLUMNS}
    return _scores(verdict_of(columns, judged), [found.steps for found in judged])


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
        **verdict.signs._asdict(),
    )
