"""Runs whose samples come by a provider's batches."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.runs import control
from backend.runs.creation import create_run
from backend.runs.schemas import BatchOut, Budgets, RunCreate
from backend.runs.service import get_run, run_out
from backend.scoring.tables import Sample, Teachability
from tests.builders import create_seed, create_user
from tests.scoring_runs import claim, endpoint, read, sums
from tests.workers.fake_batches import FakeProvider
from tests.workers.fake_openai import FakeOpenAI, Request, Step, drop, refuse
from workers.tasks import HANDLERS

pytestmark = pytest.mark.usefixtures("committed", "woken")
SAMPLES = 4


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    provider = FakeProvider(sums)
    with FakeOpenAI(default=provider) as server:
        provider.base_url = server.base_url  # type: ignore[attr-defined]
        yield provider


def _started(provider: FakeProvider, seeds: int = 3, **fields: Any) -> int:
    """A run over so many new seeds, whose reference is asked by batches."""
    batched = {"uses_batches": True} | fields.pop("batched", {})
    url: str = provider.base_url  # type: ignore[attr-defined]
    with session_scope() as session:
        for n in range(seeds):
            create_seed(session, f"What is {n} + 7?", external_id=str(n))
        user = session.scalar(select(User)) or create_user(session)
        wanted = RunCreate(
            reference_endpoint_id=endpoint(session, url, "reference", "good", **batched).id,
            weak_endpoint_ids=[endpoint(session, url, "weak", "good").id],
            reference_samples=SAMPLES,
            weak_samples=2,
            **fields,
        )
        return create_run(session, wanted, user).id


def _step(run_id: int) -> str:
    """The run's newest job does what it does when a worker is woken for it; says its kind."""
    job = claim(run_id)
    HANDLERS[job.kind](job)
    return job.kind


def _finish(provider: FakeProvider, run_id: int) -> None:
    for _ in range(12):
        provider.work()
        _step(run_id)
        if read(run_id).state != "running":
            return
    raise AssertionError("the run does not end")


def _batches(run_id: int) -> list[BatchOut]:
    with session_scope() as session:
        return run_out(session, get_run(session, run_id)).batches


def _count(table: type) -> int:
    with session_scope() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _is_whole(run_id: int, seeds: int = 3) -> None:
    """Every seed is scored, and nothing was stored or made twice."""
    run = read(run_id)
    assert (run.state, run.seeds_scored, run.seeds_failed) == ("finished", seeds, 0)
    assert run.calls == _count(Sample) == seeds * (SAMPLES + 2)
    assert _count(Teachability) == seeds


def test_all_samples_but_the_first_come_by_one_batch_and_the_rest_is_asked_directly(
    provider: FakeProvider,
) -> None:
    run_id = _started(provider)
    _step(run_id)
    assert [r.body["model"] for r in provider.direct] == ["good"], "the first is tried directly"
    assert len(provider.batches) == 1
    sent = _batches(run_id)[0]
    assert (sent.state, sent.samples, sent.answered) == ("sent", 3 * SAMPLES - 1, 0)
    body = provider.asked()[0]["body"]
    assert body == provider.direct[0].body | {"messages": body["messages"]}
    _step(run_id)
    assert read(run_id).calls == 1, "nothing is asked while the batch is open"
    provider.work()
    assert _step(run_id) == "run.batch"
    assert read(run_id).calls == 3 * SAMPLES
    _finish(provider, run_id)
    _is_whole(run_id)
    assert len(provider.direct) == 1 + 3 * 2
    assert len(provider.asked()) == 3 * SAMPLES - 1
    done = _batches(run_id)[0]
    assert (done.state, done.answered, done.failed) == ("collected", 3 * SAMPLES - 1, 0)


def test_lines_bring_several_samples_where_the_endpoint_allows_it(provider: FakeProvider) -> None:
    run_id = _started(provider, batched={"samples_per_request": 3})
    _step(run_id)
    asked = sorted((line["custom_id"].partition(":")[2], line["body"].get("n"))
                   for line in provider.asked())  # fmt: skip
    assert asked == [("0:3", 3), ("0:3", 3), ("1:3", 3), ("3:1", None), ("3:1", None)]
    _finish(provider, run_id)
    _is_whole(run_id)


