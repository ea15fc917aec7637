"""Batches that expire, fail or are refused, or whose provider is away."""

import pytest

from backend.database import session_scope
from backend.runs import control
from backend.runs.schemas import Budgets
from backend.runs.service import get_run, run_out
from tests.batch_runs import batches_of, finish, is_whole, started, step
from tests.scoring_runs import read, sums
from tests.workers.fake_batches import FakeProvider
from tests.workers.fake_openai import Request, Step, drop, refuse

pytestmark = pytest.mark.usefixtures("committed", "woken")


def test_expired_batch_keeps_what_came_and_the_rest_is_asked_again(provider: FakeProvider) -> None:
    run_id = started(provider)
    step(run_id)
    provider.work("expired", most=5)
    step(run_id)
    assert read(run_id).calls == 1 + 5
    step(run_id)
    finish(provider, run_id)
    is_whole(run_id)
    first, second = batches_of(run_id)
    assert (first.state, first.answered, first.failed) == ("collected", 5, 6)
    assert "expired" in (first.note or "")
    assert second.samples == 6 - 1, "one more is tried directly"


def test_batch_that_brings_nothing_pauses_the_run_and_resuming_sends_another(
    provider: FakeProvider,
) -> None:
    run_id = started(provider)
    step(run_id)
    provider.work("expired", most=0)
    step(run_id)
    assert (read(run_id).state, read(run_id).calls) == ("paused", 1)
    assert "brought nothing: expired" in (read(run_id).note or "")
    with session_scope() as session:
        control.resume(session, run_id, Budgets())
    step(run_id)
    finish(provider, run_id)
    is_whole(run_id)


def test_line_that_may_succeed_at_another_time_is_put_in_the_next_batch(
    provider: FakeProvider,
) -> None:
    run_id = started(provider)
    step(run_id)
    steps = iter([refuse(429, "busy"), refuse(503, "busy")])
    provider.model = lambda request: next(steps, None) or sums(request)
    provider.work()
    provider.model = sums
    step(run_id)
    assert [batch.failed for batch in batches_of(run_id)] == [2]
    assert "busy" in (batches_of(run_id)[0].note or "")
    finish(provider, run_id)
    is_whole(run_id)


def test_lines_with_half_a_character_are_answers(provider: FakeProvider) -> None:
    run_id = started(provider)
    step(run_id)
    provider.work()
    (batch,) = provider.batches.values()
    lines = provider.files[batch["output_file_id"]]
    cut = lines.replace(b'"content":"', rb'"content":"\ud83d ')
    assert cut != lines
    provider.files[batch["output_file_id"]] = cut
    step(run_id)
    assert [(batch.answered, batch.failed) for batch in batches_of(run_id)] == [(11, 0)]


def test_prompt_that_is_refused_for_good_fails_its_seed_with_the_reason(
    provider: FakeProvider,
) -> None:
    def picky(request: Request) -> Step:
        if "1 + 7" in request.prompt:
            return refuse(400, "the prompt is not acceptable", code="content_policy")
        return sums(request)

    provider.model = picky
    run_id = started(provider)
    step(run_id)
    finish(provider, run_id)
    run = read(run_id)
    assert (run.state, run.seeds_scored, run.seeds_failed) == ("finished", 2, 1)
    assert len(batches_of(run_id)) == 1, "what is refused for good is put in no other batch"
    with session_scope() as session:
        failures = run_out(session, get_run(session, run_id)).failures
    assert "the prompt is not acceptable" in failures[0].reason


def test_endpoint_that_answers_nothing_is_sent_no_file(provider: FakeProvider) -> None:
    provider.model = lambda _: refuse(401, "a wrong key")
    run_id = started(provider)
    step(run_id)
    assert read(run_id).state == "paused"
    assert "a wrong key" in (read(run_id).note or "")
    assert (provider.files, provider.batches) == ({}, {})


def test_refused_upload_pauses_the_run_with_the_reason(provider: FakeProvider) -> None:
    run_id = started(provider)
    provider.hinder("POST /v1/files", refuse(403, "no batches for you"))
    step(run_id)
    assert read(run_id).state == "paused"
    assert "no batches for you" in (read(run_id).note or "")
    assert [batch.state for batch in batches_of(run_id)] == ["failed"]
    with session_scope() as session:
        control.resume(session, run_id, Budgets())
    step(run_id)
    finish(provider, run_id)
    is_whole(run_id)


def test_failed_validation_pauses_the_run_with_the_reason(provider: FakeProvider) -> None:
    run_id = started(provider)
    step(run_id)
    provider.fail("the model does not exist")
    step(run_id)
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
    run_id = started(provider)
    provider.hinder(request_line, hindrance)
    step(run_id)
    finish(provider, run_id)
    is_whole(run_id)
    assert len(provider.batches) == 1


def test_batch_whose_making_was_not_heard_of_is_found_and_not_made_again(
    provider: FakeProvider,
) -> None:
    run_id = started(provider)
    provider.hinder("POST /v1/batches", drop(), carried_out=True)
    step(run_id)
    assert len(provider.batches) == 1
    assert batches_of(run_id)[0].state == "preparing"
    step(run_id)
    assert batches_of(run_id)[0].state == "sent"
    finish(provider, run_id)
    is_whole(run_id)
    assert len(provider.batches) == 1


def test_lines_that_no_batch_asked_for_are_left_alone(provider: FakeProvider) -> None:
    run_id = started(provider)
    step(run_id)
    provider.work()
    batch = next(iter(provider.batches.values()))
    strange = b"".join(
        b'{"custom_id": "%s", "response": {"status_code": 200, "body": {}}}\n' % custom_id
        for custom_id in (b"9999:0:1", b"1:0:999", b"x", b"1:2")
    )
    provider.files[batch["output_file_id"]] += strange + b"not JSON\n[]\n"
    step(run_id)
    finish(provider, run_id)
    is_whole(run_id)
