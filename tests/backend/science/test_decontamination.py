import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.science.decontamination import BenchmarkIndex, DecontaminationPolicy

DUCKS = (
    "Janet’s ducks lay 16 eggs per day. She eats three for breakfast every morning and bakes "
    "muffins for her friends every day with four. She sells the remainder for $2 per egg."
)
ROBE = "A robe takes 2 bolts of blue fiber and half that much white fiber. How many in total?"
SHORT = "What is 2+2?"
ITEMS = [("gsm/0", DUCKS), ("gsm/1", ROBE), ("tiny/0", SHORT)]
FILLER = " ".join(f"filler{number}" for number in range(300))


@pytest.fixture(scope="module")
def index() -> BenchmarkIndex:
    return BenchmarkIndex.build(ITEMS)


def ids(index: BenchmarkIndex, text: str) -> list[str]:
    return [hit.item_id for hit in index.find_hits(text)]


def test_find_hits_verbatim_item_is_exact_and_covers_all(index: BenchmarkIndex) -> None:
    [hit] = index.find_hits(DUCKS)
    assert (hit.item_id, hit.method) == ("gsm/0", "exact")
    assert (hit.coverage_item, hit.coverage_seed) == (1.0, 1.0)
    assert hit.spans == ((0, len(DUCKS) - 1, 0, len(DUCKS) - 1),)  # all but the final point


def test_find_hits_other_case_and_markup_is_still_exact(index: BenchmarkIndex) -> None:
    text = ROBE.upper().replace("2 BOLTS", r"$2$ **bolts**").replace(" ", "\n ")
    assert [hit.method for hit in index.find_hits(text)] == ["exact"]


def test_find_hits_item_inside_a_long_prompt_is_found_with_its_place(
    index: BenchmarkIndex,
) -> None:
    text = f"{FILLER} {ROBE} {FILLER}"
    [hit] = index.find_hits(text)
    [span] = hit.spans
    assert hit.coverage_item == 1.0
    assert hit.coverage_seed < 0.05
    assert text[span.seed_start : span.seed_end] == ROBE[:-1]
    assert ROBE[span.item_start : span.item_end] == ROBE[:-1]


def test_find_hits_changed_word_leaves_two_spans(index: BenchmarkIndex) -> None:
    text = DUCKS.replace("breakfast", "supper")
    [hit] = index.find_hits(text)
    assert hit.method == "ngram"
    assert 0.9 < hit.coverage_item < 1.0
    first, second = hit.spans
    assert text[first.seed_start : first.seed_end].endswith("three for")
    assert text[second.seed_start : second.seed_end].startswith("every morning")
    assert DUCKS[second.item_start : second.item_end].startswith("every morning")
    assert hit.longest_shared_words == 20  # from "every morning" to "2 per egg"


def test_find_hits_too_little_in_common_is_no_hit(index: BenchmarkIndex) -> None:
    assert ids(index, "She eats three for breakfast every morning and then she runs.") == []
    assert ids(index, "") == []
    assert ids(index, FILLER) == []


@pytest.mark.parametrize("text", ["What is 2 + 2?", "Q: what is 2+2", "Please: what is 2+2, then?"])
def test_find_hits_short_item_with_a_few_words_around_is_exact(
    index: BenchmarkIndex, text: str
) -> None:
    [hit] = index.find_hits(text)
    assert (hit.item_id, hit.method, hit.coverage_item) == ("tiny/0", "exact", 1.0)


def test_find_hits_short_item_inside_a_longer_text_is_no_hit(index: BenchmarkIndex) -> None:
    assert ids(index, "She asked him: what is 2+2? He did not know, and went home.") == []


def test_find_hits_boilerplate_of_many_items_flags_nothing() -> None:
    boilerplate = (
        "Read the following question with care, choose the best of the options below, and write "
        "only its letter on the last line of your answer."
    )
    items = [(str(number), f"{boilerplate} {unique(number)}") for number in range(80)]
    index = BenchmarkIndex.build(items)
    assert ids(index, f"{boilerplate} {unique(999)}") == []
    assert ids(index, items[7][1]) == ["7"]
    assert ids(index, f"{FILLER} {unique(7)}") == ["7"]


def test_find_hits_item_that_is_all_boilerplate_is_found_as_the_seed_itself() -> None:
    text = "take one step to the left and then take one step to the right"
    index = BenchmarkIndex.build([(str(number), text) for number in range(60)])
    assert len(index.find_hits(text)) == 60
    assert index.find_hits(f"{FILLER} {text}") == []


def test_find_hits_repeated_item_text_is_found_in_every_benchmark() -> None:
    index = BenchmarkIndex.build([("a/1", ROBE), ("b/9", ROBE)])
    assert ids(index, f"{FILLER} {ROBE}") == ["a/1", "b/9"]


def test_find_hits_threshold_decides() -> None:
    half = " ".join(DUCKS.split()[:20])
    strict = BenchmarkIndex.build(ITEMS, DecontaminationPolicy(threshold=0.9))
    lax = BenchmarkIndex.build(ITEMS, DecontaminationPolicy(threshold=0.3))
    assert ids(strict, half) == []
    assert ids(lax, half) == ["gsm/0"]


def test_find_hits_empty_index_and_wordless_items_find_nothing() -> None:
    assert BenchmarkIndex.build([]).find_hits(DUCKS) == []
    assert BenchmarkIndex.build([("x", ""), ("y", "?!")]).find_hits("?!") == []


@pytest.mark.timeout(60)
def test_find_hits_monotonous_megabyte_ends() -> None:
    index = BenchmarkIndex.build([("a", "a " * 50), ("b", "b a " * 40)])
    index.find_hits("a " * 500_000)
    index.find_hits("a" * 1_000_000)


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(0, 40), st.integers(0, 40))
def test_find_hits_planted_item_is_always_found(number: int, before: int, after: int) -> None:
    item = unique(number)
    index = BenchmarkIndex.build([("planted", item), ("other", ROBE)])
    words = FILLER.split()
    text = " ".join([*words[:before], item, *words[len(words) - after :]])
    [hit] = index.find_hits(text)
    [span] = hit.spans
    assert text[span.seed_start : span.seed_end] == item
    assert hit.method == "exact"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ngram_words", 0),
        ("threshold", 0),
        ("threshold", 1.5),
        ("extra_words", -1),
        ("common_items", 0),
    ],
)
def test_decontamination_policy_out_of_range_is_an_error(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field):
        DecontaminationPolicy(**{field: value})


def unique(number: int) -> str:
    """Twelve words that no other number gives."""
    generator = random.Random(number)
    return " ".join(f"w{number}x{generator.randrange(1000)}" for _ in range(12))
