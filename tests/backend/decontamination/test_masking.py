"""What is seen of gated items: the shared passages, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from backend.decontamination.masking import MASK, mask_outside, shown_item

RANGES = st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)), max_size=5)


def test_only_ranges_are_shown_and_offsets_stay() -> None:
    text = "Which metal\nrusts: iron?"
    assert mask_outside(text, [(6, 11)]) == "░░░░░ metal\n░░░░░░ ░░░░░"


def test_overlapping_ranges_in_any_order_are_one() -> None:
    assert mask_outside("abcdef", [(3, 5), (1, 4), (2, 3)]) == "░bcde░"


def test_ranges_are_cut_to_the_text() -> None:
    assert mask_outside("abc", [(-3, 1), (2, 99), (50, 60), (2, 1)]) == "a░c"


def test_without_ranges_nothing_is_shown() -> None:
    assert mask_outside("日本 x", []) == "░░ ░"


@given(st.text(max_size=50), RANGES)
def test_each_character_is_itself_inside_and_no_word_outside(
    text: str, ranges: list[tuple[int, int]]
) -> None:
    shown = mask_outside(text, ranges)
    assert len(shown) == len(text)
    for place, (before, after) in enumerate(zip(text, shown, strict=True)):
        if any(start <= place < end for start, end in ranges):
            assert after == before
        else:
            assert after == (before if before.isspace() else MASK)


def test_open_benchmark_is_shown_whole() -> None:
    assert shown_item("An item", [], gated=False) == {"item_text": "An item", "masked": False}


def test_gated_item_shows_its_side_of_the_spans() -> None:
    shown = shown_item("An item", [[40, 42, 0, 2]], gated=True)
    assert shown == {"item_text": "An ░░░░", "masked": True}
