"""How the pane's requests become calls of the API."""

from typing import Any

import pytest

from dashboard import pane_requests
from dashboard.api import Api, SignedOut
from tests.dashboard.fake_api import FakeApi


def entry(number: int, kind: str = "accept", **fields: Any) -> dict[str, Any]:
    token = f"00000000-0000-4000-8000-{number:012}"
    return {"token": token, "seed_id": number, "kind": kind, "order": number, **fields}


def request(*decisions: dict[str, Any], want: bool = False, **fields: Any) -> dict[str, Any]:
    basis = {
        "number": 7,
        "view": "",
        "want": want,
        "holding": [],
        "heartbeat": False,
        "release": [],
    }
    return basis | {"decisions": list(decisions)} | fields


def answer(content: dict[str, Any]) -> pane_requests.Reply:
    return pane_requests.answer(Api("s3cret"), "", {}, content)


def test_answer_posts_decisions_in_order_and_names_their_tokens(fake_api: FakeApi) -> None:
    reply = answer(request(entry(1), entry(2, "reject", reason="Too easy"), entry(3, "skip")))

    assert [d["kind"] for d in fake_api.decisions] == ["accept", "reject", "skip"]
    assert [r["token"][-1] for r in reply["results"]] == ["1", "2", "3"]
    assert reply["to"] == 7


def test_answer_repeated_has_no_second_effect(fake_api: FakeApi) -> None:
    answer(request(entry(1)))
    reply = answer(request(entry(1)))

    assert len(fake_api.decisions) == 1
    assert reply["results"][0]["status"] == "repeated"


def test_answer_undoes_a_decision_of_the_same_request(fake_api: FakeApi) -> None:
    undo = entry(9, "undo", undoes=entry(1)["token"], decision_id=None)
    reply = answer(request(entry(1), entry(2), undo, entry(3)))

    assert fake_api.seeds[1]["status"] == "pending"
    assert fake_api.seeds[2]["status"] == fake_api.seeds[3]["status"] == "accepted"
    assert [r["status"] for r in reply["results"]] == ["stored"] * 4


def test_answer_undo_of_what_was_refused_is_refused_and_undoes_nothing_else(
    fake_api: FakeApi,
) -> None:
    undo = entry(9, "undo", undoes=entry(6)["token"], decision_id=None)
    reply = answer(request(entry(1), entry(6), undo))  # seed 6 has an open hit

    assert [r["status"] for r in reply["results"]] == ["stored", "rejected", "rejected"]
    assert fake_api.seeds[1]["status"] == "accepted"


def test_answer_undo_without_a_decision_brings_the_last_seed_back(fake_api: FakeApi) -> None:
    answer(request(entry(4)))
    reply = answer(request(entry(9, "undo", undoes=None, seed_id=None)))

    assert reply["restored"] is not None
    assert reply["restored"]["id"] == 4


def test_answer_with_the_api_down_says_so_and_settles_nothing(no_api: None) -> None:
    reply = answer(request(entry(1)))

    assert "cannot be reached" in (reply["failed"] or "")
    assert reply["results"] == []


def test_answer_with_an_ended_session_is_left_to_the_sign_in_gate(fake_api: FakeApi) -> None:
    fake_api.fail("/v1/decisions", 401, code="unauthenticated", detail="ended")

    with pytest.raises(SignedOut):
        answer(request(entry(1)))


def test_answer_fetches_what_the_pane_does_not_hold(fake_api: FakeApi) -> None:
    reply = answer(request(want=True, holding=[1, 2, 3]))

    assert [seed["id"] for seed in reply["seeds"]][:2] == [4, 5]
    assert reply["left"] == 60


def test_answer_for_another_view_fetches_nothing(fake_api: FakeApi) -> None:
    reply = answer(request(want=True, view="verdict=hard"))

    assert reply["seeds"] == []


def test_answer_gives_back_what_another_view_does_not_need(fake_api: FakeApi) -> None:
    answer(request(release=[3, 4]))

    assert ("POST", "/v1/queue:release", {}, {"seed_ids": [3, 4]}) in fake_api.requests


def test_answer_heartbeat_keeps_the_leases(fake_api: FakeApi) -> None:
    answer(request(holding=[1, 2], heartbeat=True))

    assert ("POST", "/v1/queue:heartbeat", {}, {"seed_ids": [1, 2]}) in fake_api.requests
