"""The reward over HTTP: its curve, and one response scored."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.conftest import ClientFactory

RIGHT = "<think>Three and four.</think> So it is \\boxed{\\frac{1}{2}}."


def scored(client: TestClient, **request: Any) -> dict[str, Any]:
    answer = client.post("/v1/rewards:score", json=request)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def problems(client: TestClient, path: str, body: dict[str, Any]) -> str:
    answer = client.post(path, json=body)
    assert answer.status_code == 422
    return str(answer.json())


def test_curve_goes_through_the_places_that_the_report_names(client_as: ClientFactory) -> None:
    curve = client_as("viewer").post("/v1/rewards:curve", json={}).json()
    points = {point["tokens"]: point for point in curve["points"]}
    assert points[25_600]["right"] == pytest.approx(8 / 13)
    assert points[31_744]["right"] == pytest.approx(4 / 13)
    assert points[0]["wrong"] == pytest.approx(-8 / 13)
    assert points[3_702]["wrong"] == pytest.approx(-4 / 13)
    assert (curve["truncated"], curve["malformed"]) == pytest.approx((-4 / 13, -8 / 13))


@pytest.mark.parametrize(("key", "correct"), [("\\frac24", True), ("1/2", True), ("0.5", False)])
def test_answer_is_held_against_the_key(client: TestClient, key: str, correct: bool) -> None:
    found = scored(client, response=RIGHT, key=key, tokens=1851)
    assert (found["correct"], found["answer"]) == (correct, "\\frac{1}{2}")
    assert found["accuracy"] == pytest.approx(1.0 if correct else -0.75)
    assert found["length_share"] == pytest.approx(0.0 if correct else 0.5)


def test_answer_that_only_algebra_could_settle_is_said_to_be_undecided(client: TestClient) -> None:
    response = RIGHT.replace("\\frac{1}{2}", "(x+1)^2")
    found = scored(client, response=response, key="x^2+2x+1")
    assert (found["correct"], found["is_undecided"]) == (False, True)


def test_length_is_estimated_where_it_is_not_known(client: TestClient) -> None:
    found = scored(client, response=RIGHT, correct=True)
    assert (found["tokens"], found["tokens_estimated"]) == (-(-len(RIGHT) // 4), True)


def test_what_is_wrong_with_a_response_is_said(client: TestClient) -> None:
    assert scored(client, response="1/2", key="1/2")["override"] == "format"
    assert scored(client, response=RIGHT, key="1/2", ended=False)["override"] == "truncated"
    clipped = scored(client, response=RIGHT, key="1/2", tokens=40_000)
    assert (clipped["is_clipped"], clipped["accuracy"]) == (True, 0.5)
    looped = scored(client, response=f"<think>{'so ' * 99}</think> \\boxed{{1}}", correct=False)
    assert looped["repetition"]["is_floored"]
    assert looped["repetition"]["phrase"] == "so so so so so"


def test_request_that_says_too_little_or_too_much_is_refused(client: TestClient) -> None:
    assert "give either the key" in problems(client, "/v1/rewards:score", {"response": "x"})
    both = {"response": "x", "key": "1", "correct": True}
    assert "give either the key" in problems(client, "/v1/rewards:score", both)
    curve = {"longest": 100, "free_up_to": 200}
    assert "free_up_to must lie" in problems(client, "/v1/rewards:curve", curve)
