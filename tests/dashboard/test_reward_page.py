"""The reward page: the curve moves with its constants, and a response is taken apart."""

from typing import Any

from backend.rewards.schemas import RewardSettings
from dashboard.reward_form import PUBLISHED
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_trace_routes import trace
from tests.dashboard.test_pages import Open, button, words

RIGHT = "<think>Three and four.</think> So it is \\boxed{7}."


def labelled(widgets: Any, label: str) -> Any:
    return next(widget for widget in widgets if widget.label == label)


def metrics(page: Any) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def test_curve_is_asked_for_with_the_constants_and_can_be_put_back(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = open_page("reward")
    assert not page.exception
    labelled(page.slider, "Wrong answers lose least from").set_value(1000).run()
    asked = [body for _, path, _, body in fake_api.requests if path == "/v1/rewards:curve"]
    assert [body["wrong_up_to"] for body in asked] == [3702, 1000]
    button(page, "Back to the report's").click().run()
    assert labelled(page.slider, "Wrong answers lose least from").value == 3702


def test_sliders_begin_where_the_api_does() -> None:
    assert PUBLISHED == RewardSettings().model_dump()


def test_constants_that_make_no_curve_are_told(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("reward")
    labelled(page.slider, "Longest response").set_value(2000).run()
    assert "begin to lose before 2,000 tokens" in page.warning[0].value


def test_pasted_response_is_taken_apart(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("reward")
    assert "Paste a response" in words(page)
    labelled(page.text_area, "Response").set_value(RIGHT)
    labelled(page.text_input, "Key").set_value("7").run()
    assert metrics(page)["Reward"] == "+0.615"
    assert "stands **7**: correct" in words(page)
    labelled(page.number_input, "Tokens").set_value(28_672).run()
    assert metrics(page)["Reward"] == "+0.462"
    assert "50% of the way from 25,600 to 31,744" in words(page)
    labelled(page.checkbox, "It ended by itself").uncheck().run()
    assert metrics(page)["Reward"] == "-0.308"
    assert "Cut off" in words(page)


def test_looped_response_shows_the_phrase(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("reward")
    labelled(page.text_area, "Response").set_value(f"<think>{'so ' * 99}</think> 7")
    labelled(page.selectbox, "Its answer is").set_value("wrong").run()
    assert "“so so so so so”" in words(page)
    assert "The floor has cut it" in words(page)


def test_stored_trace_is_scored_against_its_own_key(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.traces = [trace(3)]
    page = open_page("reward")
    page.radio[0].set_value("A stored trace").run()
    labelled(page.number_input, "Number of the trace").set_value(3).run()
    [body] = [body for _, path, _, body in fake_api.requests if path == "/v1/rewards:score"]
    assert body["key"] == fake_api.traces[0]["reference_answer"]
    assert "Reward" in metrics(page)
