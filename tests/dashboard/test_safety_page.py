"""Safety: guidelines and their versions, traces made under them, and a curator's word on these."""

import pytest

from tests.dashboard import fake_work_rows as work
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_guideline_routes import guided_trace
from tests.dashboard.test_pages import Open, button, words


@pytest.fixture
def guided(fake_api: FakeApi) -> FakeApi:
    """An API with a guideline and three traces under it."""
    fake_api.traces = [
        guided_trace(1), guided_trace(2, "rejected", "leaked_guideline"), guided_trace(3, "kept"),
        guided_trace(4),
    ]  # fmt: skip
    return fake_api


def sent(api: FakeApi, method: str, path: str) -> list[object]:
    return [body for how, where, _, body in api.requests if (how, where) == (method, path)]


def html_of(page: object) -> str:
    return " ".join(str(each.proto.body) for each in page.get("html"))  # type: ignore[attr-defined]


def test_guidelines_are_listed_by_category(guided: FakeApi, open_page: Open) -> None:
    page = open_page("safety")
    [row] = page.dataframe[0].value.to_dict("records")
    assert (row["name"], row["about"], row["version"]) == (
        "Poisons", "Weapons, chemical to nuclear", 2,
    )  # fmt: skip
    page.selectbox(key="guideline_category").select("privacy").run()
    assert "No guidelines here" in words(page)


def test_new_guideline_is_kept_and_opened(guided: FakeApi, open_page: Open) -> None:
    page = open_page("safety")
    assert button(page, "Keep the guideline").disabled  # type: ignore[attr-defined]
    page.text_input(key="guideline_name").set_value(" Privacy ")
    page.selectbox(key="guideline_about").select("privacy")
    page.text_area(key="guideline_text").set_value("Name nobody.").run()
    button(page, "Keep the guideline").click().run()  # type: ignore[attr-defined]
    assert not page.exception
    assert sent(guided, "POST", "/v1/guidelines") == [
        {"name": "Privacy", "category": "privacy", "text": "Name nobody."}
    ]
    assert page.title[0].value == "Privacy"


def test_edit_is_a_new_version_beside_what_changed(guided: FakeApi, open_page: Open) -> None:
    page = open_page("safety", guideline="1")
    assert not page.exception
    html = html_of(page)
    assert '<mark class="removed">Decline </mark><mark class="added">Kindly decline </mark>' in html
    assert "&lt;b&gt;poison&lt;/b&gt;" in html
    assert button(page, "Save as version 3").disabled  # type: ignore[attr-defined]
    page.text_area[0].set_value("Another text.").run()
    button(page, "Save as version 3").click().run()  # type: ignore[attr-defined]
    assert sent(guided, "POST", "/v1/guidelines/1/versions") == [
        {"text": "Another text.", "seen": 2}
    ]
    assert button(page, "Save as version 4").disabled  # type: ignore[attr-defined]


def test_archived_guideline_cannot_be_edited_and_comes_back(
    guided: FakeApi, open_page: Open
) -> None:
    page = open_page("safety", guideline="1")
    button(page, "Archive").click().run()  # type: ignore[attr-defined]
    assert "no run can use it" in words(page)
    assert not page.text_area
    button(page, "Bring it back").click().run()  # type: ignore[attr-defined]
    assert guided.guidelines[1]["archived_at"] is None


def test_traces_under_a_guideline_are_narrowed_by_state(guided: FakeApi, open_page: Open) -> None:
    page = open_page("safety", guideline="1", safety_state="unjudged")
    assert list(page.dataframe[0].value["sample_id"]) == [1, 4]
    asked = [query for _, path, query, _ in guided.requests if path == "/v1/traces"]
    assert asked[-1] == {"guideline_id": "1", "state": "unjudged", "limit": "50"}
    tags = [query for _, path, query, _ in guided.requests if path == "/v1/seeds/count"]
    assert tags[-1]["tag"] == "weapons_cbrn"


def test_trace_stands_beside_its_guideline_with_the_leak_marked(
    guided: FakeApi, open_page: Open
) -> None:
    page = open_page("safety", guideline="1", trace="2")
    assert not page.exception
    html = html_of(page)
    assert '<mark class="changed">I keep</mark>' in html
    assert "offer help with *what is safe*" in html
    assert "guideline leaked" in page.error[0].value
    assert button(page, "Keep").disabled  # type: ignore[attr-defined]
    assert "it can be kept by nobody" in words(page)


def test_unjudged_trace_is_kept_for_a_reason_and_taken_back(
    guided: FakeApi, open_page: Open
) -> None:
    page = open_page("safety", guideline="1", trace="1")
    assert "Not judged" in page.warning[0].value
    assert button(page, "Keep").disabled  # type: ignore[attr-defined]
    page.text_input(key="trace_reason_1").set_value("Kind *and* firm.").run()
    button(page, "Keep").click().run()  # type: ignore[attr-defined]
    assert not page.exception
    [body] = sent(guided, "POST", "/v1/traces/1:decide")
    assert isinstance(body, dict)
    assert (body["word"], body["reason"]) == ("kept", "Kind *and* firm.")
    assert "Kept by a curator" in page.success[0].value
    assert r"Kind \*and\* firm." in words(page)
    button(page, "Undo").click().run()  # type: ignore[attr-defined]
    [undo] = sent(guided, "POST", "/v1/decisions:undo")
    assert isinstance(undo, dict)
    assert undo["decision_id"] == 7


def test_next_unjudged_one_is_a_press_away(guided: FakeApi, open_page: Open) -> None:
    page = open_page("safety", guideline="1", trace="1")
    button(page, "Next unjudged").click().run()  # type: ignore[attr-defined]
    assert page.title[0].value == "Trace 4"


def test_viewers_read_and_decide_nothing(guided: FakeApi, open_page: Open) -> None:
    page = open_page("safety", role="viewer", guideline="1")
    assert not page.exception
    labels = {each.label for each in page.button}
    assert not {"Archive", "Save as version 3"} & labels
    trace = open_page("safety", role="viewer", guideline="1", trace="1")
    assert not {"Keep", "Reject"} & {each.label for each in trace.button}


def test_what_is_unknown_is_explained(guided: FakeApi, open_page: Open) -> None:
    assert "there is no guideline 9" in open_page("safety", guideline="9").error[0].value


def test_form_for_traces_sends_guideline_and_judges(guided: FakeApi, open_page: Open) -> None:
    guided.endpoints.append(work.endpoint(4, "Teacher", "teacher"))
    guided.seeds[1]["status"] = "accepted"
    page = open_page("traces")
    page.selectbox(key="trace_guideline").select(1)
    page.multiselect(key="trace_judges").select(3).run()
    button(page, "Ask for traces").click().run()  # type: ignore[attr-defined]
    assert not page.exception
    [body] = sent(guided, "POST", "/v1/trace-runs")
    assert isinstance(body, dict)
    assert (body["guideline_id"], body["judge_endpoint_ids"]) == (1, [3])
