"""Trying, saving and applying policies; how far a run's key can be trusted."""

from streamlit.testing.v1 import AppTest

from tests.dashboard import fake_policy_rows as policies
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.test_pages import Open, button, words


def previews(api: FakeApi) -> list[dict[str, object]]:
    """What was previewed, in order."""
    return [body for _, path, _, body in api.requests if path == "/v1/policies:preview"]


def posted(api: FakeApi, path: str) -> list[dict[str, object]]:
    return [body for method, asked, _, body in api.requests if (method, asked) == ("POST", path)]


def metric(page: AppTest, label: str) -> str:
    return str(next(m.value for m in page.metric if m.label == label))


def slider(page: AppTest, label: str) -> object:
    return next(s for s in page.slider if s.label.startswith(label))


def test_page_begins_with_the_policy_of_new_runs(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.policies += [policies.policy(2, version=2, low=0.2), policies.policy(3, "strict")]
    page = open_page("policies")

    assert "New runs use **default v2**: teachable from 0.2 to 0.8" in words(page)
    assert slider(page, "Teachable band").value == (0.2, 0.8)
    assert previews(fake_api)[-1]["settings"] == fake_api.policies[1]["settings"]
    assert "base_policy_id" not in previews(fake_api)[-1]


def test_moved_band_shows_at_once_how_many_seeds_change(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("policies")
    assert metric(page, "Seeds that change verdict") == "0"
    slider(page, "Teachable band").set_value((0.1, 0.4)).run()

    assert not page.exception
    assert previews(fake_api)[-1]["settings"]["high"] == 0.4
    assert int(metric(page, "Seeds that change verdict")) > 0
    assert metric(page, "Mean score") == "0.38"


def test_preset_is_a_starting_point_with_its_source(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("policies")
    page.button(key="start_LIMO").click().run()

    assert not page.exception
    settings = previews(fake_api)[-1]["settings"]
    assert (settings["low"], settings["high"]) == (1 / 32, 3 / 32)
    assert "**LIMO**: 1 to 3 right of 32 (8 samples a prompt). Source: LIMO" in words(page)
    page.button(key="start_default").click().run()
    assert previews(fake_api)[-1]["settings"] == policies.SETTINGS


def test_settings_are_kept_while_another_page_is_shown(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("policies")
    page.button(key="start_LIMO").click().run()
    slider(page, "Threshold").set_value(0.7).run()
    page.switch_page("app_pages/overview.py").run()
    page.switch_page("app_pages/policies.py").run()

    assert slider(page, "Teachable band").value == (1 / 32, 3 / 32)
    assert slider(page, "Threshold").value == 0.7
    assert "**LIMO**" in words(page)


def test_advanced_settings_are_tried_too(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("policies")
    for label, value in {
        "Weight of agreement": 0.4,
        "How often a weak model repeats a wrong key: beta": 3.0,
        "Steps of a multi-step prompt": 5,
    }.items():
        next(n for n in page.number_input if n.label == label).set_value(value)
    page.run()

    settings = previews(fake_api)[-1]["settings"]
    assert settings["agreement_weight"] == 0.4
    assert settings["wrong_key_prior"] == [0.5, 3.0]
    assert settings["minimum_steps"] == 5


def test_comparison_may_be_with_another_policy(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.policies.append(policies.policy(2, "strict"))
    page = open_page("policies")
    page.selectbox(key="policy_base").select(2).run()

    assert previews(fake_api)[-1]["base_policy_id"] == 2


def test_policy_is_applied_once_it_is_saved(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("policies")
    assert button(page, "Apply default v1 to all seeds")
    assert button(page, "Save as new version").disabled
    slider(page, "Threshold").set_value(0.8).run()
    assert button(page, "Apply to all seeds").disabled

    button(page, "Save as new version").click().run()
    assert fake_api.policies[-1]["settings"] == policies.SETTINGS | {"threshold": 0.8}
    assert posted(fake_api, "/v1/policies")[0]["name"] == "default"
    button(page, "Apply default v2 to all seeds").click().run()
    assert not page.exception
    assert len(posted(fake_api, "/v1/policies/2:apply")) == 1
    assert "Applying default v2: done" in page.get("progress")[0].proto.text


def test_refused_settings_are_told_and_the_page_goes_on(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("policies")
    slider(page, "Teachable band").set_value((0.5, 0.5)).run()

    assert "must be above low" in page.error[0].value
    slider(page, "Teachable band").set_value((0.4, 0.5)).run()
    assert not page.error


def test_version_of_the_list_is_a_starting_point(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.policies.append(policies.policy(2, "strict", threshold=1, low=0))
    page = open_page("policies")
    table = page.dataframe[0].value
    assert list(table["policy"]) == ["strict v1", "default v1"]


def test_viewer_may_try_but_not_save_or_apply(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("policies", role="viewer")
    slider(page, "Teachable band").set_value((0.1, 0.4)).run()

    assert int(metric(page, "Seeds that change verdict")) > 0
    assert "Curators can save a policy" in words(page)
    assert not any(b.label.startswith(("Save", "Apply")) for b in page.button)


def test_run_page_shows_how_far_the_key_can_be_trusted(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("runs", run="1")

    assert "60 of these keys were wrong" in words(page)
    assert metric(page, "Calibration error") == "0.05"
    assert metric(page, "AUC") == "0.84"
    assert not any("prior" in warning.value for warning in page.warning)
    button(page, "Fit again").click().run()
    assert len(posted(fake_api, "/v1/runs/1:recalibrate")) == 1
    assert any("Computing verdicts: done" in p.proto.text for p in page.get("progress"))


def test_run_page_without_gold_seeds_warns(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.calibration = policies.calibration(gold_seeds=0)
    page = open_page("runs", run="1", role="viewer")

    assert any("rests on the prior alone" in warning.value for warning in page.warning)
    assert not any(m.label == "AUC" for m in page.metric)
    assert not any(b.label == "Fit again" for b in page.button)


def test_run_form_sends_policy_rule_and_second_reference(
    fake_api: FakeApi, open_page: Open
) -> None:
    fake_api.policies.append(policies.policy(2, "strict"))
    fake_api.endpoints.append(fake_api.endpoints[0] | {"id": 9, "name": "Other family"})
    page = open_page("runs")
    assert next(n.value for n in page.number_input if "each weak model" in n.label) == 32
    next(s for s in page.selectbox if s.label == "Policy").select(2)
    next(s for s in page.selectbox if s.label == "Second reference").select(9)
    page.radio[0].set_value("fixed").run()
    assert next(n.value for n in page.number_input if "each weak model" in n.label) == 8
    button(page, "Start the run").click().run()

    [plan] = posted(fake_api, "/v1/runs")
    assert (plan["policy_id"], plan["stopping"]) == (2, "fixed")
    assert plan["second_reference_endpoint_id"] == 9
    assert plan["weak_samples"] == 8


def test_run_form_starts_with_the_default_policy_and_the_adaptive_rule(
    fake_api: FakeApi, open_page: Open
) -> None:
    fake_api.policies.append(policies.policy(2, "strict"))
    page = open_page("runs")
    button(page, "Start the run").click().run()

    [plan] = posted(fake_api, "/v1/runs")
    assert (plan["policy_id"], plan["stopping"]) == (1, "adaptive")
    assert "second_reference_endpoint_id" not in plan
