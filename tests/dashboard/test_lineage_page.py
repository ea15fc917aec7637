"""The page of lineage: from source to row, the money, what a seed has gone into, and its errors."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.lineage_charts import paid_bars, paid_rows
from dashboard.lineage_steps import steps_of
from dashboard.lineage_uses import use_rows
from tests.dashboard import fake_lineage_routes as fake
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.test_pages import Open, button, words


def show(page: AppTest, form: str, **fields: str) -> AppTest:
    """Fill in a form and send it."""
    page.segmented_control[0].set_value(form).run()
    for key, value in fields.items():
        kind = page.text_area if key == "pasted" else page.text_input
        kind(key=f"lineage_{key}").set_value(value)
    return button(page, "Show").click().run()  # type: ignore[attr-defined,no-any-return]


def test_row_is_told_from_source_to_place(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("lineage", version="9", row="17")
    assert not page.exception
    assert page.title[0].value == "Lineage of row 17 of maths, version 2"
    told = words(page)
    order = ["Seed 3 was made from seed 1", "Source: gsm8k", "Licence: **MIT**", "Wording",
             "Paid responses", "Verdict: teachable", "by the rubric", "1 benchmark hit",
             "3 decisions", "Response 44 of", "Position 17 of version 2"]  # fmt: skip
    assert all(said in told for said in order)
    titles = [str(one.value) for one in page.markdown if ":material/" in str(one.value)]
    assert len(titles) == 10
    for said in (
        "too easy, undone", "Votes: 14 × 18, 2 × 17", "Verified against given 18 by run 3",
        "temperature 0.6, top p 0.95", "That cluster has 1 epochs in this version",
    ):  # fmt: skip
        assert said in told
    assert [one.value for one in page.metric] == ["$0.60", "$0.15"]
    assert "its response cost \\$0.05, for 2 rows" in told


def test_seed_export_and_pasted_row_are_asked_for(fake_api: FakeApi, open_page: Open) -> None:
    page = show(open_page("lineage"), "A seed", seed="3")
    assert page.title[0].value == "Lineage of seed 3"
    assert list(page.query_params["seed"]) == ["3"]
    button(page, "Another one").click().run()  # type: ignore[attr-defined]
    page = show(page, "A row of an export", export="1", row="2")
    assert page.title[0].value == "Lineage of row 2 of export 1"
    button(page, "Row after").click().run()  # type: ignore[attr-defined]
    assert fake_api.requests[-1][2] == {"export_id": "1", "position": "3"}
    row = {"seed_id": 3, "revision_id": 302, "sample_id": 44, "messages": []}
    page = show(open_page("lineage"), "A row as it stands", pasted=json.dumps(row))
    assert not page.exception
    assert page.title[0].value == "Lineage of a row of seed 3"
    asked = fake_api.requests[-1][2]
    assert asked == {"seed_id": "3", "revision_id": "302", "sample_id": "44"}


def test_seed_with_nothing_yet_says_so(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("lineage", seed="4")
    told = words(page)
    assert not page.exception
    assert "No model has been asked about this seed." in told
    assert "No frozen version and no export holds this seed." in told
    assert "Nobody has decided yet" in told
    assert "Not checked, as far as is known" in told


def test_seed_that_was_taken_down_is_marked(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("lineage", seed="5")
    assert "must not be used any more" in page.error[0].value
    assert "looked at again" in page.error[0].value
    assert list(page.dataframe[0].value["again"]) == ["yes", "yes"]


@pytest.mark.parametrize(
    ("form", "fields", "says"),
    [
        ("A seed", {"seed": "three"}, "Give the seed as a number"),
        ("A row of an export", {"export": "1", "row": ""}, "Give the row as a number"),
        ("A row as it stands", {"pasted": "{broken"}, "This is no row"),
        ("A row as it stands", {"pasted": '{"prompt": "x"}'}, "This is no row"),
        ("A row as it stands", {"pasted": "[1]"}, "This is no row"),
        ("A seed", {"seed": "999"}, "there is no seed 999"),
        ("A row of a version", {"version": "9", "row": "5000"}, "there is no row 5000"),
    ],
)
def test_what_cannot_be_shown_is_explained(
    fake_api: FakeApi, open_page: Open, form: str, fields: dict[str, str], says: str
) -> None:
    page = show(open_page("lineage"), form, **fields)
    assert not page.exception
    assert says in page.error[0].value
    assert button(page, "Show")  # one may try again


def test_page_without_a_question_says_what_it_is_for(empty_api: FakeApi, open_page: Open) -> None:
    page = open_page("lineage")
    assert not page.exception
    assert "Where a row or a seed comes from" in words(page)


def test_page_without_api_says_so(no_api: None, open_page: Open) -> None:
    page = open_page("lineage", seed="3")
    assert not page.exception
    assert "cannot be reached" in page.error[0].value


def test_other_pages_lead_here(fake_api: FakeApi, open_page: Open) -> None:
    links = [one.proto for one in open_page("seeds", seed="3").get("page_link")]
    assert ("lineage", "seed=3") in [(one.page, one.query_string) for one in links]
    links = [one.proto for one in open_page("exports", export="1").get("page_link")]
    assert ("lineage", "export=1&row=0") in [(one.page, one.query_string) for one in links]


def test_other_peoples_words_format_nothing() -> None:
    found = fake.row(fake.lived(3), {"version_id": "9"})
    found["source"]["licence"] = "**bold** <b>"
    found["decisions"][0]["reason"] = "[link](http://x)"
    said = "\n".join(line for step in steps_of(found) for line in step.lines)  # type: ignore[arg-type]
    assert "**bold**" not in said
    assert "[link](" not in said


def test_bars_are_in_the_order_of_money() -> None:
    stages = fake.lived(3)["money"]["stages"]
    rows = paid_rows(stages)
    assert [row["stage"] for row in rows] == ["teacher", "reference", "rewrite", "judge", "weak"]
    assert rows[0]["label"] == "$0.42, 8 calls"
    paid_bars(stages).to_dict()


def test_uses_open_the_first_row_of_each() -> None:
    uses = fake.uses()
    uses["checkpoints"] = [
        {"training_run_id": 4, "training_run": "sft", "state": "running",
         "checkpoint_id": 8, "checkpoint": "step-200", "step": 200, "export_id": 1,
         "at": "2026-11-23T10:00:00+00:00", "look_again": True}
    ]  # fmt: skip
    rows = use_rows(uses)  # type: ignore[arg-type]
    assert [row["opens"] for row in rows] == [
        {"version": "9", "row": "17"}, {"export": "1", "row": "2"}, None,
    ]  # fmt: skip
    assert [row["kind"] for row in rows] == ["Version", "Export", "Checkpoint"]
    assert rows[2]["said"] == "step 200"
