"""A judge sorts seeds by domain: asked once, read strictly, applied where that is asked for."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.domains.applying import apply_at_end
from backend.domains.showing import summarise
from backend.review.bulk import undo_batch
from backend.review.schemas import BatchUndo
from backend.review.tables import Decision
from backend.runs import control
from backend.runs.schemas import Budgets
from backend.seeds.service import edit_seed
from backend.seeds.tables import Seed
from tests.domain_runs import (
    add_seeds,
    classify,
    judge,
    names,
    sorting,
    start_domains,
    suggestions,
)
from tests.scoring_runs import read
from tests.workers.fake_openai import FakeOpenAI, answer

pytestmark = pytest.mark.usefixtures("committed", "woken")

FOUR = ("An equation of x.", "A triangle.", "A poem.", "Mars in the third house.")


@pytest.fixture(autouse=True)
def _sorting(server: FakeOpenAI) -> None:
    server.default = sorting


def domains() -> list[str | None]:
    with session_scope() as session:
        return list(session.scalars(select(Seed.domain).order_by(Seed.id)))


def test_each_seed_without_a_domain_is_asked_about_once(server: FakeOpenAI) -> None:
    add_seeds(*FOUR)
    add_seeds("Given.", domain="algebra")
    run_id = start_domains(server.base_url)
    classify(run_id)
    run = read(run_id)
    assert (run.state, run.seeds_total, run.seeds_scored, run.calls) == ("finished", 4, 4, 4)
    assert suggestions(run_id) == [
        ("named", "algebra"), ("named", "geometry"), ("other", None), ("unknown_name", None),
    ]  # fmt: skip
    assert domains() == [None] * 4 + ["algebra"]  # suggestions, and no more
    asked = server.requests[0]
    assert "- geometry: figures, angles, areas\n- other: none of these" in asked.prompt
    schema = asked.body["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["domain"]["enum"] == ["algebra", "geometry", "other"]


def test_same_question_is_never_paid_for_twice_and_another_list_is_another(
    server: FakeOpenAI,
) -> None:
    add_seeds(*FOUR)
    asked = judge(server.base_url)
    first = start_domains(server.base_url, endpoint_id=asked)
    classify(first)
    again = start_domains(server.base_url, endpoint_id=asked)
    classify(again)
    assert (read(again).calls, suggestions(again)) == (0, suggestions(first))
    other = start_domains(
        server.base_url, endpoint_id=asked, domains=[{"name": "geometry", "description": ""}]
    )
    classify(other)
    assert (read(other).calls, len(server.requests)) == (4, 8)
    assert suggestions(other)[0] == ("unknown_name", None)


def test_budget_stops_the_run_and_a_raised_one_goes_on(server: FakeOpenAI) -> None:
    add_seeds(*FOUR)
    run_id = start_domains(server.base_url, max_calls=2)
    classify(run_id)
    assert (read(run_id).state, len(server.requests)) == ("stopped", 2)
    with session_scope() as session:
        control.resume(session, run_id, Budgets(max_calls=4))
    classify(run_id)
    assert (read(run_id).state, len(server.requests), len(suggestions(run_id))) == (
        "finished", 4, 4,
    )  # fmt: skip


def test_run_applies_at_its_end_once_and_one_undo_takes_all_back(server: FakeOpenAI) -> None:
    add_seeds(*FOUR)
    run_id = start_domains(server.base_url, apply=True)
    classify(run_id)
    assert domains() == ["algebra", "geometry", None, None]
    with session_scope() as session:
        apply_at_end(session, run_id)  # a worker that died after it comes here again
    with session_scope() as session:
        events = session.scalars(select(Decision)).all()
        assert [(one.kind, one.after) for one in events] == [
            ("edit", {"domain": "algebra"}), ("edit", {"domain": "geometry"}),
        ]  # fmt: skip
        [applied] = summarise(session, run_id).applied
        assert (applied.count, "suggested by" in str(applied.reason)) == (2, True)
        user = session.scalars(select(User)).one()
        undo_batch(session, user, BatchUndo(token=uuid4(), batch=applied.batch))
    assert domains() == [None] * 4


def test_seed_that_has_another_wording_by_then_is_left_alone(server: FakeOpenAI) -> None:
    first, _ = add_seeds("An equation.", "Another equation.")
    run_id = start_domains(server.base_url)
    classify(run_id)
    with session_scope() as session:
        user = session.scalars(select(User)).one()
        edit_seed(session, user, first, {"prompt": "A triangle."})
        assert summarise(session, run_id).applicable == 1


def test_reply_cut_off_or_no_json_is_counted_and_not_asked_for_again(server: FakeOpenAI) -> None:
    add_seeds("One.", "Two.")
    server.default = lambda request: answer("It is about " + names("algebra") + "!")
    run_id = start_domains(server.base_url)
    classify(run_id)
    assert suggestions(run_id) == [("not_json", None)] * 2
    with session_scope() as session:
        [outcome] = summarise(session, run_id).outcomes
        assert (outcome.outcome, outcome.count, outcome.share) == ("not_json", 2, 1.0)
