"""Marks in other people's text: where they stand, and that the text stays inert."""

from hypothesis import given
from hypothesis import strategies as st

from dashboard.marked_text import facts_html, marked_html, marked_parts

Spans = list[tuple[int, int]]
SPANS = st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), max_size=5)


def test_parts_are_cut_at_the_spans() -> None:
    assert marked_parts("one two three", {"shared": [(4, 7)]}) == [
        ("one ", ""),
        ("two", "shared"),
        (" three", ""),
    ]


def test_later_marks_cover_earlier_ones() -> None:
    layers = {"shared": [(0, 10)], "changed": [(4, 5)]}
    assert marked_parts("He has 5 owls", layers | {"changed": [(7, 8)]}) == [
        ("He has ", "shared"),
        ("5", "changed"),
        (" o", "shared"),
        ("wls", ""),
    ]


def test_characters_beyond_the_basic_plane_count_as_one() -> None:
    parts = marked_parts("\U0001d465 is y", {"shared": [(0, 1)]})
    assert parts == [("\U0001d465", "shared"), (" is y", "")]


@given(st.text(max_size=30), SPANS, SPANS)
def test_parts_hold_the_whole_text_and_mark_what_spans_cover(
    text: str, shared: Spans, changed: Spans
) -> None:
    parts = marked_parts(text, {"shared": shared, "changed": changed})

    def covered(spans: Spans, place: int) -> bool:
        return any(start <= place < end for start, end in spans)

    assert "".join(part for part, _ in parts) == text
    assert [mark for part, mark in parts for _ in part] == [
        "changed" if covered(changed, i) else "shared" if covered(shared, i) else ""
        for i in range(len(text))
    ]


def test_text_and_facts_are_inert() -> None:
    parts = marked_parts("<script>a</script> & b", {"changed": [(0, 9), (21, 22)]})
    assert marked_html(parts) == (
        '<div class="marked-text" dir="auto"><mark class="changed">&lt;script&gt;a</mark>'
        '&lt;/script&gt; &amp; <mark class="changed">b</mark></div>'
    )
    assert facts_html([("<i>", "a & b")]) == (
        '<dl class="facts"><div><dt>&lt;i&gt;</dt><dd>a &amp; b</dd></div></dl>'
    )
