"""The benchmarks page: what is loaded and missing in one table, loading, correcting, removing."""

from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard.benchmark_rows import summary, table_rows
from tests.dashboard import fake_work_rows as work
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.test_pages import Open, button, words

MISSING, LOADED = 0, 2


def choose(page: AppTest, index: int) -> AppTest:
    """The page with a row of the table chosen."""
    page.session_state["benchmark_table"] = {"selection": {"rows": [index], "columns": []}}
    return page.run()


def sent(api: FakeApi, method: str) -> list[tuple[str, Any]]:
    return [(path, body) for asked, path, _, body in api.requests if asked == method]


def test_what_is_missing_stands_before_what_is_loaded() -> None:
    whole, part, other = (work.benchmark() | {"id": n, "name": str(n)} for n in (1, 2, 3))
    named = work.named_benchmarks([])
    named[0] |= {"status": "loaded", "loaded": [{"id": 1}]}
    named[1] |= {"status": "partly", "loaded": [{"id": 2}]}
    rows = table_rows([whole, part, other], named)
    shown = [(r["shown"]["status"], r["shown"]["named"], r["shown"].get("name")) for r in rows]
    assert shown == [
        ("in part", "GPQA", "2"),
        ("not public", "PhiBench", None),
        ("loaded", "GSM8k", "1"),
        ("loaded", None, "3"),
    ]
    assert "1 are loaded, 1 in part, and 1 are missing" in summary(named)


def test_table_says_what_is_missing(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("benchmarks")
    table = page.dataframe[0].value
    assert list(table["status"]) == ["missing", "not public", "loaded"]
    assert list(table["named"]) == ["GPQA", "PhiBench", "GSM8k"]
    assert "2 are missing. Seeds are not checked against what is missing." in words(page)


def test_missing_benchmark_says_how_it_is_loaded(fake_api: FakeApi, open_page: Open) -> None:
    page = choose(open_page("benchmarks", role="viewer"), MISSING)
    assert page.code[0].value.startswith("seedbed benchmarks load gpqa")
    assert "Its authors ask that its items are not published." in words(page)


def test_loaded_benchmark_is_corrected(fake_api: FakeApi, open_page: Open) -> None:
    page = choose(open_page("benchmarks"), LOADED)
    page.selectbox(key="stands_for_1").select("GPQA")
    page.toggle(key="gated_1").set_value(True)
    page.button(key="save_1").click().run()
    change = {"stands_for": "GPQA", "gated": True}
    assert sent(fake_api, "PATCH") == [("/v1/benchmarks/1", change)]


def test_loaded_benchmark_is_removed(fake_api: FakeApi, open_page: Open) -> None:
    page = choose(open_page("benchmarks"), LOADED)
    page.button(key="remove_1").click().run()
    assert sent(fake_api, "DELETE") == [("/v1/benchmarks/1", b"")]
    assert "No benchmarks yet" in words(page)


def test_removal_that_is_refused_says_why(fake_api: FakeApi, open_page: Open) -> None:
    refusal = {"code": "decided_hits", "detail": "curators have decided on 2 of its hits"}
    page = choose(open_page("benchmarks"), LOADED)
    fake_api.fail("/v1/benchmarks/1", 409, **refusal)
    page.button(key="remove_1").click().run()
    assert [e.value for e in page.error] == ["curators have decided on 2 of its hits"]


def test_viewer_may_look_but_not_change(fake_api: FakeApi, open_page: Open) -> None:
    page = choose(open_page("benchmarks", role="viewer"), LOADED)
    assert not page.exception
    assert not [b for b in page.button if b.label in ("Save", "Load", "Remove this benchmark")]


def test_file_is_loaded_with_the_columns_that_were_named(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = open_page("benchmarks")
    page.file_uploader[0].set_value(("arc.zip", b"PK", "application/zip"))
    for label, value in {
        "Name": "arc",
        "Configuration": "ARC-Easy",
        "Columns with the question": "question, choices",
    }.items():
        next(t for t in page.text_input if t.label == label).set_value(value)
    button(page, "Load").click().run()  # type: ignore[attr-defined]
    [(_, body)] = [(p, b) for p, b in sent(fake_api, "POST") if p == "/v1/benchmarks"]
    form = body.decode()
    assert form.count('name="text_field"') == 2
    assert 'name="config"\r\n\r\nARC-Easy' in form
    assert 'filename="arc.zip"' in form
    assert 'name="version"' not in form
    assert 'name="gated"' not in form
    assert "1 row was rejected" in words(page)


def test_export_says_what_was_not_checked(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("exports", export="1")
    assert "NOT checked: GPQA, PhiBench." in words(page)
    preview = words(open_page("exports"))
    assert "3 seeds checked before a benchmark changed" in preview
