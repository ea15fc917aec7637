"""What the triage pane gets of a seed."""

from hypothesis import given
from hypothesis import strategies as st

from dashboard.pane_seed import EXAMPLE_CHARACTERS, marked_parts, pane_seed
from tests.dashboard import fake_rows


def test_marked_parts_cut_the_text_at_the_spans() -> None:
    assert marked_parts("one two three", [(4, 7)]) == [
        ("one ", False),
        ("two", True),
        (" three", False),
    ]


def test_marked_parts_count_characters_beyond_the_basic_plane_as_one() -> None:
    assert marked_parts("\U0001d465 is y", [(0, 1)]) == [("\U0001d465", True), (" is y", False)]


@given(
    st.text(max_size=30),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=5),
)
def test_marked_parts_hold_the_whole_text_and_mark_what_a_span_covers(
    text: str, spans: list[tuple[int, int]]
) -> None:
    parts = marked_parts(text, spans)

    assert "".join(part for part, _ in parts) == text
    marks = [marked for part, marked in parts for _ in part]
    covered = [any(start <= i < end for start, end in spans) for i in range(len(text))]
    assert marks == covered


def test_pane_seed_puts_responses_behind_their_answer_class() -> None:
    seed = pane_seed(fake_rows.seed_detail(5))  # six reference responses agree, one says 12

    [reference, other] = seed["teachability"]["plurality"]["classes"]
    assert len(reference["examples"]) == 3
    assert len(other["examples"]) == 1
    assert "boxed{12}" in other["examples"][0]


def test_pane_seed_takes_weak_examples_of_that_endpoint_only() -> None:
    detail = fake_rows.seed_detail(5)
    foreign = fake_rows.sample("Another weak", "weak", 0, "-2") | {"response": "foreign"}
    detail["evidence"]["samples"].insert(0, foreign)

    [weak] = pane_seed(detail)["teachability"]["weak"]
    assert all("foreign" not in text for c in weak["classes"] for text in c["examples"])


def test_pane_seed_cuts_long_responses() -> None:
    detail = fake_rows.seed_detail(5)
    detail["evidence"]["samples"][0]["response"] = "x" * 10_000

    [example, *_] = pane_seed(detail)["teachability"]["plurality"]["classes"][0]["examples"]
    assert len(example) == EXAMPLE_CHARACTERS + len(" […]")


def test_pane_seed_without_evidence_has_none() -> None:
    seed = pane_seed(fake_rows.seed_detail(11))

    assert seed["teachability"] is None
    assert seed["hits"] == []


def test_pane_seed_marks_what_a_hit_shares_in_both_texts() -> None:
    [hit] = pane_seed(fake_rows.seed_detail(6))["hits"]

    shared = [text for text, marked in hit["seed_parts"] if marked]
    assert shared == [text for text, marked in hit["item_parts"] if marked]
    assert "item_text" not in hit
