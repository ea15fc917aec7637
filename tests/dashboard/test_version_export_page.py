"""Exports of versions on the page Export, and the way there from a mixture's versions."""

from tests.dashboard import fake_mixture_routes as mixtures
from tests.dashboard import fake_work_rows as work
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.test_mixtures_page import show
from tests.dashboard.test_pages import Open, button, words


def with_versions(api: FakeApi) -> None:
    for number in (1, 2):
        api.versions.append(mixtures.version(number, api.mixtures[0]))


def test_version_is_chosen_by_the_address_and_exported(fake_api: FakeApi, open_page: Open) -> None:
    with_versions(fake_api)
    page = open_page("exports", version="1")
    assert page.selectbox(key="export_version_1").value == 1
    page.text_input(key="export_name_1").set_value("long run").run()
    page.selectbox(key="export_format").select("trl-grpo").run()
    page.text_input(key="export_destination").set_value("s3://bucket/runs").run()
    button(page, "Export the version").click().run()
    path = "/v1/mixture-versions/1/exports"
    [order] = [b for m, p, _, b in fake_api.requests if (m, p) == ("POST", path)]
    assert order == {
        "name": "long run", "format": "trl-grpo", "kind": "parquet",
        "destination": "s3://bucket/runs",
    }  # fmt: skip
    assert page.title[0].value == "long run"
    assert page.get("progress")
    assert "data/train-00000-of-00001.parquet" in str(page.dataframe[0].value)


def test_newest_version_is_offered_first(fake_api: FakeApi, open_page: Open) -> None:
    with_versions(fake_api)
    page = open_page("exports")
    assert page.selectbox(key="export_version_1").value == 2


def test_mixture_without_versions_says_so(fake_api: FakeApi, open_page: Open) -> None:
    assert "It has no frozen version yet." in words(open_page("exports"))


def test_finished_export_shows_card_files_and_manifest(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.exports = [work.version_export(1) | {"destination": "s3://bucket", "folder": "1-a"}]
    page = open_page("exports", export="1")
    said = words(page)
    assert "format trl-sft, version 1 of maths" in said
    assert "Its files lie at s3://bucket/1-a" in said
    assert page.code[0].value == "# A card"
    assert "data/train-00000-of-00001.parquet" in str(page.dataframe[0].value)


def test_versions_lead_to_their_export(fake_api: FakeApi, open_page: Open) -> None:
    with_versions(fake_api)
    page = open_page("mixtures", mixture="1")
    page.session_state["mixture_version_table"] = {"selection": {"rows": [0], "columns": []}}
    show(page, "Versions")
    assert "Export" in [link.proto.label for link in page.get("page_link")]
