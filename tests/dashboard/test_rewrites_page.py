"""Rewrites: the list by doubt, the studio of one, and the form with its preview."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.event_words import done
from dashboard.rewrite_words import sides
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_rewrite_rows import BETTER, PROOF, SEED_OF_PROOF, some_rewrites
from tests.dashboard.test_pages import Open, button, words
from tests.dashboard.test_queues_page import field, sent


@pytest.fixture
def fake_api(fake_api: FakeApi) -> FakeApi:
    """An API with two rewrites that wait."""
    some_rewrites(fake_api)
    return fake_api


def links(page: AppTest) -> list[str]:
    return [link.proto.label for link in page.get("page_link")]


def html(page: AppTest) -> str:
    return "\n".join(each.proto.body for each in page.get("html"))


def labels(page: AppTest) -> list[str]:
    return [each.label for each in page.button]


def test_list_shows_doubt_first(fake_api: FakeApi, open_page: Open) -> None:
    table = open_page("rewrites").dataframe[0].value
    assert list(table["id"]) == [1, 2]
    assert list(table["doubt"]) == ["2 failed, 1 unknown", "1 unknown"]
    assert next(iter(table["kind"])) == "A proof becomes a question with an answer"


def test_list_is_filtered(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("rewrites")
    field(page, "State").select("rejected").run()
    assert "No rewrites here" in words(page)
    field(page, "State").select("any").run()
    assert len(page.dataframe[0].value) == 2
    asked = [query for _, path, query, _ in fake_api.requests if path == "/v1/rewrites"]
    assert [query.get("state") for query in asked] == ["proposed", "rejected", None]


def test_empty_list_says_what_to_do(empty_api: FakeApi, open_page: Open) -> None:
    page = open_page("rewrites")
    assert "No rewrites wait" in words(page)
    assert links(page) == ["Seeds that need a rewrite"]


def test_studio_shows_checks_with_their_evidence(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("rewrites", rewrite="1")
    told = words(page)
    assert "**Asks for one short answer**: failed" in told
    assert "asks for a proof or an explanation: “Show that”" in told
    assert "**Stands in no benchmark**: unknown" in told
    assert "Not measured yet: The answer follows, The reference is decisive" in told
    assert "Answer: **1600**" in told
    assert '<mark class="removed">' in html(page)
    assert '<mark class="added">' in html(page)
    assert not page.exception


def test_failed_rewrite_is_not_approved_by_a_curator(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("rewrites", rewrite="1")
    assert button(page, "Approve").disabled
    assert "or an admin may overrule it" in words(page)
    assert "Withdraw" not in labels(page)


def test_admin_overrules_with_a_reason(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("rewrites", role="admin", rewrite="1")
    assert button(page, "Approve").disabled
    field(page, "Reason to overrule the failed checks").set_value("An idiom.").run()
    button(page, "Approve").click().run()
    assert sent(fake_api, "POST", "/v1/rewrites/1:approve") == [{"overrules": "An idiom."}]
    assert fake_api.seeds[SEED_OF_PROOF]["status"] == "pending"
    assert "its status is **pending**" in words(page)


def test_approval_is_taken_back_from_its_history(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("rewrites", rewrite="2")
    button(page, "Approve").click().run()
    assert fake_api.seeds[10]["answer"] == "205"
    assert links(page)[-2:] == ["Decide on the seed", "Triage"]
    button(page, "Undo").click().run()
    assert fake_api.rewrites[2]["state"] == "proposed"
    assert "Approve" in labels(page)


def test_refused_approval_is_explained(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("rewrites", rewrite="2")
    fake_api.refusal = "seed 10 reads otherwise by now: its wording is revision 9, not 8"
    button(page, "Approve").click().run()
    assert "its wording is revision 9" in page.error[0].value


def test_outdated_rewrite_says_so(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.rewrites[2]["stale"] = True
    page = open_page("rewrites", rewrite="2")
    assert "cannot be approved any more" in page.warning[0].value
    assert button(page, "Approve").disabled


def test_second_approval_is_awaited(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.rewrites[2]["approvals_needed"] = 2
    page = open_page("rewrites", rewrite="2")
    assert "Approved by nobody; 2 more approvals needed." in words(page)
    button(page, "Approve").click().run()
    assert "Approved by ada; 1 more approval needed." in words(page)
    assert button(page, "Approve").disabled


def test_rewrite_is_rejected_for_a_reason(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("rewrites", rewrite="2")
    assert button(page, "Reject").disabled
    field(page, "Reason to reject it").set_value("too easy").run()
    button(page, "Reject").click().run()
    assert sent(fake_api, "POST", "/v1/rewrites/2:reject") == [{"reason": "too easy"}]
    assert "Rejected by ada" in words(page)
    assert "too easy" in words(page)


def test_comment_is_sent_with_a_token(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("rewrites", rewrite="2")
    assert "<b>Fine</b>" in [each.value for each in page.text]
    field(page, "Comment").set_value("Why minutes?")
    button(page, "Comment").click().run()
    [body] = sent(fake_api, "POST", "/v1/rewrites/2/comments")
    assert (bool(body["token"]), body["text"]) == (True, "Why minutes?")
    assert field(page, "Comment").value == ""


def test_comment_that_was_not_taken_stays_in_its_box(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("rewrites", rewrite="2")
    comments = "/v1/rewrites/2/comments"
    fake_api.fail(comments, 503, code="unavailable", detail="the database is away")
    for text in ("Why minutes?", "Why minutes?", "Why not hours?"):
        field(page, "Comment").set_value(text)
        button(page, "Comment").click().run()
        assert field(page, "Comment").value == text
    asked = [body for _, path, _, body in fake_api.requests if path == comments]
    assert [body["text"] for body in asked] == ["Why minutes?", "Why minutes?", "Why not hours?"]
    # Said again it is the same, another text is not.
    assert asked[0]["token"] == asked[1]["token"] != asked[2]["token"]


def test_rewrite_is_written_and_proposed(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("rewrites", seed=str(SEED_OF_PROOF))
    assert "**Rewrite 1** by grace" in words(page)
    assert field(page, "New prompt").value == PROOF
    assert button(page, "Propose the rewrite").disabled
    field(page, "New prompt").set_value(BETTER).run()
    field(page, "Its answer").set_value("40").run()
    field(page, "What you changed, and why").set_value("A number can be checked.").run()
    button(page, "Propose the rewrite").click().run()
    [body] = sent(fake_api, "POST", "/v1/rewrites")
    assert body.pop("token")
    assert body == {
        "seed_id": SEED_OF_PROOF, "seen": 1000 + SEED_OF_PROOF, "kind": "proof_to_answer",
        "prompt": BETTER, "answer": "40", "why": "A number can be checked.",
    }  # fmt: skip
    assert page.title[0].value == "Rewrite 3"
    assert fake_api.seeds[SEED_OF_PROOF]["prompt"] == PROOF


def test_refused_proposal_loses_nothing(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("rewrites", seed=str(SEED_OF_PROOF))
    field(page, "What you changed, and why").set_value("So it is better.").run()
    fake_api.refusal = "seed 4 reads otherwise by now"
    button(page, "Propose the rewrite").click().run()
    assert "reads otherwise by now" in page.error[0].value
    assert field(page, "What you changed, and why").value == "So it is better."
    fake_api.refusal = None
    button(page, "Propose the rewrite").click().run()
    first, second = sent(fake_api, "POST", "/v1/rewrites")
    assert first["token"] == second["token"]


def test_revision_begins_with_the_text_and_takes_its_place(
    fake_api: FakeApi, open_page: Open
) -> None:
    fake_api.rewrites[1]["author"] = "ada"
    page = open_page("rewrites", seed=str(SEED_OF_PROOF), **{"from": "1"})
    assert field(page, "Its answer").value == "1600"
    field(page, "New prompt").set_value(BETTER).run()
    button(page, "Propose the rewrite").click().run()
    assert fake_api.rewrites[1]["state"] == "withdrawn"
    assert fake_api.rewrites[3]["state"] == "proposed"


def test_viewer_reads_only(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("rewrites", role="viewer", rewrite="2")
    assert not {"Approve", "Reject", "Comment"} & set(labels(page))
    form = open_page("rewrites", role="viewer", seed="4")
    assert "Rewriting is for curators" in words(form)


def test_seed_that_needs_a_rewrite_leads_to_the_form(fake_api: FakeApi, open_page: Open) -> None:
    assert "Write a rewrite" in links(open_page("seeds", seed=str(SEED_OF_PROOF)))
    assert "Write a rewrite" not in links(open_page("seeds", seed="10"))


@pytest.mark.parametrize("query", [{"rewrite": "77"}, {"seed": "777"}])
def test_unknown_numbers_are_explained(fake_api: FakeApi, open_page: Open, query: Any) -> None:
    assert "there is no" in open_page("rewrites", **query).error[0].value


def test_difference_has_two_sides() -> None:
    pieces: Any = [
        {"kind": "same", "text": "a "}, {"kind": "removed", "text": "b"},
        {"kind": "added", "text": "c"},
    ]  # fmt: skip
    assert sides(pieces) == ([("a ", ""), ("b", "removed")], [("a ", ""), ("c", "added")])


def test_history_has_a_word_for_it() -> None:
    assert done("rewrite") == "rewritten"
