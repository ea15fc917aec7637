"""The page of mixtures: sliders are sent, figures drawn, versions frozen, marked and compared."""

from typing import Any

from streamlit.testing.v1 import AppTest

from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_mixture_routes import version
from tests.dashboard.test_pages import Open, button, words


def last_sent(api: FakeApi, path: str, method: str = "POST") -> Any:
    asked = (
        body for how, where, _, body in reversed(api.requests) if (how, where) == (method, path)
    )
    return next(asked)


def slider(page: AppTest, label: str) -> Any:
    return next(one for one in page.slider if one.label == label)


def widget(page: AppTest, kind: str, label: str) -> Any:
    return next(one for one in getattr(page, kind) if one.label == label)


def show(page: AppTest, what: str) -> AppTest:
    return page.segmented_control[0].set_value(what).run()


def test_slider_changes_the_preview_and_is_saved(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("mixtures", mixture="1")
    assert not page.exception
    assert page.metric[0].value == "70,000"
    slider(page, "algebra, high").set_value(2.5).run()
    assert not page.exception
    assert page.metric[0].value == "130,000"  # 60 more rows of 1,000 tokens
    assert button(page, "Freeze a version").disabled
    button(page, "Save").click().run()
    assert last_sent(fake_api, "/v1/mixtures/1", "PUT")["recipe"]["parts"][0]["clusters"] == [
        {"domain": "algebra", "tier": "high", "epochs": 2.5}
    ]
    assert slider(page, "algebra, high").value == 2.5
    assert not button(page, "Freeze a version").disabled


def test_warnings_and_what_is_left_out_are_told(fake_api: FakeApi, open_page: Open) -> None:
    told = words(open_page("mixtures", mixture="1"))
    assert "gsm8k is 100% of all tokens." in told
    assert "4 seeds: no trace that was kept" in told


def test_limits_and_whole_are_sent(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("mixtures", mixture="1")
    slider(page, "Difficulty: how often the weak model fails").set_value((0.2, 1.0)).run()
    widget(page, "selectbox", "Only the domain").set_value("algebra").run()
    widget(page, "number_input", "Most of one source, in %").set_value(30).run()
    widget(page, "number_input", "Share of safety").set_value(0.05).run()
    widget(page, "number_input", "Token budget of all").set_value(5000).run()
    widget(page, "selectbox", "Trace of a seed").set_value("judge").run()
    assert not page.exception
    sent = last_sent(fake_api, "/v1/mixtures:preview")
    part = sent["parts"][0]
    assert (part["min_difficulty"], part.get("max_difficulty")) == (0.2, None)
    assert part["filter"] == {"domain": "algebra"}
    assert part["source_caps"] == {"*": {"share": 0.3}}
    assert sent["safety"] == {"domain": "safety", "share": 0.05}
    assert (sent["budget_tokens"], sent["trace"]) == (5000, "judge")
    button(page, "Discard changes").click().run()
    sent = last_sent(fake_api, "/v1/mixtures:preview")
    assert (sent.get("safety"), sent["trace"]) == (None, "shortest")
    assert widget(page, "number_input", "Share of safety").value == 0


def test_single_sources_and_licences_are_capped_row_by_row(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = open_page("mixtures", mixture="1")
    add = widget(page, "selectbox", "Cap a source")
    assert add.options[0] == "gsm8k (now 100%)"
    add.set_value("gsm8k").run()
    assert not page.exception
    assert "gsm8k (now 100%)" in words(page)
    widget(page, "number_input", "Most of gsm8k, in %").set_value(62.5).run()
    widget(page, "number_input", "Most examples of gsm8k").set_value(2000).run()
    widget(page, "selectbox", "Cap a licence").set_value("").run()
    part = last_sent(fake_api, "/v1/mixtures:preview")["parts"][0]
    assert part["source_caps"] == {"gsm8k": {"share": 0.625, "examples": 2000}}
    assert part["licence_caps"] == {"": {"share": 0.3}}
    button(page, "Save").click().run()
    widget(page, "number_input", "Most of unknown licence, in %").set_value(None).run()
    assert "No limit, not even that of each other licence." in words(page)
    page.button(key="mixture_1_1_0_licence_cap__remove").click().run()
    part = last_sent(fake_api, "/v1/mixtures:preview")["parts"][0]
    assert (len(part["source_caps"]), part["licence_caps"]) == (1, {})


def test_cap_that_cannot_hold_is_told_at_its_row(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("mixtures", mixture="1")
    widget(page, "selectbox", "Cap a source").set_value("gsm8k").run()
    widget(page, "number_input", "Most of gsm8k, in %").set_value(5).run()
    assert not page.exception
    assert [one.value for one in page.error] == [
        "the caps leave nothing",
        "parts.0.source\\_caps.gsm8k: the caps leave nothing",
    ]
    widget(page, "number_input", "Most of gsm8k, in %").set_value(50).run()
    assert not page.error


def test_stale_edition_is_told(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("mixtures", mixture="1")
    slider(page, "algebra, low").set_value(0.0).run()
    other = fake_api.mixtures[0]["recipe"] | {"random_seed": 5}
    fake_api.mixtures[0] = {**fake_api.mixtures[0], "edition": 9, "recipe": other}
    button(page, "Save").click().run()
    assert "maths was changed since" in page.error[0].value
    assert "Somebody has changed this mixture" in words(page)
    assert slider(page, "algebra, low").value == 0.0  # nothing is lost before it is discarded
    button(page, "Discard changes").click().run()
    assert slider(page, "algebra, low").value == 1.0
    assert widget(page, "number_input", "Random seed").value == 5
    slider(page, "algebra, low").set_value(2.0).run()
    button(page, "Save").click().run()
    assert fake_api.mixtures[0]["edition"] == 10


def test_version_is_frozen_and_siblings_made(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("mixtures", mixture="1")
    button(page, "Ablate: in or out").click().run()
    assert "2 siblings: maths without algebra" in words(page)
    button(page, "Freeze a version").click().run()
    assert len(fake_api.versions) == 1
    assert "Freezing version 1" in page.get("progress")[0].proto.text


def test_versions_are_marked_and_compared(fake_api: FakeApi, open_page: Open) -> None:
    mixture = fake_api.mixtures[0]
    fake_api.versions = [version(1, mixture, withdrawn=2, blocked=True), version(2, mixture)]
    page = open_page("mixtures", mixture="1")
    page.session_state["mixture_version_table"] = {"selection": {"rows": [1], "columns": []}}
    show(page, "Versions")
    assert not page.exception
    assert "2 seeds of it must not be used any more" in page.error[0].value
    widget(page, "selectbox", "Compare with").set_value(2).run()
    told = words(page)
    assert "From version 1 to version 2:" in told
    [setting] = page.dataframe[1].value.to_dict("records")
    assert setting == {"setting": "random seed", "was": "0", "is_now": "1"}
    assert list(page.dataframe[2].value["why"]) == ["taken down"]


def test_yaml_is_taken_over_into_the_design(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("mixtures", mixture="1")
    show(page, "YAML")
    text = page.text_area[0]
    text.set_value(text.value.replace("default_epochs: 1.0", "default_epochs: 3.0")).run()
    button(page, "Design on from this").click().run()
    assert "not saved yet" in words(page)
    show(page, "Design")
    assert slider(page, "algebra, high").value == 3.0
    assert not button(page, "Save").disabled


def test_mixture_is_created_and_concatenated(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("mixtures")
    widget(page, "text_input", "Name").set_value("code").run()
    button(page, "Create").click().run()
    assert fake_api.mixtures[-1]["name"] == "code"
    page = open_page("mixtures")
    widget(page, "text_input", "Name").set_value("both").run()
    widget(page, "multiselect", "Concatenate").set_value([1, 2]).run()
    button(page, "Create").click().run()
    assert last_sent(fake_api, "/v1/mixtures:compose") == {"name": "both", "mixture_ids": [1, 2]}


def test_viewer_tries_and_cannot_keep(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("mixtures", role="viewer", mixture="1")
    assert slider(page, "algebra, high").set_value(2.0).run().metric[0].value == "110,000"
    assert "Save" not in [one.label for one in page.button]


def test_mixture_that_is_gone_is_explained(fake_api: FakeApi, open_page: Open) -> None:
    assert "there is no mixture 77" in open_page("mixtures", mixture="77").error[0].value


def test_clusters_show_their_formula_and_seeds_are_moved(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = show(open_page("mixtures"), "Clusters")
    assert not page.exception
    assert list(page.dataframe[0].value["seeds"]) == [40, 20, 10]
    assert page.code[0].value.startswith("quality = 0.40 verdict + 0.20 judges")
    widget(page, "selectbox", "Seeds of").set_value("seeds without a domain").run()
    widget(page, "text_input", "with the words").set_value("triangle").run()
    widget(page, "text_input", "to the domain").set_value("geometry").run()
    assert button(page, "Move 12 seeds").disabled
    widget(page, "text_input", "Reason (required)").set_value("sorting").run()
    button(page, "Move 12 seeds").click().run()
    assert not page.exception
    sent = [body for _, path, _, body in fake_api.requests if path == "/v1/seeds:move"]
    order = next(body for body in sent if not body.get("dry_run"))
    assert order["filter"] == {"q": "triangle", "has_domain": False}
    assert (order["rules"], order["reason"]) == ([{"domain": "geometry"}], "sorting")
    assert "12 seeds moved" in words(page)


def test_seed_page_tells_its_quality_and_takes_a_tier(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("seeds", seed="3")
    assert "Cluster: algebra, high. Quality 0.78: verdict 1.00, judges 0.50" in words(page)
    widget(page, "selectbox", "Tier").set_value("low").run()
    assert not page.exception
    assert "algebra, low by hand" in words(page)
    widget(page, "selectbox", "Tier").set_value("formula").run()
    assert last_sent(fake_api, "/v1/seeds:move")["rules"] == [{"tier": "formula"}]
    assert "by hand" not in words(page)
    assert "Tier" not in [
        one.label for one in open_page("seeds", role="viewer", seed="3").selectbox
    ]
    assert "must not be used any more" in open_page("seeds", seed="5").error[0].value
