"""The seeds that a shard has still to score, in the order that they are taken."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.rewriting.waiting import WaitingRewrite, waiting_rewrites
from backend.runs.plan import ShardPlan
from backend.runs.tables import RunItem
from backend.science.answers import AnswerKey
from backend.science.known_equivalences import Pair, PairDecision
from backend.science.stopping import Call
from backend.scoring.code_tests import SeedTests, StoredProgram, seed_tests, stored_programs
from backend.scoring.equivalences import Identity, known_equivalences
from backend.scoring.samples import stored_answers
from backend.seeds.answer_origins import is_proposed
from backend.seeds.tables import Seed, SeedRevision


class Program(NamedTuple):
    """A program that is to be run, and the sample that holds it (`NewSample.identity`)."""

    identity: Identity
    text: str


class PendingSeed(NamedTuple):
    """A seed to score, with what is stored of it already.

    `worth` is set where it has waited its turn; `untested` are stored programs of a seed with tests
    that have not been run. Where the run is over wordings that wait for approval, or a model has
    proposed the answer and nobody checked it, `votes_decide`: the votes confirm it or not.
    """

    revision_id: int
    prompt: str
    given_answer: str | None
    domain: str | None
    calibrates: bool
    worth: float | None
    answers: dict[Call, AnswerKey | None]
    texts: dict[AnswerKey, str]
    known: dict[Pair, PairDecision]
    tests: SeedTests | None
    untested: dict[Call, Program]
    votes_decide: bool = False
    rewrite: WaitingRewrite | None = None


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
    tests = seed_tests(session, revision_ids)
    programs = stored_programs(session, tests, plan.line_up)
    rewrites = waiting_rewrites(session, revision_ids) if plan.rewrites else {}
    return [
        PendingSeed(
            row.id, row.prompt, row.answer, row.domain, row.calibrates, row.worth,
            *(_from_programs(programs[row.id]) if row.id in tests else _from_rows(stored[row.id])),
            known[row.id], tests.get(row.id), _untested(programs.get(row.id, ())),
            plan.rewrites or row.is_proposed, rewrites.get(row.id),
        )
        for row in rows
    ]  # fmt: skip


Answers = tuple[dict[Call, AnswerKey | None], dict[AnswerKey, str]]


def _from_rows(stored: Sequence[Any]) -> Answers:
    """Answers by call, and how each was first written."""
    answers: dict[Call, AnswerKey | None] = {}
    texts: dict[AnswerKey, str] = {}
    for sample in stored:
        key = AnswerKey.parse(sample.answer_key) if sample.answer_key else None
        answers[Call(sample.endpoint_id, sample.sample_index)] = key
        if key is not None:
            texts.setdefault(key, sample.answer or "")
    return answers, texts


def _from_programs(programs: Sequence[StoredProgram]) -> Answers:
    """The same, of programs that have been run or are none."""
    return {
        Call(program.endpoint_id, program.sample_index): program.key
        for program in programs
        if not program.is_to_be_run
    }, {}


def _untested(programs: Sequence[StoredProgram]) -> dict[Call, Program]:
    return {
        Call(program.endpoint_id, program.sample_index): Program(program.identity, program.program)
        for program in programs
        if program.program is not None and program.outcomes is None
    }


def _pending(plan: ShardPlan, phase: Phase, after: PendingSeed | None) -> Select[*tuple[Any, ...]]:
    chosen = (
        select(
            SeedRevision.id, SeedRevision.prompt, SeedRevision.answer, Seed.domain,
            RunItem.calibrates, RunItem.worth, is_proposed().label("is_proposed"),
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
