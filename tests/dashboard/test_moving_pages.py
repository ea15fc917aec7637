"""The pages by which seeds come in and go out."""

import json
from typing import Any

from tests.dashboard.fake_api import FakeApi
from tests.dashboard.test_pages import Open, button, words


def test_import_shows_rejected_rows_and_takes_back(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("imports")
    lines = b'{"question": "1+1?", "answer": 2}\n{"question": ""}\nnot json\n{"question": "2+2?"}\n'
    page.file_uploader[0].upload("prompts.jsonl", lines, "application/json").run()
    assert not page.exception
    button(page, "Import").click().run()

    rejected = page.dataframe[-1].value
    assert list(rejected["row"]) == [2, 3]
    assert list(rejected["code"]) == ["missing", "not_json"]
    sent = next(b for _, path, _, b in fake_api.requests if path == "/v1/seeds:bulk")
    assert sent.splitlines()[0] == b'{"source": "prompts", "prompt": "1+1?", "answer": "2"}'
    button(page, "Take back").click().run()
    assert fake_api.imports[0]["undone_at"]


def test_export_is_started_and_waited_for(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("exports")
    assert "21 accepted seeds would be written" in words(page)
    assert "2 seeds left out" in words(page)
    next(t for t in page.text_input if t.label == "Name").set_value("second").run()
    button(page, "Export").click().run()

    order = next(b for m, path, _, b in fake_api.requests if (m, path) == ("POST", "/v1/exports"))
    assert order == {
        "name": "second",
        "layout": "sft",
        "formats": ["jsonl", "parquet"],
        "filter": {},
        "without_response": "skip",
    }
    assert page.title[0].value == "second"
    assert page.get("progress")


def test_export_of_traces_needs_no_answers(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("exports")
    next(t for t in page.text_input if t.label == "Name").set_value("safety").run()
    page.selectbox(key="export_traces").select("judge").run()
    page.selectbox(key="export_guideline").select(1).run()
    button(page, "Export").click().run()
    order = next(b for m, path, _, b in fake_api.requests if (m, path) == ("POST", "/v1/exports"))
    assert (order["traces"], order["guideline_id"]) == ("judge", 1)
    assert "without_response" not in order


def test_export_page_shows_the_manifest(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("exports", export="1")

    assert "21 rows written" in page.success[0].value
    assert '"sha256"' in page.code[0].value


OPENR1 = {"problem": "1 + 1?", "answer": "2", "problem_type": "Algebra", "source": "olympiads",
          "uuid": "a-1", "generations": ["Two."]}  # fmt: skip


def sent_seeds(api: FakeApi) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The options of the one upload, and its rows."""
    [(query, body)] = [(q, b) for _, path, q, b in api.requests if path == "/v1/seeds:bulk"]
    return query, [json.loads(line) for line in body.splitlines()]


def test_file_of_a_public_set_is_recognised_and_sent_as_it_stands(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = open_page("imports")
    lines = json.dumps(OPENR1).encode()
    page.file_uploader[0].upload("train.jsonl", lines, "application/json").run()
    assert page.selectbox[0].value["title"] == "OpenR1-Math-220k"
    assert any("prompt from `problem`" in said.value for said in page.caption)
    button(page, "Import").click().run()
    query, rows = sent_seeds(fake_api)
    assert query["recipe"] == "openr1-math-220k"
    assert rows == [{name: OPENR1[name] for name in OPENR1 if name != "generations"}]


def test_layout_that_a_file_does_not_have_is_warned_of(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("imports")
    lines = json.dumps(OPENR1).encode()
    page.file_uploader[0].upload("train.jsonl", lines, "application/json").run()
    page.selectbox[0].select_index(2).run()
    assert "lacks columns of OpenThoughts-114k: conversations" in page.warning[0].value
    page.selectbox[0].select_index(0).run()
    assert [box.label for box in page.selectbox][1] == "Prompt (required)"
