"""Runs whose samples come by a provider's batches."""

import pytest
from sqlalchemy import select, update

from backend.accounts.tables import User
from backend.database import session_scope
from backend.endpoints.tables import Endpoint
from backend.runs import control
from backend.runs.creation import create_run
from backend.runs.schemas import Budgets, RunCreate
from backend.science.prompts import PROGRAM
from backend.scoring.tables import Sample
from backend.seeds.tables import Seed
from tests.batch_runs import SAMPLES, batches_of, count, finish, is_whole, started, step
from tests.scoring_runs import read, sums
from tests.workers.fake_batches import FakeProvider
from tests.workers.fake_openai import Request, Step, refuse

pytestmark = pytest.mark.usefixtures("committed", "woken")


def test_all_samples_but_the_first_come_by_one_batch_and_the_rest_is_asked_directly(
    provider: FakeProvider,
) -> None:
    run_id = started(provider)
    step(run_id)
    assert [r.body["model"] for r in provider.direct] == ["good"], "the first is tried directly"
    assert len(provider.batches) == 1
    sent = batches_of(run_id)[0]
    assert (sent.state, sent.samples, sent.answered) == ("sent", 3 * SAMPLES - 1, 0)
    body = provider.asked()[0]["body"]
    assert body == provider.direct[0].body | {"messages": body["messages"]}
    step(run_id)
    assert read(run_id).calls == 1, "nothing is asked while the batch is open"
    provider.work()
    assert step(run_id) == "run.batch"
    assert read(run_id).calls == 3 * SAMPLES
    finish(provider, run_id)
    is_whole(run_id)
    assert len(provider.direct) == 1 + 3 * 2
    assert len(provider.asked()) == 3 * SAMPLES - 1
    done = batches_of(run_id)[0]
    assert (done.state, done.answered, done.failed) == ("collected", 3 * SAMPLES - 1, 0)


def test_lines_bring_several_samples_where_the_endpoint_allows_it(provider: FakeProvider) -> None:
    run_id = started(provider, batched={"samples_per_request": 3})
    step(run_id)
    asked = sorted((line["custom_id"].partition(":")[2], line["body"].get("n"))
                   for line in provider.asked())  # fmt: skip
    assert asked == [("0:3", 3), ("0:3", 3), ("1:3", 3), ("3:1", None), ("3:1", None)]
    finish(provider, run_id)
    is_whole(run_id)


def test_progress_that_the_provider_tells_is_shown_in_samples(provider: FakeProvider) -> None:
    run_id = started(provider, seeds=4, batched={"samples_per_request": 4})
    step(run_id)
    provider.progress(2)
    step(run_id)
    shown = batches_of(run_id)[0]
    assert (shown.samples, shown.answered) == (15, 8)  # 2 of 4 lines


def test_part_that_the_server_refuses_is_left_out_of_the_file(provider: FakeProvider) -> None:
    def modern(request: Request) -> Step:
        if "max_tokens" in request.body:
            return refuse(400, "use 'max_completion_tokens' instead", param="max_tokens")
        return sums(request)

    provider.model = modern
    run_id = started(provider)
    step(run_id)
    assert {"max_completion_tokens"} == {
        name for line in provider.asked() for name in line["body"] if name.startswith("max")
    }
    finish(provider, run_id)
    is_whole(run_id)


def test_cancelling_a_run_cancels_its_batch_and_keeps_what_came(provider: FakeProvider) -> None:
    run_id = started(provider)
    step(run_id)
    with session_scope() as session:
        control.cancel(session, run_id)
    step(run_id)
    assert [batch["status"] for batch in provider.batches.values()] == ["cancelling"]
    provider.work("cancelled", most=4)
    step(run_id)
    assert (read(run_id).state, read(run_id).calls) == ("cancelled", 1 + 4)
    assert [(b.state, b.answered) for b in batches_of(run_id)] == [("cancelled", 4)]


def test_paused_run_collects_its_batch_and_goes_on_when_resumed(provider: FakeProvider) -> None:
    run_id = started(provider)
    step(run_id)
    with session_scope() as session:
        control.pause(session, run_id)
    provider.work()
    step(run_id)
    assert (read(run_id).state, read(run_id).calls) == ("paused", 3 * SAMPLES)
    with session_scope() as session:
        control.resume(session, run_id, Budgets())
    finish(provider, run_id)
    is_whole(run_id)


def test_budget_bounds_what_is_put_in_a_batch(provider: FakeProvider) -> None:
    run_id = started(provider, max_calls=7)
    step(run_id)
    assert (len(provider.direct), len(provider.asked())) == (1, 6)
    finish(provider, run_id)
    assert (read(run_id).state, read(run_id).calls, count(Sample)) == ("stopped", 7, 7)
    with session_scope() as session:
        control.resume(session, run_id, Budgets(max_calls=100))
    step(run_id)
    finish(provider, run_id)
    is_whole(run_id)


def test_second_run_waits_for_the_batch_of_the_first_and_pays_nothing(
    provider: FakeProvider,
) -> None:
    first = started(provider)
    step(first)
    with session_scope() as session:
        reference, weak = (e["endpoint_id"] for e in read(first).settings["line_up"])
        wanted = RunCreate(reference_endpoint_id=reference, weak_endpoint_ids=[weak],
                           reference_samples=SAMPLES, weak_samples=2, stopping="fixed")  # fmt: skip
        second = create_run(session, wanted, session.scalars(select(User)).one()).id
    step(second)
    assert (len(provider.batches), len(provider.direct)) == (1, 1)
    finish(provider, first)
    is_whole(first)
    finish(provider, second)
    assert (read(second).state, read(second).seeds_scored, read(second).calls) == ("finished", 3, 0)
    assert len(provider.batches) == 1


def test_day_of_an_endpoint_bounds_a_batch_and_the_rest_waits_for_the_next(
    provider: FakeProvider,
) -> None:
    run_id = started(provider, batched={"max_calls_per_day": 5})
    step(run_id)
    assert (len(provider.direct), len(provider.asked())) == (1, 4)
    provider.work()
    for _ in range(3):
        assert step(run_id) == "run.batch"
    run = read(run_id)
    assert (run.state, run.calls, len(provider.batches)) == ("running", 5, 1)
    assert "has used 5 of 5 calls today" in (run.note or "")
    assert len(provider.direct) == 1, "what the day forbids is not asked directly either"
    with session_scope() as session:
        session.execute(update(Endpoint).values(max_calls_per_day=None))
    step(run_id)
    finish(provider, run_id)
    is_whole(run_id)


def test_seed_with_tests_is_asked_for_a_program(provider: FakeProvider) -> None:
    run_id = started(provider, seeds=1)
    with session_scope() as session:
        session.execute(update(Seed).values(extra={"tests": ["assert add(1, 2) == 3"]}))
        # The tests are the answer: only the weak model is asked.
        session.execute(update(Endpoint).values(uses_batches=True))
    step(run_id)
    assert [line["custom_id"].rpartition(":")[2] for line in provider.asked()] == ["program"]
    provider.work()
    with session_scope() as session:
        session.execute(update(Seed).values(extra={}))
    step(run_id)
    with session_scope() as session:
        hashes = session.scalars(select(Sample.template_hash)).all()
    assert hashes == [PROGRAM.hash] * 2, "as it was asked, though the tests are gone by now"
