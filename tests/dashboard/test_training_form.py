"""The form of a new training run: data, recipe with faults at fields, checks, place, choosers."""

from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard.training_source import SOURCES
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_mixture_routes import version
from tests.dashboard.fake_rows import NOW
from tests.dashboard.fake_training_rows import checks
from tests.dashboard.test_mixtures_page import last_sent, widget
from tests.dashboard.test_pages import Open, button, words


def pick_template(page: AppTest, name: str, kind: str = "sft") -> AppTest:
    return page.selectbox(key=f"training_template_{kind}").select(name).run()


def test_export_leads_to_its_training(fake_api: FakeApi, open_page: Open) -> None:
    [link] = [
        one for one in open_page("exports", export="1").get("page_link")
        if one.proto.label == "Train on this"
    ]  # fmt: skip
    assert link.proto.query_string == "new=1&export=1"
    page = open_page("training", new="1", export="1")
    assert page.selectbox(key="training_export").value == 1


def test_run_starts_with_what_was_changed_alone(fake_api: FakeApi, open_page: Open) -> None:
    page = pick_template(open_page("training", new="1", export="1"), "tiny_sft")
    page.number_input(key="training_field_tiny_sft_steps").set_value(20)
    page.number_input(key="training_devices").set_value(2)
    page.run()
    widget(page, "text_input", "Name of the run").set_value("mine").run()
    button(page, "Start").click().run()
    assert not page.exception
    assert last_sent(fake_api, "/v1/training-runs") == {
        "name": "mine", "export_id": 1, "target": {"where": "local", "devices": 2},
        "recipe": {"template": "tiny_sft", "overrides": {"steps": 20}},
    }  # fmt: skip
    assert page.title[0].value == "mine"
    assert "new" not in page.query_params


