"""What goes to a model in this process and what comes back, as far as it needs no vLLM.

The engine itself is tested with a real model in tests/durability/test_gpu_worker.py.
"""

from types import SimpleNamespace

import pytest

from backend.endpoints.schemas import IN_PROCESS, Sampling
from workers.clients import client_for
from workers.endpoint_config import EndpointConfig
from workers.in_process import InProcessClient, replies_of, sampling_values
from workers.model_client import ModelClient
from workers.replies import CallFailed


def _output(*samples: tuple[str, str, int]) -> SimpleNamespace:
    """In the form of vLLM's RequestOutput: samples of (text, finish_reason, tokens)."""
    outputs = [
        SimpleNamespace(text=text, finish_reason=finish, token_ids=list(range(tokens)))
        for text, finish, tokens in samples
    ]
    return SimpleNamespace(prompt_token_ids=list(range(11)), outputs=outputs)


def test_settings_that_are_null_leave_the_models_own_in_force() -> None:
    sampling = Sampling(temperature=None, top_p=0.9)
    assert sampling_values(sampling, 64, 4) == {"top_p": 0.9, "max_tokens": 64, "n": 4}
    greedy = Sampling(temperature=0)
    assert sampling_values(greedy, 64, 1) == {"temperature": 0, "max_tokens": 64, "n": 1}


def test_prompt_tokens_are_divided_over_the_samples_and_the_rest_counted_each() -> None:
    replies = replies_of(_output(("So 42.", "stop", 4), ("", "length", 64)), 120)
    assert [(r.text, r.finish_reason, r.prompt_tokens, r.completion_tokens) for r in replies] == [
        ("So 42.", "stop", 6, 4), ("", "length", 5, 64),
    ]  # fmt: skip
    assert {r.latency_ms for r in replies} == {120}


def test_text_that_no_database_can_hold_is_made_storable() -> None:
    assert replies_of(_output(("a\0b", "stop", 3)), 1)[0].text == "a�b"


def test_request_that_the_engine_broke_off_is_no_answer() -> None:
    with pytest.raises(CallFailed) as caught:
        replies_of(_output(("So", "stop", 1), ("", "abort", 0)), 1)
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("base_url", "kind"), [(IN_PROCESS, InProcessClient), ("http://127.0.0.1:9/v1", ModelClient)]
)
def test_address_decides_which_client_asks(base_url: str, kind: type) -> None:
    assert isinstance(client_for(EndpointConfig(base_url=base_url, model="m")), kind)


def test_greedy_samples_are_asked_one_by_one() -> None:
    for temperature, samples in ((0.0, 1), (0.8, 8)):
        sampling = Sampling(temperature=temperature)
        config = EndpointConfig(IN_PROCESS, "m", sampling, samples_per_request=8)
        assert client_for(config).samples_per_call == samples
