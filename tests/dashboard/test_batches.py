"""A run's batches on its page, and the box that has a model asked by them."""

from tests.dashboard import fake_work_rows as work
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.test_pages import Open, button


def test_run_page_shows_what_lies_with_providers(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.runs[0]["batches"] = [work.batch()]
    page = open_page("runs", run="2")
    shown = next(table.value for table in page.dataframe if "provider_id" in table.value)
    assert list(shown["state"]) == ["with the provider"]
    assert list(shown["answered"]) == [0.25]
    assert any("up to a day" in caption.value for caption in page.caption)


def test_run_without_batches_speaks_of_none(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("runs", run="2")
    assert "Batches" not in [heading.value for heading in page.subheader]


def test_box_has_a_model_asked_by_batches(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("endpoints")
    for label, value in {
        "Name": "GPT", "Address": "https://api.openai.com/v1", "Model": "gpt-5",
    }.items():  # fmt: skip
        next(t for t in page.text_input if t.label == label).set_value(value)
    page.checkbox[0].check()
    button(page, "Register").click().run()
    body = next(b for m, path, _, b in fake_api.requests if (m, path) == ("POST", "/v1/endpoints"))
    assert body["uses_batches"] is True
