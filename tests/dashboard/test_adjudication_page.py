"""Adjudication: opinions side by side, the last word, and taking it back."""

from tests.dashboard.fake_api import FakeApi
from tests.dashboard.test_pages import Open, button, words
from tests.dashboard.test_queues_page import sent


def test_opinions_stand_side_by_side_with_their_reasons(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("adjudication")
    told = words(page)
    assert "In Algebra, twice. 2 seeds to adjudicate." in told
    assert "grace" in told
    assert "linus" in told
    assert [text.value for text in page.text] == ["Too easy"]
    assert "No reason given." in told


def test_last_word_is_sent_with_what_was_seen_and_taken_back(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = open_page("adjudication")
    page.text_input[0].set_value("linus is right").run()
    button(page, "Reject").click().run()
    [body] = sent(fake_api, "POST", "/v1/adjudications")
    assert body.pop("token")
    assert body == {
        "queue_id": 1, "seed_id": 2, "revision_id": 1002, "kind": "reject",
        "reason": "linus is right",
    }  # fmt: skip
    assert "Seed 2 is rejected now. Reason: linus is right." in words(page)
    assert "Seed 8" in [heading.value for heading in page.subheader]
    button(page, "Undo").click().run()
    assert fake_api.undone == [1]
    assert "Seed 2" in [heading.value for heading in page.subheader]


def test_next_passes_over_a_seed_and_comes_back_to_it(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("adjudication")
    shown = [page.subheader[0].value]
    for _ in range(2):
        button(page, "Next").click().run()
        shown.append(page.subheader[0].value)
    assert shown == ["Seed 2", "Seed 8", "Seed 2"]


def test_refusal_is_explained_and_the_seed_stays(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.refusal = "seed 2 has 1 open hits: confirm or dismiss them first"
    page = open_page("adjudication")
    button(page, "Accept").click().run()
    assert "open hits" in page.error[0].value
    assert page.subheader[0].value == "Seed 2"


def test_nothing_to_adjudicate_says_why(empty_api: FakeApi, open_page: Open) -> None:
    assert "wait for somebody else" in words(open_page("adjudication"))


def test_queue_of_the_address_is_chosen(fake_api: FakeApi, open_page: Open) -> None:
    open_page("adjudication", queue="3")
    asked = [query for _, path, query, _ in fake_api.requests if path == "/v1/adjudications"]
    assert asked[-1]["queue_id"] == "3"


def test_viewer_is_told_who_adjudicates(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("adjudication", role="viewer")
    assert "Adjudication is for curators" in words(page)
    assert "/v1/adjudications" not in [path for _, path, _, _ in fake_api.requests]
