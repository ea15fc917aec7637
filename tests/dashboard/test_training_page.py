"""The page Training: lists, one run, its failure, and how it is gone on with."""

from streamlit.testing.v1 import AppTest

from tests.dashboard.fake_api import FakeApi
from tests.dashboard.test_pages import Open, button, words


def labels(page: AppTest) -> list[str]:
    return [one.label for one in page.button]


def code(page: AppTest) -> str:
    return "\n".join(one.value for one in page.code)


def test_runs_are_listed_with_how_far_they_are(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.training.runs[1]["cancel_asked_at"] = fake_api.training.runs[1]["created_at"]
    rows = open_page("training").dataframe[0].value
    assert list(rows["name"]) == ["reinforced", "first try"]
    assert list(rows["state"]) == ["cancelling", "finished"]
    assert list(rows["steps"]) == ["12 of 30", "450 of 450"]
    assert list(rows["progress"]) == [0.4, 1.0]
    assert rows["value"][0].startswith("reward ")
    assert rows["value"][1].startswith("loss ")


def test_cell_opens_its_run(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("training")
    page.session_state["training_table_None_2"] = {
        "selection": {"rows": [], "columns": [], "cells": [[1, "name"]]}
    }
    page.run()
    assert page.title[0].value == "first try"


def test_chosen_runs_are_compared_and_no_more_than_four(fake_api: FakeApi, open_page: Open) -> None:
    for number in range(3, 7):
        fake_api.training.add("tiny_sft", name=f"more {number}")
        fake_api.training.grow(number, 5)
    page = open_page("training")
    page.session_state["training_table_None_6"] = {
        "selection": {"rows": [0, 1, 2, 3, 5], "columns": [], "cells": []}
    }
    page.run()
    assert not page.exception
    assert "Compare at most 4" in words(page)
    assert page.session_state["training_compared"] == [6, 5, 4, 3]
    asked = {path for _, path, _, _ in fake_api.requests if path.endswith("/metrics")}
    assert asked == {f"/v1/training-runs/{number}/metrics" for number in (3, 4, 5, 6)}


def test_checkpoints_are_listed_and_one_leads_on(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("training")
    page.segmented_control(key="training_list").set_value("Checkpoints").run()
    [row] = page.dataframe[0].value.to_dict("records")
    assert (row["run_name"], row["step"], row["is_there"]) == ("first try", 450, True)
    page.session_state["checkpoint_table_None"] = {"selection": {"rows": [0], "columns": []}}
    page.run()
    assert page.title[0].value == "first try, the end"
    assert "vllm serve /home/seedbed/training/1-run/output" in code(page)


def test_finished_run_shows_what_made_its_checkpoint(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("training", run="1")
    assert not page.exception
    said = " ".join(str(one.proto.body) for one in page.get("html"))
    for fact in ("maths, version 1", "abababababababab", "1.2.3", "450, the last"):
        assert fact in said
    assert "Finished: step 450 of 450" in page.get("progress")[0].proto.text
    assert "Cancel" not in [one.proto.popover.label for one in page.get("popover")]


def test_metrics_are_asked_for_from_where_the_last_ended(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = open_page("training", run="2")
    for _ in range(2):
        fake_api.training.grow(2, 3)
        page.run()
    asked = [query for _, path, query, _ in fake_api.requests if path.endswith("/2/metrics")]
    assert asked == [{"after": "0"}, {"after": "12"}, {"after": "15"}]


def test_log_is_read_on_and_samples_come_newest_first(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("training", run="2")
    page.segmented_control(key="training_part").set_value("Log").run()
    assert code(page).endswith("step 12: done")
    fake_api.training.grow(2, 8)
    page.run()
    assert code(page).startswith("Loading the model")
    assert code(page).endswith("step 20: done")
    page.toggle(key="training_follow").set_value(False).run()
    fake_api.training.grow(2, 5)
    page.run()
    assert code(page).endswith("step 20: done")
    page.segmented_control(key="training_part").set_value("Samples").run()
    steps = [m.value for m in page.markdown if m.value.startswith("**Step")]
    assert steps == ["**Step 20**, reward +0.750", "**Step 10**, reward +0.750"]
    assert [one.label for one in page.expander] == ["Thinking, 7 words"] * 2


def test_failure_names_cause_remedy_row_and_seed(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.training.fail(2)
    page = open_page("training", run="2")
    said = words(page)
    assert "A row of the export cannot be trained on" in page.error[0].value
    assert "row 7 has no response" in page.error[0].value
    assert "Mend or reject its seed" in said
    assert "Row 7 of the export" in said
    assert "BadRow: row 7" in code(page)
    [link] = [one for one in page.get("page_link") if one.proto.label == "Seed 3"]
    assert link.proto.query_string == "seed=3"


def test_run_is_cancelled_after_a_second_word(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("training", run="2")
    button(page, "End this run").click().run()
    assert not page.exception
    assert fake_api.training.runs[1]["cancelled_by"] == "ada"
    assert page.get("progress")[0].proto.text.startswith("Cancelling")


def test_failed_run_is_gone_on_with_from_its_checkpoint(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.training.fail(2)
    page = open_page("training", run="2")
    assert "What it did after that step is done again" in words(page)
    button(page, "Go on from step 10").click().run()
    assert not page.exception
    assert page.get("progress")[0].proto.text.startswith("Waiting: step 12 of 30")
    assert "Go on from step 10" not in labels(page)
    assert "row 7 has no response" not in "".join(one.value for one in page.error)
    fake_api.training.begin(2, 10)
    page.run()
    fake_api.training.grow(2, 1)
    page.run()
    # Steps 11 and 12 of before are gone, and 11 is there once.
    assert page.get("progress")[0].proto.text.startswith("Running: step 11 of 30")
    assert sorted(page.session_state["training_logged"][2].rows["train"]) == list(range(1, 12))
    said = words(page)
    assert "Attempt 2, from step 10, asked for by ada" in said
    assert "**Attempt 1** failed at step 12" in said
    assert "A row of the export cannot be trained on. row 7 has no response" in said
    assert "1 attempt before" in [one.label for one in page.expander]


def test_run_without_a_checkpoint_is_begun_anew_in_so_many_words(
    fake_api: FakeApi, open_page: Open
) -> None:
    fake_api.training.add("tiny_sft", name="short")
    fake_api.training.grow(3, 3)
    fake_api.training.fail(3, cause="out_of_memory")
    page = open_page("training", run="3")
    assert "It has saved no checkpoint yet, so all of it is done again." in words(page)
    assert "Begin anew" not in labels(open_page("training", role="viewer", run="3"))
    button(page, "Begin anew").click().run()
    fake_api.training.begin(3, 0)
    page.run()
    assert "Attempt 2, anew, without a checkpoint, asked for by ada" in words(page)


def test_run_that_cannot_be_gone_on_with_says_why(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.training.runs[1] |= {"state": "cancelled", "handle": {"host": "gpu7"}}
    page = open_page("training", run="2")
    assert "may live on on gpu7" in words(page)
    button(page, "Its host is gone").click().run()
    assert (fake_api.training.runs[1]["attempt"], page.exception) == (2, [])
    fake_api.training.add("tiny_sft", target={"where": "kubernetes"}, state="cancelled")
    assert "Its pods are not seen from here" in words(open_page("training", run="3"))


def test_viewer_sees_runs_and_cannot_end_or_start_any(fake_api: FakeApi, open_page: Open) -> None:
    assert "End this run" not in labels(open_page("training", role="viewer", run="2"))
    assert "Export and train" not in labels(open_page("training", role="viewer"))
    page = open_page("training", role="viewer", new="1")
    assert "Curators start training runs" in words(page)
    assert "Start" not in labels(page)


def test_run_on_kubernetes_shows_the_command(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.training.add(
        "tiny_sft", target={"where": "kubernetes"}, state="running", followed=False,
        handle={"manifest": "kubernetes.yaml"},
    )  # fmt: skip
    page = open_page("training", run="3")
    assert code(page) == "kubectl apply -f /home/seedbed/training/3-run/kubernetes.yaml"


def test_run_that_is_not_there_is_explained(fake_api: FakeApi, open_page: Open) -> None:
    assert "there is no training run 77" in open_page("training", run="77").error[0].value