def test_progress_that_the_provider_tells_is_shown_in_samples(provider: FakeProvider) -> None:
    run_id = _started(provider, seeds=4, batched={"samples_per_request": 4})
    _step(run_id)
    provider.progress(2)
    _step(run_id)
    shown = _batches(run_id)[0]
    assert (shown.samples, shown.answered) == (15, 8)  # 2 of 4 lines


def test_expired_batch_keeps_what_came_and_the_rest_is_asked_again(provider: FakeProvider) -> None:
    run_id = _started(provider)
    _step(run_id)
    provider.work("expired", most=5)
    _step(run_id)
    assert read(run_id).calls == 1 + 5
    _step(run_id)
    _finish(provider, run_id)
    _is_whole(run_id)
    first, second = _batches(run_id)
    assert (first.state, first.answered, first.failed) == ("collected", 5, 6)
    assert "expired" in (first.note or "")
    assert second.samples == 6 - 1, "one more is tried directly"


def test_batch_that_brings_nothing_pauses_the_run_and_resuming_sends_another(
    provider: FakeProvider,
) -> None:
    run_id = _started(provider)
    _step(run_id)
    provider.work("expired", most=0)
    _step(run_id)
    assert (read(run_id).state, read(run_id).calls) == ("paused", 1)
    assert "brought nothing: expired" in (read(run_id).note or "")
    with session_scope() as session:
        control.resume(session, run_id, Budgets())
    _step(run_id)
    _finish(provider, run_id)
    _is_whole(run_id)


def test_line_that_may_succeed_at_another_time_is_put_in_the_next_batch(
    provider: FakeProvider,
) -> None:
    run_id = _started(provider)
    _step(run_id)
    steps = iter([refuse(429, "busy"), refuse(503, "busy")])
    provider.model = lambda request: next(steps, None) or sums(request)
    provider.work()
    provider.model = sums
    _step(run_id)
    assert [batch.failed for batch in _batches(run_id)] == [2]
    assert "busy" in (_batches(run_id)[0].note or "")
    _finish(provider, run_id)
    _is_whole(run_id)


def test_prompt_that_is_refused_for_good_fails_its_seed_with_the_reason(
    provider: FakeProvider,
) -> None:
    def picky(request: Request) -> Step:
        if "1 + 7" in request.prompt:
            return refuse(400, "the prompt is not acceptable", code="content_policy")
        return sums(request)

    provider.model = picky
    run_id = _started(provider)
    _step(run_id)
    _finish(provider, run_id)
    run = read(run_id)
    assert (run.state, run.seeds_scored, run.seeds_failed) == ("finished", 2, 1)
    assert len(_batches(run_id)) == 1, "what is refused for good is put in no other batch"
    with session_scope() as session:
        failures = run_out(session, get_run(session, run_id)).failures
    assert "the prompt is not acceptable" in failures[0].reason


def test_part_that_the_server_refuses_is_left_out_of_the_file(provider: FakeProvider) -> None:
    def modern(request: Request) -> Step:
        if "max_tokens" in request.body:
            return refuse(400, "use 'max_completion_tokens' instead", param="max_tokens")
        return sums(request)

    provider.model = modern
    run_id = _started(provider)
    _step(run_id)
    assert {"max_completion_tokens"} == {
        name for line in provider.asked() for name in line["body"] if name.startswith("max")
    }
    _finish(provider, run_id)
    _is_whole(run_id)


def test_endpoint_that_answers_nothing_is_sent_no_file(provider: FakeProvider) -> None:
    provider.model = lambda _: refuse(401, "a wrong key")
    run_id = _started(provider)
    _step(run_id)
    assert read(run_id).state == "paused"
    assert "a wrong key" in (read(run_id).note or "")
    assert (provider.files, provider.batches) == ({}, {})


def test_refused_upload_pauses_the_run_with_the_reason(provider: FakeProvider) -> None:
    run_id = _started(provider)
    provider.hinder("POST /v1/files", refuse(403, "no batches for you"))
    _step(run_id)
    assert read(run_id).state == "paused"
    assert "no batches for you" in (read(run_id).note or "")
    assert [batch.state for batch in _batches(run_id)] == ["failed"]
    with session_scope() as session:
        control.resume(session, run_id, Budgets())
    _step(run_id)
    _finish(provider, run_id)
    _is_whole(run_id)


def test_failed_validation_pauses_the_run_with_the_reason(provider: FakeProvider) -> None:
    run_id = _started(provider)
    _step(run_id)
    provider.fail("the model does not exist")
    _step(run_id)
    assert read(run_id).state == "paused"
    assert "the model does not exist" in (read(run_id).note or "")


