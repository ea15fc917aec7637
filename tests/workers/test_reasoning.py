"""Thinking: wherever a server puts it, it is counted, and it is part of what is paid."""

import json
from typing import Any

import pytest

from tests.workers.asking import asked
from tests.workers.fake_openai import FakeOpenAI, answer, raw, refuse
from workers.token_count import estimated_tokens, thinking_in

THOUGHT = "Six sevens are forty-two, since six fives are thirty and six twos are twelve."


def _said(
    content: str, usage: dict[str, Any] | None = None, choices: int = 1, **message: Any
) -> Any:
    body = {"choices": [{"message": {"content": content, **message}, "finish_reason": "stop"}]}
    body["choices"] *= choices
    return raw(json.dumps(body | {"usage": usage}).encode())


def _usage(completion: int, reasoning: int | None = None, total: int | None = None) -> Any:
    details = None if reasoning is None else {"reasoning_tokens": reasoning}
    return {"prompt_tokens": 20, "completion_tokens": completion, "total_tokens": total,
            "completion_tokens_details": details}  # fmt: skip


def test_openai_hides_its_thinking_and_counts_it(server: FakeOpenAI) -> None:
    server.script(
        refuse(400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
               "'max_completion_tokens' instead.", param="max_tokens"),
        _said("42", _usage(210, 192, 230)),
    )  # fmt: skip
    sampling = {"temperature": None, "max_tokens": 500, "reasoning_effort": "low"}
    (reply,) = asked(server, sampling=sampling)
    assert (reply.completion_tokens, reply.reasoning_tokens, reply.reasoning) == (210, 192, None)
    sent = server.requests[-1].body
    assert {name: sent[name] for name in sent if name not in ("model", "messages")} == {
        "max_completion_tokens": 500, "reasoning_effort": "low",
    }  # fmt: skip


def test_deepseek_shows_its_thinking_and_counts_it(server: FakeOpenAI) -> None:
    server.script(_said("42", _usage(40, 31), reasoning_content=THOUGHT))
    (reply,) = asked(server)
    assert (reply.reasoning, reply.completion_tokens, reply.reasoning_tokens) == (THOUGHT, 40, 31)


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
def test_vllm_shows_its_thinking_and_does_not_count_it(server: FakeOpenAI, field: str) -> None:
    server.script(_said("The answer is 42.", _usage(60), **{field: THOUGHT}))
    (reply,) = asked(server)
    share = estimated_tokens(THOUGHT) / (
        estimated_tokens(THOUGHT) + estimated_tokens("The answer is 42.")
    )
    assert reply.reasoning_tokens == round(60 * share)


@pytest.mark.parametrize("opening", ["<think>", ""])  # some templates write it themselves
def test_thinking_within_the_text_is_counted(server: FakeOpenAI, opening: str) -> None:
    server.script(_said(f"{opening}{THOUGHT}</think>42", _usage(50)))
    (reply,) = asked(server)
    assert reply.text.endswith("</think>42")
    assert reply.reasoning_tokens is not None
    assert 40 <= reply.reasoning_tokens < 50


def test_thinking_that_was_cut_off_is_all_thinking(server: FakeOpenAI) -> None:
    server.script(answer(f"<think>{THOUGHT}", finish_reason="length", usage=_usage(64)))
    (reply,) = asked(server)
    assert (reply.completion_tokens, reply.reasoning_tokens) == (64, 64)


@pytest.mark.parametrize(
    "usage",
    [
        # xAI: 32 + 9 + 94 = 135 in its own example.
        {"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 135,
         "completion_tokens_details": {"reasoning_tokens": 94}},
        # Gemini: the thinking is in the total alone.
        {"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 135},
    ],
)  # fmt: skip
def test_thinking_that_is_counted_beside_the_completion_is_paid_too(
    server: FakeOpenAI, usage: dict[str, Any]
) -> None:
    server.script(_said("42", usage))
    (reply,) = asked(server)
    assert (reply.prompt_tokens, reply.completion_tokens) == (32, 103)
    assert reply.reasoning_tokens == 94


def test_model_that_does_not_think_has_none(server: FakeOpenAI) -> None:
    server.script(_said("42", _usage(5)), _said("42", _usage(5, 0)))
    assert [asked(server)[0].reasoning_tokens for _ in range(2)] == [None, 0]


def test_samples_of_one_request_share_what_is_reported(server: FakeOpenAI) -> None:
    server.script(_said("42", _usage(103, 101), choices=2))
    replies = asked(server, 2, samples_per_request=2)
    assert [reply.reasoning_tokens for reply in replies] == [51, 50]
    assert sum(reply.completion_tokens for reply in replies) == 103


@pytest.mark.parametrize("word", ["max_tokens", "MAX_TOKENS"])
def test_other_words_for_a_reached_limit_mean_length(server: FakeOpenAI, word: str) -> None:
    server.script(answer("It is", finish_reason=word))
    assert asked(server)[0].finish_reason == "length"


@pytest.mark.parametrize(
    ("text", "thinking"),
    [
        ("42", ""),
        ("<think>a</think>42", "<think>a</think>"),
        ("a</think>b</think>42", "a</think>b</think>"),
        ("<think>a</think>b<think>c", "<think>a</think>b<think>c"),
        ("", ""),
    ],
)
def test_thinking_is_all_before_the_answer_begins(text: str, thinking: str) -> None:
    assert thinking_in(text) == thinking
