"""The seeds that a shard has still to score, in the order that they are taken."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.runs.plan import ShardPlan
from backend.runs.tables import RunItem
from backend.science.answers import AnswerKey
from backend.science.known_equivalences import Pair, PairDecision
from backend.science.stopping import Call
from backend.scoring.equivalences import known_equivalences
from backend.scoring.samples import stored_answers
from backend.seeds.tables import Seed, SeedRevision


class PendingSeed(NamedTuple):
    """A seed to score, with what is stored of it already; `worth` where it has waited its turn."""

    revision_id: int
    prompt: str
    given_answer: str | None
    domain: str | None
    calibrates: bool
    worth: float | None
    answers: dict[Call, AnswerKey | None]
    texts: dict[AnswerKey, str]
    known: dict[Pair, PairDecision]


Phase = Literal["gold", "new", "waiting"]
PHASES: tuple[Phase, ...] = ("gold", "new", "waiting")


def pending_seeds(
    session: Session, plan: ShardPlan, phase: Phase, after: PendingSeed | None, limit: int
) -> list[PendingSeed]:
    """The shard's next pending seeds of a phase, and what is stored of them.

    Gold seeds come first, then those never asked about; those that wait, by what they are worth.
    """
    rows = session.execute(_pending(plan, phase, after).limit(limit)).all()
    revision_ids = [row.id for row in rows]
    stored = stored_answers(session, revision_ids, plan.line_up)
    known = known_equivalences(session, revision_ids)
    return [_pending_seed(row, stored[row.id], known[row.id]) for row in rows]


def _pending_seed(row: Any, stored: Sequence[Any], known: dict[Pair, PairDecision]) -> PendingSeed:
    answers: dict[Call, AnswerKey | None] = {}
    texts: dict[AnswerKey, str] = {}
    for sample in stored:
        key = AnswerKey.parse(sample.answer_key) if sample.answer_key else None
        answers[Call(sample.endpoint_id, sample.sample_index)] = key
        if key is not None:
            texts.setdefault(key, sample.answer or "")
    return PendingSeed(
        row.id, row.prompt, row.answer, row.domain, row.calibrates, row.worth, answers, texts, known
    )


def _pending(plan: ShardPlan, phase: Phase, after: PendingSeed | None) -> Select[*tuple[Any, ...]]:
    chosen = (
        select(
            SeedRevision.id, SeedRevision.prompt, SeedRevision.answer, Seed.domain,
            RunItem.calibrates, RunItem.worth,
        )
        .join(RunItem, RunItem.revision_id == SeedRevision.id)
        .join(Seed, Seed.id == SeedRevision.seed_id)
        .where(
            RunItem.run_id == plan.run_id,
            RunItem.state == "pending",
            RunItem.revision_id % plan.of == plan.shard,
        )
    )  # fmt: skip
    if phase == "waiting":
        chosen = chosen.where(RunItem.worth.is_not(None))
        if after is not None:
            less = RunItem.worth < after.worth
            same = (RunItem.worth == after.worth) & (RunItem.revision_id > after.revision_id)
            chosen = chosen.where(less | same)
        return chosen.order_by(RunItem.worth.desc(), RunItem.revision_id)
    return chosen.where(
        RunItem.worth.is_(None),
        RunItem.calibrates == (phase == "gold"),
        RunItem.revision_id > (after.revision_id if after else 0),
    ).order_by(RunItem.revision_id)