def test_fault_stands_at_its_field_until_that_is_changed(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = pick_template(open_page("training", new="1", export="1"), "tiny_sft")
    page.number_input(key="training_field_tiny_sft_batch").set_value(30).run()
    button(page, "Check").click().run()
    said = [one.value for one in page.error]
    assert any("it has to be a multiple of 16" in one for one in said)
    assert "Some fields are wrong: each says what." in said
    button(page, "Start").click().run()
    assert len(fake_api.training.runs) == 2
    page.number_input(key="training_field_tiny_sft_batch").set_value(48).run()
    assert not page.error
    button(page, "Check").click().run()
    assert not page.error


def test_checks_are_shown_and_an_error_keeps_from_starting(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = pick_template(open_page("training", new="1", export="1"), "tiny_sft")
    button(page, "Check").click().run()
    said = words(page)
    assert "ok] **Data**: 21 rows, all short enough" in said
    assert "warning] **Memory**: it hardly fits" in said
    assert page.get("progress")[0].proto.text == "Memory: 70.5 of 74.5 GiB, hardly fits"
    assert [one.value for one in page.metric] == ["3.5", "7.0"]
    assert not button(page, "Start").disabled
    bad: Any = {"name": "model", "ok": False, "severity": "error", "message": "no such folder"}
    fake_api.training.checks = checks(ok=False, checks=[bad], memory_gib=80.0)
    button(page, "Check").click().run()
    assert button(page, "Start").disabled
    assert "error] **Model**: no such folder" in words(page)
    page.number_input(key="training_field_tiny_sft_steps").set_value(20).run()
    assert not button(page, "Start").disabled


def test_version_is_exported_and_trained_on(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.versions = [version(1, fake_api.mixtures[0])]
    page = pick_template(open_page("training", new="1", version="1"), "tiny_sft")
    assert button(page, "Check").disabled
    batch = page.number_input(key="training_field_tiny_sft_batch")
    batch.set_value(30).run()
    button(page, "Export and train").click().run()
    assert page.error
    batch = page.number_input(key="training_field_tiny_sft_batch")
    batch.set_value(32).run()
    button(page, "Export and train").click().run()
    assert not page.exception
    orders = [b for _, path, _, b in fake_api.requests if path == "/v1/mixture-versions/1/exports"]
    assert orders == [{"name": "maths v1, tiny_sft", "format": "trl-sft", "kind": "parquet"}]
    sent = last_sent(fake_api, "/v1/training-runs")
    assert sent["export_id"] == fake_api.exports[0]["id"] == 2
    assert "it waits for its export" in words(page)


def test_reinforcement_is_offered_its_own_recipes_and_format(
    fake_api: FakeApi, open_page: Open
) -> None:
    fake_api.versions = [version(1, fake_api.mixtures[0])]
    page = open_page("training", new="1", version="1")
    page.selectbox(key="training_kind").select("grpo").run()
    page = pick_template(page, "tiny_grpo", "grpo")
    page.number_input(key="training_field_tiny_grpo_reward.longest").set_value(47).run()
    button(page, "Export and train").click().run()
    order = last_sent(fake_api, "/v1/mixture-versions/1/exports")
    assert order["format"] == "trl-grpo"
    sent = last_sent(fake_api, "/v1/training-runs")
    assert sent["recipe"] == {"template": "tiny_grpo", "overrides": {"reward": {"longest": 47}}}


def test_export_that_fits_both_is_trained_on_by_either(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.exports[0]["layout"] = "any"
    page = open_page("training", new="1", export="1")
    assert page.selectbox(key="training_template_sft").value == "one_gpu_sft"
    page.selectbox(key="training_kind").select("grpo").run()
    assert page.selectbox(key="training_template_grpo").value == "one_gpu_grpo"


def test_training_goes_on_from_a_checkpoint(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("training", new="1", export="1", **{"from": "1"})
    page = pick_template(page, "tiny_sft")
    assert "Model" not in [one.label for one in page.text_input]
    button(page, "Start").click().run()
    assert last_sent(fake_api, "/v1/training-runs")["checkpoint_id"] == 1


def test_checkpoint_brings_what_its_run_was_trained_by_and_on(
    fake_api: FakeApi, open_page: Open
) -> None:
    fake_api.versions = [version(1, fake_api.mixtures[0]), version(2, fake_api.mixtures[0])]
    fake_api.exports.insert(0, {**fake_api.exports[0], "id": 2, "name": "newer"})
    fake_api.exports[1]["version_id"] = 1
    page = open_page("training", run="1")
    [link] = [one for one in page.get("page_link") if one.proto.label == "Train on from this"]
    assert link.proto.query_string == "new=1&from=1"
    page = open_page("training", new="1", **{"from": "1"})
    assert page.selectbox(key="training_export").value == 1
    assert page.selectbox(key="training_template_sft").value == "tiny_sft"
    assert page.selectbox(key="training_from").value == 1
    page.segmented_control(key="training_source").set_value(SOURCES[1]).run()
    assert page.selectbox(key="training_version_1").value == 1
    # Whoever comes from another export means that one.
    page = open_page("training", new="1", export="2", **{"from": "1"})
    assert page.selectbox(key="training_export").value == 2


def test_every_export_is_found_by_its_name_or_number(fake_api: FakeApi, open_page: Open) -> None:
    old = fake_api.exports[0]
    fake_api.exports = [{**old, "id": n, "name": f"export {n}"} for n in range(120, 1, -1)] + [old]
    page = open_page("training", new="1")
    chooser = page.selectbox(key="training_export")
    assert (len(chooser.options), chooser.value) == (50, 120)
    assert "The newest 50 are listed." in words(page)
    page.text_input(key="training_export_typed").set_value("FIRST").run()
    chooser = page.selectbox(key="training_export")
    # What is chosen stays, until another one is.
    assert ([one.split(" (")[0] for one in chooser.options], chooser.value) == (
        ["120: export 120", "1: first"], 120,
    )  # fmt: skip
    chooser.select(1).run()
    page.text_input(key="training_export_typed").set_value("").run()
    assert page.selectbox(key="training_export").value == 1
    page.text_input(key="training_export_typed").set_value("17").run()
    assert any(
        one.startswith("17: export 17 ") for one in page.selectbox(key="training_export").options
    )
    page.text_input(key="training_export_typed").set_value("nothing").run()
    assert "None that can be chosen was found." in words(page)
    button(pick_template(page, "tiny_sft"), "Start").click().run()
    assert last_sent(fake_api, "/v1/training-runs")["export_id"] == 1


def test_what_is_listed_keeps_its_words_while_it_changes(
    fake_api: FakeApi, open_page: Open
) -> None:
    """The browser says by its words which one is chosen: others would be nobody's."""
    fake_api.exports[0]["state"] = "running"
    page = open_page("training", new="1")
    before = page.selectbox(key="training_export").options
    assert "being written" in before[0]
    fake_api.exports[0]["state"] = "finished"
    assert page.run().selectbox(key="training_export").options == before


def test_every_version_and_checkpoint_is_found(fake_api: FakeApi, open_page: Open) -> None:
    of = fake_api.mixtures[0]
    fake_api.versions = [version(n, of, blocked=n > 40) for n in range(1, 131)]
    gone = fake_api.training.checkpoints[0]
    fake_api.training.checkpoints += [
        {**gone, "id": n, "name": f"lost, step {n}", "is_there": False} for n in range(2, 90)
    ]
    page = open_page("training", new="1", version="1")
    # Those of the first pages are blocked: the next are looked at too.
    assert len(page.selectbox(key="training_version_1").options) == 40
    page = open_page("training", new="1", version="130")
    fake_api.versions = [version(n, of) for n in range(1, 131)]
    page.run()
    page.text_input(key="training_version_1_typed").set_value("7").run()
    assert page.selectbox(key="training_version_1").options == [
        f"{n}, frozen {NOW[:10]}" for n in (130, 7)
    ]
    page.text_input(key="training_version_1_typed").set_value("seven").run()
    assert page.selectbox(key="training_version_1").options == [f"130, frozen {NOW[:10]}"]
    assert page.selectbox(key="training_from").options == ["checkpoint 1 of first try"]


def test_places_have_fields_of_their_own(fake_api: FakeApi, open_page: Open) -> None:
    page = pick_template(open_page("training", new="1", export="1"), "tiny_sft")
    sent = []
    for where, label, value in (
        ("hosts", "Hostfile", "/etc/hosts.txt"), ("slurm", "Most hours", 5),
        ("kubernetes", "Image", "ours/train:1"),
    ):  # fmt: skip
        page.segmented_control(key="training_where").set_value(where).run()
        widget(page, "number_input" if where == "slurm" else "text_input", label).set_value(value)
        page.run()
        button(page, "Check").click().run()
        assert not page.exception
        sent.append(last_sent(fake_api, "/v1/training-runs:preflight")["target"])
    assert [one["where"] for one in sent] == ["hosts", "slurm", "kubernetes"]
    assert (sent[0]["hostfile"], sent[1]["hours"], sent[2]["image"]) == (
        "/etc/hosts.txt", 5, "ours/train:1",
    )  # fmt: skip
