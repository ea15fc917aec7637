"""Takedowns on the page of mixtures: counted, taken down, what they block, and lifted."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.takedown_form import numbers_in
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_mixture_routes import version
from tests.dashboard.fake_takedown_routes import takedown
from tests.dashboard.test_mixtures_page import last_sent, show, widget
from tests.dashboard.test_pages import Open, button, words

BATCH = "0a0a0a0a-0000-4000-8000-000000000001"


def opened(open_page: Open, **options: str) -> AppTest:
    return show(open_page("mixtures", **options), "Takedowns")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("", []), ("17, 18\n40;41", [17, 18, 40, 41]), ("5 5 5", [5]), ("007", [7])],
)
def test_numbers_are_read_as_people_paste_them(text: str, numbers: list[int]) -> None:
    assert numbers_in(text) == numbers


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "x", "٣", "9223372036854775808", "9" * 5000])
def test_what_is_no_number_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is no number of a seed"):
        numbers_in(f"17 {text}")


def test_seeds_are_counted_then_taken_down(fake_api: FakeApi, open_page: Open) -> None:
    page = opened(open_page)
    assert "Nothing is taken down" in words(page)
    widget(page, "text_area", "Numbers of seeds").set_value("5, 6 777").run()
    assert "1 of 3 are unknown." in words(page)
    assert button(page, "Take 2 seeds down").disabled
    assert fake_api.takedowns == []
    widget(page, "selectbox", "Reason").set_value("request").run()
    widget(page, "text_input", "Note").set_value("mail of May").run()
    button(page, "Take 2 seeds down").click().run()
    assert not page.exception
    sent = last_sent(fake_api, "/v1/takedowns")
    assert (sent["seed_ids"], sent["reason"], sent["note"]) == (
        [5, 6, 777],
        "request",
        "mail of May",
    )
    told = words(page)
    assert "2 seeds taken down." in told
    assert "**2 seeds**: request of the owner · “mail of May”" in told
    assert "No version holds any of them." in told


def test_seeds_that_other_takedowns_hold_are_told(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.down_already = 2
    page = opened(open_page)
    widget(page, "text_area", "Numbers of seeds").set_value("5, 6, 7, 8").run()
    assert "2 more are down by other takedowns: lifting those" in words(page)


def test_seeds_that_models_made_from_them_are_taken_down_too_where_that_is_wanted(
    fake_api: FakeApi, open_page: Open
) -> None:
    fake_api.down_children = 4
    page = opened(open_page)
    widget(page, "text_area", "Numbers of seeds").set_value("5, 6").run()
    widget(page, "selectbox", "Reason").set_value("privacy").run()
    assert button(page, "Take 2 seeds down")
    widget(page, "checkbox", "Also 4 seeds that models made from them").check().run()
    button(page, "Take 6 seeds down").click().run()
    assert not page.exception
    orders = [body for _, path, _, body in fake_api.requests if path == "/v1/takedowns"]
    [order] = [order for order in orders if not order.get("dry_run")]
    assert order["with_children"] is True


@pytest.mark.parametrize(
    ("way", "kind", "value", "meant"),
    [
        ("Source", "selectbox", "gsm8k-train", {"source": "gsm8k-train"}),
        ("Licence", "text_input", "cc-by-nc", {"licence": "cc-by-nc"}),
        ("Import", "selectbox", 1, {"import_id": 1}),
    ],
)
def test_all_of_a_source_licence_or_import_are_taken_down(
    fake_api: FakeApi, open_page: Open, way: str, kind: str, value: object, meant: object
) -> None:
    page = opened(open_page)
    page.segmented_control(key="takedown_way").set_value(way).run()
    widget(page, kind, way).set_value(value).run()
    widget(page, "selectbox", "Reason").set_value("licence").run()
    button(page, "Take 3 seeds down").click().run()
    assert not page.exception
    assert last_sent(fake_api, "/v1/takedowns")["filter"] == meant


def test_blocked_versions_are_linked_and_lifting_is_one_click(
    fake_api: FakeApi, open_page: Open
) -> None:
    mixture = fake_api.mixtures[0]
    fake_api.versions = [version(1, mixture, withdrawn=3, blocked=True), version(2, mixture)]
    fake_api.takedowns = [takedown(BATCH)]
    page = opened(open_page)
    assert "Blocks 1 version:" in words(page)
    links = [one.proto for one in page.get("page_link")]
    assert [one.query_string for one in links if one.label == "maths 1"] == ["mixture=1&version=1"]
    button(page, "Lift 3").click().run()
    assert not page.exception
    assert "3 seeds may be used again." in words(page)
    assert "by ada" in words(page)
    assert not page.get("page_link")[-1].proto.label.startswith("maths")


def test_link_opens_the_version(fake_api: FakeApi, open_page: Open) -> None:
    mixture = fake_api.mixtures[0]
    fake_api.versions = [version(1, mixture, withdrawn=3, blocked=True), version(2, mixture)]
    page = open_page("mixtures", mixture="1", version="1")
    assert not page.exception
    assert "3 seeds of it must not be used any more" in page.error[0].value


def test_viewer_sees_and_cannot_take_down(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.takedowns = [takedown(BATCH)]
    page = opened(open_page, role="viewer")
    assert "**3 seeds**: licence" in words(page)
    assert "Lift 3" not in [one.label for one in page.button]
    assert not page.text_area
