"""Queues: the list with progress, one queue, the forms, and triage of a queue."""

from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard.event_words import changes, done
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_rows import decision
from tests.dashboard.test_pages import Open, button, words


def sent(api: FakeApi, method: str, path: str) -> list[Any]:
    meant = (method, path)
    return [dict(body) for verb, asked, _, body in api.requests if (verb, asked) == meant]


def bars(page: AppTest) -> list[str]:
    return [bar.proto.text for bar in page.get("progress")]


def field(page: AppTest, label: str) -> Any:
    kinds = (page.text_input, page.text_area, page.multiselect, page.selectbox, page.toggle)
    return next(each for kind in kinds for each in kind if each.label == label)


def test_list_shows_what_each_queue_is_and_where_it_stands(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = open_page("queues")
    told = words(page)
    assert "Algebra, twice" in told
    assert "Status: pending, domain: algebra, most worth attention first." in told
    assert "2 curators decide each seed, without seeing each other's opinion." in told
    assert "for grace, linus" in told
    assert bars(page)[0] == (
        "68 decided, 30 left, 2 in adjudication · 42 decisions today, 12 s a seed"
    )
    assert bars(page)[1] == "68 decided, 30 left · 0 decisions today"


def test_name_of_a_queue_embeds_nothing(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.queues[0]["name"] = "![x](https://example.org/x.png)"
    page = open_page("queues")
    advice = next(each.help for each in page.button if each.label == "Details")
    assert advice == r"Progress by person of \!\[x\](https://example.org/x.png)"


def test_empty_list_says_what_a_queue_is_for(empty_api: FakeApi, open_page: Open) -> None:
    assert "No queues yet" in words(open_page("queues"))


def test_queue_is_made_with_a_dry_count(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("queues")
    assert button(page, "Make the queue").disabled
    field(page, "Name").set_value("Logic").run()
    field(page, "Domain").select("logic").run()
    page.get("button_group")[0].set_value(3).run()
    assert "10 seeds match now (status: pending, domain: logic): 30 decisions" in page.info[0].value
    field(page, "Assigned curators").set_value([1, 2, 3]).run()
    button(page, "Make the queue").click().run()
    [body] = sent(fake_api, "POST", "/v1/review-queues")
    assert body.pop("token")
    assert body == {
        "name": "Logic", "overlap": 3, "sort": "attention", "curators": [1, 2, 3],
        "instructions": "", "filter": {"status": "pending", "domain": "logic"},
    }  # fmt: skip
    assert "For ada, grace, linus. Made by ada." in words(page)


def test_name_that_is_taken_is_explained_and_nothing_lost(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = open_page("queues")
    field(page, "Name").set_value("Everything").run()
    button(page, "Make the queue").click().run()
    assert "there is a queue Everything already" in page.error[0].value
    assert field(page, "Name").value == "Everything"
    field(page, "Name").set_value("Everything else").run()
    button(page, "Make the queue").click().run()
    first, second = sent(fake_api, "POST", "/v1/review-queues")
    assert first["token"] == second["token"]


def test_one_queue_shows_its_people_and_where_to_work(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("queues", queue="1")
    assert "Accept only what has exactly one answer." in [text.value for text in page.text]
    table = page.dataframe[0].value
    assert list(table["user"]) == ["ada", "grace", "linus"]
    assert list(table["today"]) == [12, 30, 0]
    links = [link.proto.label for link in page.get("page_link")]
    assert links == ["Open in triage", "Adjudicate", "Agreement"]


def test_queue_is_changed_and_closed(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("queues", queue="1")
    field(page, "Instructions").set_value("Be strict.").run()
    button(page, "Save").click().run()
    [body] = sent(fake_api, "PATCH", "/v1/review-queues/1")
    assert (body["instructions"], "filter" in body) == ("Be strict.", False)
    button(page, "Close the queue").click().run()
    assert sent(fake_api, "PATCH", "/v1/review-queues/1")[-1] == {"open": False}
    assert "Closed." in words(page)
    assert "Open in triage" not in [link.proto.label for link in page.get("page_link")]


def test_viewer_and_other_curators_change_nothing(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.queues[0]["created_by"] = "grace"
    assert "Save" not in [each.label for each in open_page("queues", queue="1").button]
    viewer = open_page("queues", role="viewer")
    assert "Make the queue" not in [each.label for each in viewer.button]
    admin = open_page("queues", role="admin", queue="1")
    assert "Save" in [each.label for each in admin.button]


def test_unknown_queue_is_explained(fake_api: FakeApi, open_page: Open) -> None:
    assert "there is no queue 77" in open_page("queues", queue="77").error[0].value


def test_triage_of_a_queue_shows_its_head_in_place_of_the_filter(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = open_page("triage", queue="1")
    assert "Algebra, twice" in words(page)
    assert "Accept only what has exactly one answer." in [text.value for text in page.text]
    assert bars(page) == ["68 decided, 30 left, 2 in adjudication"]
    assert not page.text_input
    button(page, "All seeds").click().run()
    assert "Algebra, twice" not in words(page)
    assert page.text_input


def test_opinion_in_the_history_is_told_without_its_inner_form() -> None:
    event = decision(1, 2, "opinion_reject", "Too easy")
    event["after"] = {"opinion": {"kind": "reject", "flagged": False, "reason": "Too easy"}}
    assert (done(event["kind"]), changes(event)) == ("opinion: reject", "")
