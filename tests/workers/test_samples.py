"""Several samples a request, their tokens, and servers that refuse what we can do without."""

import pytest

from tests.workers.asking import asked, failure
from tests.workers.fake_openai import FakeOpenAI, Step, answer, refuse


def test_samples_are_asked_for_one_by_one_unless_the_endpoint_allows_more(
    server: FakeOpenAI,
) -> None:
    assert len(asked(server, 4)) == 4
    assert [request.body.get("n") for request in server.requests] == [None] * 4


def test_samples_share_requests_where_the_endpoint_allows_it(server: FakeOpenAI) -> None:
    assert len(asked(server, 10, samples_per_request=4)) == 10
    assert sorted(request.body["n"] for request in server.requests) == [2, 4, 4]


def test_greedy_samples_are_never_asked_for_together(server: FakeOpenAI) -> None:
    assert len(asked(server, 3, samples_per_request=8, sampling={"temperature": 0})) == 3
    assert all("n" not in request.body for request in server.requests)


def test_missing_choices_are_asked_for_again(server: FakeOpenAI) -> None:
    server.script(answer("1", "2"), answer("3"))
    replies = asked(server, 3, samples_per_request=8)
    assert [reply.text for reply in replies] == ["1", "2", "3"]
    assert "n" not in server.requests[1].body


def test_surplus_choices_are_left_out(server: FakeOpenAI) -> None:
    server.script(answer("1", "2", "3"))
    assert len(asked(server, 2, samples_per_request=2)) == 2


@pytest.mark.parametrize(
    "refusal",
    [
        refuse(400, "n must be 1 when using greedy sampling, got 4."),  # vLLM
        refuse(400, "Unsupported value", param="n"),
        refuse(422, "only 'n' = 1 is supported"),
        refuse(400, "best_of and n > 1 are not supported"),
    ],
)
def test_server_that_refuses_n_is_asked_singly_from_then_on(
    server: FakeOpenAI, refusal: Step
) -> None:
    server.script(refusal)
    assert len(asked(server, 4, samples_per_request=4)) == 4
    assert len(asked(server, 4, samples_per_request=4)) == 4
    assert [request.body.get("n") for request in server.requests] == [4] + [None] * 8


def test_replies_that_arrived_before_a_failure_are_kept(server: FakeOpenAI) -> None:
    server.script(answer("1"), refuse(401, "no"), answer("3"))
    failed = failure(server, n=3, max_in_flight=1)
    assert [reply.text for reply in failed.replies] == ["1", "3"]


def test_prompt_is_counted_once_for_a_request(server: FakeOpenAI) -> None:
    replies = asked(server, 4, samples_per_request=4)
    assert sum(reply.prompt_tokens for reply in replies) == 10


def test_tokens_are_counted_for_each_sample_whatever_usage_counts(server: FakeOpenAI) -> None:
    text = "The product of six and seven is forty-two, as every child knows by heart."
    for usage in ("all", "first"):
        server.script(answer(text, usage=usage))
        replies = asked(server, 4, samples_per_request=4)
        assert [reply.completion_tokens for reply in replies] == [len(text) // 4] * 4


def test_usage_that_is_missing_or_absurd_is_estimated(server: FakeOpenAI) -> None:
    for usage in (None, {}, {"completion_tokens": -1, "prompt_tokens": "many"}):
        server.script(answer("The answer is 42.", usage=usage))
        (reply,) = asked(server)
        assert 3 <= reply.completion_tokens <= 8
        assert 8 <= reply.prompt_tokens <= 24


def test_reasoning_model_is_asked_with_max_completion_tokens(server: FakeOpenAI) -> None:
    server.script(
        refuse(
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            code="unsupported_parameter",
            param="max_tokens",
        )
    )
    asked(server, 2, max_in_flight=1, sampling={"max_tokens": 50})
    limits = [
        (request.body.get("max_tokens"), request.body.get("max_completion_tokens"))
        for request in server.requests
    ]
    assert limits == [(50, None), (None, 50), (None, 50)]


SCHEMA = {"type": "object", "properties": {"steps": {"type": "integer"}}}


def test_schema_is_sent_as_response_format(server: FakeOpenAI) -> None:
    asked(server, schema=SCHEMA)
    assert server.requests[0].body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "reply", "strict": True, "schema": SCHEMA},
    }


def test_server_that_refuses_schemas_is_asked_without_from_then_on(server: FakeOpenAI) -> None:
    server.script(refuse(400, "response_format is not supported by this model"))
    asked(server, schema=SCHEMA)
    asked(server, schema=SCHEMA)
    assert ["response_format" in request.body for request in server.requests] == [
        True, False, False,
    ]  # fmt: skip


def test_refusal_of_something_else_is_a_failure(server: FakeOpenAI) -> None:
    server.default = refuse(400, "temperature: only 1 is supported", param="temperature")
    failed = failure(server, n=2, samples_per_request=2, schema=SCHEMA)
    assert failed.code == "http_400"
    assert len(server.requests) == 1
