"""The page of the decontamination policy: settings, saving, versions, and which rule cries wolf."""

from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard.chart_style import styled
from dashboard.palette import INK
from dashboard.rule_charts import precision_plot, precision_rows
from tests.dashboard import fake_hit_rows as rows
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.test_contamination_page import press
from tests.dashboard.test_pages import Open, button, words

POLICIES = "/v1/decontamination/policies"


def saved(api: FakeApi) -> list[dict[str, Any]]:
    return [body for method, path, _, body in api.requests if (method, path) == ("POST", POLICIES)]


def number(page: AppTest, setting: str) -> Any:
    return page.number_input(key=f"hit_policy_{setting}")


def test_page_begins_with_the_policy_in_force(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.hit_policies += [rows.policy(2, 2, candidates=9), rows.policy(3, 1, "strict")]
    page = open_page("decontamination")
    assert "**default v2** is in force" in words(page)
    assert number(page, "candidates").value == 9
    assert "Changed from **default v2**: nothing yet." in words(page)
    assert button(page, "Save as new version").disabled  # type: ignore[attr-defined]


def test_new_version_is_saved_and_its_check_followed(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("decontamination")
    number(page, "same_probability").set_value(0.3)
    page.selectbox(key="hit_policy_related").select("review")
    page.selectbox(key="hit_policy_judge_endpoint_id").select(3).run()
    told = words(page)
    assert "Contaminated from 0.2 → 0.3; Judged by left out → 3; Related ignore → review" in told
    assert "Saving has all 60 seeds checked anew against 1,319 items." in told
    page = press(page, "Save as new version")
    actions = rows.SETTINGS["actions"] | {"related": "review"}
    changed = {"same_probability": 0.3, "judge_endpoint_id": 3, "actions": actions}
    assert saved(fake_api) == [{"name": "default", "settings": rows.SETTINGS | changed}]
    assert "Checking seeds: done" in page.get("progress")[0].proto.text
    assert "**default v2** is in force" in words(page)


def test_other_names_are_kept_and_check_nothing(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("decontamination")
    number(page, "ngram_words").set_value(13)
    page.text_input(key="save_hit_policy_as").set_value("long runs").run()
    assert "no seed is checked" in words(page)
    page = press(page, "Save as new version")
    assert saved(fake_api)[0]["name"] == "long runs"
    assert not page.get("progress")


def test_earlier_version_is_a_starting_point(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.hit_policies.append(rows.policy(2, 2, variant_probability=0.9))
    page = open_page("decontamination")
    page.session_state["hit_policy_table"] = {"selection": {"rows": [1], "columns": []}}
    page.run()
    assert number(page, "variant_probability").value == 0.8
    assert "Else a variant from 0.9 → 0.8" in words(page)


def test_settings_are_kept_while_another_page_is_shown(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("decontamination")
    number(page, "common_items").set_value(80).run()
    page.switch_page("app_pages/overview.py").run()
    page.switch_page("app_pages/decontamination.py").run()
    assert number(page, "common_items").value == 80


def test_refused_settings_are_told(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("decontamination")
    number(page, "candidates").set_value(7).run()
    fake_api.fail(POLICIES, 422, code="no_endpoint", detail="there is no endpoint 3 in use")
    page = press(page, "Save as new version")
    assert "there is no endpoint 3 in use" in page.error[0].value


def test_endpoint_that_was_archived_is_still_shown(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.hit_policies.append(rows.policy(2, 2, judge_endpoint_id=77))
    page = open_page("decontamination")
    assert not page.exception
    assert page.selectbox(key="hit_policy_judge_endpoint_id").value == 77


def test_viewer_sees_and_cannot_save(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("decontamination", role="viewer")
    assert "Curators can save a policy." in words(page)
    assert not any(each.label == "Save as new version" for each in page.button)


def test_report_is_a_chart_and_a_table(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("decontamination")
    table = page.dataframe[-1].value
    assert list(table["dismissed"]) == [14, 3, 0, 0]
    assert table["method"][0] == "nearest items"
    assert "Share of a rule's hits that curators confirmed" in words(page)


def test_chart_has_the_least_precise_rule_first_and_none_that_nobody_judged() -> None:
    shown = precision_rows(rows.rule_reports())
    assert [(row["rule"], row["label"]) for row in shown] == [
        ("variant by nearest items, gsm8k", "6 of 20"),
        ("contaminated by n-grams, math-500", "21 of 24"),
        ("contaminated by whole item, gsm8k", "18 of 18"),
    ]


def test_chart_tells_policies_apart_where_there_are_several() -> None:
    first = rows.rule_reports()[0]
    shown = precision_rows([first, first | {"policy": "default v2", "policy_id": 2}])
    assert [row["rule"][-13:] for row in shown] == [" (default v1)", " (default v2)"]


def test_chart_is_valid() -> None:
    chart = styled(precision_plot(rows.rule_reports()), "dark")
    assert chart.to_dict()["config"]["text"]["fill"] == INK["dark"]  # to_dict validates
