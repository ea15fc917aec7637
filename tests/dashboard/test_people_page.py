"""People: one's own progress, who did what, and the leaderboard with its switches."""

from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_rows import decision
from tests.dashboard.test_pages import Open, words
from tests.dashboard.test_queues_page import sent


def toggles(page: object) -> list[str]:
    return [each.label for each in page.toggle]  # type: ignore[attr-defined]


def test_own_progress_people_and_leaderboard(fake_api: FakeApi, open_page: Open) -> None:
    for number in (1, 2):
        fake_api.seeds[number]["status"] = "accepted"
        fake_api.decisions.append(decision(number, number, "accept"))
    page = open_page("people")
    assert [(metric.label, metric.value) for metric in page.metric] == [
        ("Mine today", "2"), ("Left", "58"), ("Decided", "2"), ("My seconds a seed", "4 s"),
    ]  # fmt: skip
    people, board = page.dataframe
    assert list(people.value["total"]) == [140, 88, 3]
    assert list(board.value["user"]) == ["grace", "ada"]
    assert toggles(page) == ["Show me the leaderboard"]


def test_leaderboard_is_hidden_for_oneself(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("people")
    page.toggle(key="board_shown").set_value(False).run()
    assert sent(fake_api, "PUT", "/v1/settings/leaderboard") == [{"hidden": True}]
    assert len(page.dataframe) == 1
    page.toggle(key="board_shown").set_value(True).run()
    assert len(page.dataframe) == 2


def test_admin_switches_it_off_for_all(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("people", role="admin")
    page.toggle(key="board_enabled").set_value(False).run()
    assert sent(fake_api, "PUT", "/v1/settings/leaderboard") == [{"enabled": False}]
    assert "An admin has switched the leaderboard off." in words(page)
    assert toggles(page) == ["Leaderboard for all"]
    assert toggles(open_page("people")) == []


def test_before_the_first_decision_it_says_where_to_begin(
    empty_api: FakeApi, open_page: Open
) -> None:
    told = words(open_page("people"))
    assert "Nobody has decided anything yet" in told
    assert "Nobody has decided anything in the last seven days." in told
