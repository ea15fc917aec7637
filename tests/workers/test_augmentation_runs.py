"""A model makes new seeds from accepted ones: they come in as imported ones do, with a parent."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.proposals.tables import SeedParent
from backend.runs import control
from backend.runs.schemas import Budgets
from backend.science.augmentation_templates import augmentation_template
from backend.seeds.imports import undo_import
from backend.seeds.service import edit_seed
from backend.seeds.tables import Seed, SeedImport, SeedRevision, SeedText, Source
from tests.builders import create_seed
from tests.proposal_runs import (
    outcomes,
    propose,
    proposer,
    proposing,
    replies,
    reply,
    start_augmentation,
)
from tests.scoring_runs import read
from tests.trace_runs import items, samples
from tests.workers.fake_openai import FakeOpenAI, Request, Step, answer

pytestmark = pytest.mark.usefixtures("committed", "woken")

NEW = "What is the sum of the first 40 odd numbers?"


@pytest.fixture(autouse=True)
def _proposing(server: FakeOpenAI) -> None:
    server.default = proposing


def _accepted(count: int = 1, **fields: object) -> list[int]:
    with session_scope() as session:
        given = {"status": "accepted", "domain": "algebra", "licence": "MIT"} | fields
        return [
            create_seed(session, f"What is {n} + 7?", str(n + 7), **given).id
            for n in range(count)
        ]  # fmt: skip


def _children() -> Sequence[tuple[Seed, SeedRevision, SeedParent]]:
    with session_scope() as session:
        rows = session.execute(
            select(Seed, SeedRevision, SeedParent)
            .join(SeedRevision, SeedRevision.id == Seed.revision_id)
            .join(SeedParent, SeedParent.seed_id == Seed.id)
            .order_by(Seed.id)
        )
        return [(row[0], row[1], row[2]) for row in rows]


def _import(run_id: int) -> SeedImport:
    with session_scope() as session:
        return session.get_one(SeedImport, read(run_id).settings["import_id"])


def test_new_seeds_come_in_pending_without_an_answer_and_with_their_parent(
    server: FakeOpenAI,
) -> None:
    parents = _accepted(2)
    run_id = start_augmentation(server.base_url, candidates=2, kind="harder", note="Use primes.")
    propose(run_id)
    run = read(run_id)
    assert (run.state, run.seeds_scored, run.calls) == ("finished", 2, 4)
    assert (items(run_id), outcomes(run_id)) == ([("proposed", None)] * 2, ["made"] * 4)
    made = _children()
    assert [seed.id for seed, _, _ in made] == sorted(
        found.seed_id or 0 for found in replies(run_id)
    )
    assert {(seed.status, seed.domain, seed.licence) for seed, _, _ in made} == {
        ("pending", "algebra", "MIT")
    }
    assert {revision.answer for _, revision, _ in made} == {None}
    assert sorted(parent.parent_id for _, _, parent in made) == sorted(parents * 2)
    hashed = augmentation_template("harder").hash_with("Use primes.")
    assert {(parent.kind, parent.template_hash) for _, _, parent in made} == {("harder", hashed)}
    assert {parent.sample_id for _, _, parent in made} == {sample.id for sample in samples()}
    assert all(parent.answer in revision.prompt for _, revision, parent in made)
    assert "<note>\nUse primes.\n</note>" in server.requests[0].prompt


def test_they_are_an_import_of_a_synthetic_source_and_are_read_for_the_search(
    server: FakeOpenAI,
) -> None:
    _accepted(1)
    run_id = start_augmentation(server.base_url, candidates=3)
    propose(run_id)
    made = _import(run_id)
    assert (made.label, made.created_count) == (f"new seeds of run {run_id}", 3)
    with session_scope() as session:
        marked = session.execute(select(Source.name, Source.synthetic).order_by(Source.id)).all()
        texts = session.scalar(select(func.count()).select_from(SeedText))
        user = session.scalars(select(User)).one()
        assert undo_import(session, user, made.id).withdrawn == 3
    assert [tuple(row) for row in marked] == [("test", False), ("augmentation", True)]
    assert texts == 4


def test_what_is_there_already_is_counted_and_not_made(server: FakeOpenAI) -> None:
    _accepted(1)
    with session_scope() as session:
        create_seed(session, "Whose prompt is it?")
    server.script(
        *(
            answer(text)
            for text in (reply(NEW), reply(NEW), reply("What is 0  + 7?"), "I cannot.",
                         reply("Whose prompt is it?"), reply(f"{NEW} "))
        )
    )  # fmt: skip
    run_id = start_augmentation(server.base_url, candidates=6, max_in_flight=1)
    propose(run_id)
    assert [found.outcome for found in replies(run_id)] == [
        "made", "duplicate", "unchanged", "not_json", "taken", "duplicate",
    ]  # fmt: skip
    assert (len(_children()), _import(run_id).duplicate_count) == (1, 3)


def test_same_question_makes_no_seed_twice(server: FakeOpenAI) -> None:
    _accepted(1)
    endpoint_id = proposer(server.base_url)
    propose(start_augmentation(server.base_url, endpoint_id=endpoint_id, candidates=2))
    again = start_augmentation(server.base_url, endpoint_id=endpoint_id, candidates=3)
    propose(again)
    assert (len(server.requests), outcomes(again)) == (3, ["duplicate", "duplicate", "made"])
    assert len(_children()) == 3


def test_two_runs_at_once_make_each_seed_once(server: FakeOpenAI) -> None:
    _accepted(4)
    endpoint_id = proposer(server.base_url)
    runs = [
        start_augmentation(server.base_url, endpoint_id=endpoint_id, candidates=2) for _ in range(2)
    ]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(propose, runs))
    assert [read(run_id).state for run_id in runs] == ["finished"] * 2
    assert (len(samples()), len(_children())) == (8, 8)
    counted = Counter(outcome for run_id in runs for outcome in outcomes(run_id))
    assert counted == {"made": 8, "duplicate": 8}


def test_only_accepted_seeds_are_asked_about(server: FakeOpenAI) -> None:
    kept, rejected = _accepted(2)
    run_id = start_augmentation(server.base_url, candidates=1)
    with session_scope() as session:
        session.get_one(Seed, rejected).status = "rejected"
    propose(run_id)
    assert (len(server.requests), len(_children())) == (1, 1)
    assert _children()[0][2].parent_id == kept
    assert items(run_id)[1][0] == "failed"
    assert "not accepted" in (items(run_id)[1][1] or "")


def test_nothing_is_made_of_a_parent_that_was_edited_meanwhile(server: FakeOpenAI) -> None:
    [seed_id] = _accepted(1)

    def overtaken(request: Request) -> Step:
        with session_scope() as session:
            user = session.scalars(select(User)).one()
            edit_seed(session, user, seed_id, {"prompt": "Something else?"})
        return proposing(request)

    server.default = overtaken
    run_id = start_augmentation(server.base_url, candidates=1)
    propose(run_id)
    assert (_children(), replies(run_id), len(samples())) == ([], [], 1)
    assert [state for state, _ in items(run_id)] == ["failed"]


def test_program_is_not_varied(server: FakeOpenAI) -> None:
    _accepted(1, extra={"tests": [{"input": "1", "output": "2"}]})
    run_id = start_augmentation(server.base_url)
    propose(run_id)
    assert (len(server.requests), [state for state, _ in items(run_id)]) == (0, ["failed"])


def test_budget_holds_and_a_raised_one_goes_on(server: FakeOpenAI) -> None:
    _accepted(2)
    run_id = start_augmentation(server.base_url, candidates=2, max_calls=3)
    propose(run_id)
    assert (read(run_id).state, len(_children())) == ("stopped", 3)
    with session_scope() as session:
        control.resume(session, run_id, Budgets(max_calls=9))
    propose(run_id)
    assert (read(run_id).state, len(server.requests), len(_children())) == ("finished", 4, 4)
