"""What responses come to: shares, and an error that knows which of them share a prompt."""

import math

import pytest

from training.evaluate import Response, summarised

ROWS = [{"ground_truth": "7"}, {"ground_truth": "8"}, {"ground_truth": "9"}]


def response(prompt: int, answer: str, *, ended: bool = True) -> Response:
    return Response(prompt, f"<think>Hm.</think> \\boxed{{{answer}}}", 10 + prompt, ended)


def test_error_is_over_prompts() -> None:
    """Shares of 1, 1/2 and 0: a mean of 1/2, a deviation of 1/2, over three prompts."""
    given = [("7", "7"), ("8", "5"), ("1", "2")]
    responses = [response(at, answer) for at, pair in enumerate(given) for answer in pair]
    found = summarised(responses, ROWS, samples=2)
    assert found.accuracy == 0.5
    assert found.error == pytest.approx(0.5 / math.sqrt(3))
    assert (found.formed, found.ended, found.tokens) == (1.0, 1.0, 11.0)


def test_response_that_is_malformed_or_cut_off_is_counted_as_such() -> None:
    responses = [Response(0, "7", 1, False), response(1, "8"), response(2, "9", ended=False)]
    found = summarised(responses, ROWS, samples=1)
    assert found.accuracy == pytest.approx(2 / 3)
    assert found.formed == pytest.approx(2 / 3)
    assert found.ended == pytest.approx(1 / 3)


def test_one_prompt_has_no_error() -> None:
    assert summarised([response(0, "7")], ROWS[:1], samples=1).error is None