@pytest.mark.parametrize("hindrance", [drop(), refuse(503, "away")], ids=["dropped", "away"])
@pytest.mark.parametrize(
    "request_line",
    ["POST /v1/files", "POST /v1/batches", "GET /v1/batches/", "GET /v1/files/"],
)
def test_provider_that_is_away_for_a_while_delays_only(
    provider: FakeProvider, hindrance: Step, request_line: str
) -> None:
    run_id = _started(provider)
    provider.hinder(request_line, hindrance)
    _step(run_id)
    _finish(provider, run_id)
    _is_whole(run_id)
    assert len(provider.batches) == 1


def test_batch_whose_making_was_not_heard_of_is_found_and_not_made_again(
    provider: FakeProvider,
) -> None:
    run_id = _started(provider)
    provider.hinder("POST /v1/batches", drop(), carried_out=True)
    _step(run_id)
    assert len(provider.batches) == 1
    assert _batches(run_id)[0].state == "preparing"
    _step(run_id)
    assert _batches(run_id)[0].state == "sent"
    _finish(provider, run_id)
    _is_whole(run_id)
    assert len(provider.batches) == 1


def test_cancelling_a_run_cancels_its_batch_and_keeps_what_came(provider: FakeProvider) -> None:
    run_id = _started(provider)
    _step(run_id)
    with session_scope() as session:
        control.cancel(session, run_id)
    _step(run_id)
    assert [batch["status"] for batch in provider.batches.values()] == ["cancelling"]
    provider.work("cancelled", most=4)
    _step(run_id)
    assert (read(run_id).state, read(run_id).calls) == ("cancelled", 1 + 4)
    assert [(b.state, b.answered) for b in _batches(run_id)] == [("cancelled", 4)]


def test_paused_run_collects_its_batch_and_goes_on_when_resumed(provider: FakeProvider) -> None:
    run_id = _started(provider)
    _step(run_id)
    with session_scope() as session:
        control.pause(session, run_id)
    provider.work()
    _step(run_id)
    assert (read(run_id).state, read(run_id).calls) == ("paused", 3 * SAMPLES)
    with session_scope() as session:
        control.resume(session, run_id, Budgets())
    _finish(provider, run_id)
    _is_whole(run_id)


def test_budget_bounds_what_is_put_in_a_batch(provider: FakeProvider) -> None:
    run_id = _started(provider, max_calls=7)
    _step(run_id)
    assert (len(provider.direct), len(provider.asked())) == (1, 6)
    _finish(provider, run_id)
    assert (read(run_id).state, read(run_id).calls, _count(Sample)) == ("stopped", 7, 7)
    with session_scope() as session:
        control.resume(session, run_id, Budgets(max_calls=100))
    _step(run_id)
    _finish(provider, run_id)
    _is_whole(run_id)


def test_second_run_waits_for_the_batch_of_the_first_and_pays_nothing(
    provider: FakeProvider,
) -> None:
    first = _started(provider)
    _step(first)
    with session_scope() as session:
        reference, weak = (e["endpoint_id"] for e in read(first).settings["line_up"])
        wanted = RunCreate(reference_endpoint_id=reference, weak_endpoint_ids=[weak],
                           reference_samples=SAMPLES, weak_samples=2)  # fmt: skip
        second = create_run(session, wanted, session.scalars(select(User)).one()).id
    _step(second)
    assert (len(provider.batches), len(provider.direct)) == (1, 1)
    _finish(provider, first)
    _is_whole(first)
    _finish(provider, second)
    assert (read(second).state, read(second).seeds_scored, read(second).calls) == ("finished", 3, 0)
    assert len(provider.batches) == 1


def test_lines_that_no_batch_asked_for_are_left_alone(provider: FakeProvider) -> None:
    run_id = _started(provider)
    _step(run_id)
    provider.work()
    batch = next(iter(provider.batches.values()))
    strange = b"".join(
        b'{"custom_id": "%s", "response": {"status_code": 200, "body": {}}}\n' % custom_id
        for custom_id in (b"9999:0:1", b"1:0:999", b"x", b"1:2")
    )
    provider.files[batch["output_file_id"]] += strange + b"not JSON\n[]\n"
    _step(run_id)
    _finish(provider, run_id)
    _is_whole(run_id)
