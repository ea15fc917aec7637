"""How the pane's requests become calls of the API."""

from typing import Any

import pytest

from dashboard import pane_requests
from dashboard.api import Api, SignedOut
from dashboard.rows import SeedFilter
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
        "count": False,
        "heartbeat": False,
        "release": [],
        "leased_until": None,
        "settings": None,
        "progress": False,
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
    reply = answer(request(entry(9, "undo", undoes=None, seed_id=None, bring=True)))

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
    assert reply["left"] is None


def test_answer_fetches_few_seeds_first_and_then_counts_them(fake_api: FakeApi) -> None:
    first = answer(request(want=True))
    held = [seed["id"] for seed in first["seeds"]]
    behind = answer(request(want=True, holding=held, count=True))

    assert (len(held), first["left"]) == (8, None)
    assert behind["left"] == 60
    assert len(behind["seeds"]) == 52


def test_answer_for_another_view_fetches_nothing(fake_api: FakeApi) -> None:
    reply = answer(request(want=True, view="verdict=hard"))

    assert reply["seeds"] == []


def test_answer_gives_back_what_another_view_does_not_need(fake_api: FakeApi) -> None:
    answer(request(release=[3, 4]))

    assert ("POST", "/v1/queue:release", {}, {"seed_ids": [3, 4]}) in fake_api.requests


def test_answer_gives_back_only_what_was_not_leased_again_since(fake_api: FakeApi) -> None:
    until = answer(request(want=True))["leased_until"]
    answer(request(release=[3], leased_until=until))

    body = {"seed_ids": [3], "leased_until": until}
    assert ("POST", "/v1/queue:release", {}, body) in fake_api.requests


def test_answer_heartbeat_keeps_the_leases(fake_api: FakeApi) -> None:
    answer(request(holding=[1, 2], heartbeat=True))

    assert ("POST", "/v1/queue:heartbeat", {}, {"seed_ids": [1, 2]}) in fake_api.requests


def test_answer_for_a_queue_fetches_holds_and_decides_in_it(fake_api: FakeApi) -> None:
    chosen = SeedFilter(queue_id=1)
    decided = request(entry(1, queue_id=1), want=True, holding=[2], heartbeat=True)
    pane_requests.answer(Api("s3cret"), "", chosen, decided)

    asked = {path: (query, body) for _, path, query, body in fake_api.requests}
    assert asked["/v1/queue"][0] == {
        "queue_id": "1", "limit": "60", "shown": ["2"], "count": "false",
    }  # fmt: skip
    assert asked["/v1/queue:heartbeat"][1] == {"seed_ids": [2], "queue_id": 1}
    assert asked["/v1/decisions"][1]["decisions"][0]["queue_id"] == 1


def test_answer_says_who_has_what_was_lost(fake_api: FakeApi) -> None:
    fake_api.taken_by_others = {2: "bob"}
    reply = answer(request(holding=[1, 2], heartbeat=True))

    assert reply["lost"] == {"2": "bob"}
    assert reply["leased_until"] is not None


def test_answer_does_an_undone_decision_again_and_undoes_it_once_more(fake_api: FakeApi) -> None:
    undo = entry(8, "undo", undoes=entry(1)["token"], decision_id=None)
    redo = entry(9, "redo", undoes=undo["token"], decision_id=None)
    reply = answer(request(entry(1), undo, redo))

    assert [r["status"] for r in reply["results"]] == ["stored"] * 3
    assert fake_api.seeds[1]["status"] == "accepted"
    again = entry(
        10,
        "undo",
        undoes=redo["token"],
        decision_id=reply["results"][2]["decision_id"],
        bring=False,
    )
    answer(request(again))
    assert fake_api.seeds[1]["status"] == "pending"


def test_answer_redo_of_nothing_here_takes_the_last_undo_back(fake_api: FakeApi) -> None:
    undo = entry(8, "undo", undoes=entry(4)["token"], decision_id=None)
    answer(request(entry(4), undo))
    reply = answer(request(entry(9, "redo", undoes=None, seed_id=None, bring=True)))

    assert reply["restored"] is not None
    assert (reply["restored"]["id"], reply["restored"]["status"]) == (4, "accepted")
    assert fake_api.seeds[4]["status"] == "accepted"


def test_answer_saves_settings_and_gives_what_counts_now(fake_api: FakeApi) -> None:
    reply = answer(request(settings={"keys": {"accept": "j"}}))

    assert reply["settings"] is not None
    assert reply["settings"]["keys"]["accept"] == fake_api.settings["keys"]["accept"] == "j"


def test_answer_with_refused_settings_says_why_and_saves_the_decisions(fake_api: FakeApi) -> None:
    reply = answer(request(entry(1), settings={"keys": {"redo": "a"}}))

    assert reply["settings"] is None
    assert reply["settings_refused"] == "keys.redo: a is the key of accept already"
    assert [r["status"] for r in reply["results"]] == ["stored"]


def test_answer_brings_the_curators_pace(fake_api: FakeApi) -> None:
    answer(request(entry(1), entry(2)))

    assert answer(request(progress=True))["progress"] == {
        "mine_today": 2, "total_decided": 2, "left": 58, "exact": True, "median_seconds": 4.2,
    }  # fmt: skip


def test_first_seeds_come_without_a_count(fake_api: FakeApi) -> None:
    reply = pane_requests.first_seeds(Api("s3cret"), {})

    assert reply is not None
    assert [seed["id"] for seed in reply["seeds"]] == list(range(1, pane_requests.FIRST + 1))
    assert reply["left"] is None
    assert reply["leased_until"]


@pytest.mark.parametrize("trouble", ["slow", "failing"])
def test_first_seeds_are_left_to_the_pane_where_they_do_not_come_soon(
    fake_api: FakeApi, trouble: str
) -> None:
    if trouble == "slow":
        fake_api.delay = 3 * pane_requests.FIRST_SECONDS
    else:
        fake_api.fail("/v1/queue", 503, code="unavailable", detail="the database is away")
    assert pane_requests.first_seeds(Api("s3cret"), SeedFilter()) is None
