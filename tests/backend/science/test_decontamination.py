import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.science.contamination import DecontaminationPolicy, Hit
from backend.science.decontamination import BenchmarkIndex
from tests.backend.science import decontamination_texts as texts

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
    items = [(str(number), text) for number in range(60)]
    index = BenchmarkIndex.build(items, DecontaminationPolicy(candidates=0))
    assert len(index.find_hits(text)) == 60
    assert index.find_hits(f"{FILLER} {text}") == []


def test_find_hits_repeated_item_text_is_found_in_every_benchmark() -> None:
    index = BenchmarkIndex.build([("a/1", ROBE), ("b/9", ROBE)])
    assert ids(index, f"{FILLER} {ROBE}") == ["a/1", "b/9"]


def test_find_hits_threshold_decides() -> None:
    half = " ".join(DUCKS.split()[:20])
    strict = BenchmarkIndex.build(ITEMS, DecontaminationPolicy(ngram_coverage=0.9, candidates=0))
    lax = BenchmarkIndex.build(ITEMS, DecontaminationPolicy(ngram_coverage=0.3, candidates=0))
    assert ids(strict, half) == []
    assert ids(lax, half) == ["gsm/0"]


def test_find_hits_empty_index_and_wordless_items_find_nothing() -> None:
    assert BenchmarkIndex.build([]).find_hits(DUCKS) == []
    assert BenchmarkIndex.build([("x", ""), ("y", "?!")]).find_hits("?!") == []


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
        ("ngram_coverage", 0),
        ("ngram_coverage", 1.5),
        ("extra_words", -1),
        ("common_items", 0),
    ],
)
def test_decontamination_policy_out_of_range_is_an_error(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field):
        DecontaminationPolicy(**{field: value})


@pytest.fixture(scope="module")
def benchmark() -> BenchmarkIndex:
    return BenchmarkIndex.build(texts.ITEMS)


@pytest.mark.parametrize(
    ("seed", "item_id", "verdict"),
    [
        (texts.ORIGINAL, "word/0", "contaminated"),
        (texts.REWORDED, "word/0", "contaminated"),
        (texts.PROMPT + texts.ORIGINAL + texts.PROMPT, "word/0", "contaminated"),
        (texts.CHANGED, "word/0", "variant"),
        (texts.PROMPT + texts.CHANGED + texts.PROMPT, "word/0", "variant"),
        (texts.CHOICE, "choice/0", "contaminated"),
        (texts.QUESTION, "choice/0", "contaminated"),
        (texts.PYTHON, "code/0", "contaminated"),
        (texts.JAVASCRIPT, "code/0", "contaminated"),
    ],
)
def test_find_hits_verdict_on_a_clear_case(
    benchmark: BenchmarkIndex, seed: str, item_id: str, verdict: str
) -> None:
    first = benchmark.find_hits(seed)[0]
    assert (first.item_id, first.verdict) == (item_id, verdict)


def test_find_hits_other_problem_of_the_topic_is_neither_copy_nor_variant(
    benchmark: BenchmarkIndex,
) -> None:
    assert {hit.verdict for hit in benchmark.find_hits(texts.SAME_TOPIC)} <= {"related"}


def test_find_hits_names_the_stage(benchmark: BenchmarkIndex) -> None:
    found = benchmark.find([texts.ORIGINAL, texts.CHANGED, texts.REWORDED, texts.JAVASCRIPT])
    assert [hits[0].method for hits in found] == ["exact", "ngram", "retrieval", "code"]


def test_find_hits_changed_numbers_in_a_long_prompt_are_marked_in_it(
    benchmark: BenchmarkIndex,
) -> None:
    seed = texts.PROMPT + texts.CHANGED + texts.PROMPT
    hit = benchmark.find_hits(seed)[0]
    assert {"25", "five", "six", "7"} <= {seed[start:end] for start, end in hit.seed_numbers}
    assert {texts.ORIGINAL[start:end] for start, end in hit.item_numbers} >= {"16", "three"}


def test_find_hits_plain_rule_tells_copies_from_changes() -> None:
    benchmark = BenchmarkIndex.build(texts.ITEMS, DecontaminationPolicy(verdict_by="rule"))
    [copied], [changed], other = benchmark.find([texts.ORIGINAL, texts.CHANGED, texts.SAME_TOPIC])
    assert (copied.verdict, changed.verdict, other) == ("contaminated", "variant", [])


def test_find_many_texts_are_as_one_by_one(benchmark: BenchmarkIndex) -> None:
    seeds = [texts.CHANGED, "", texts.JAVASCRIPT, texts.PROMPT, *(text for _, text in texts.ITEMS)]
    together, apart = benchmark.find(seeds), [benchmark.find_hits(seed) for seed in seeds]
    assert _rounded(together) == _rounded(apart)
    assert benchmark.find([]) == []


def _rounded(found: list[list[Hit]]) -> list[list[Hit]]:
    # The order in which a sum is taken shows in its last digit.
    return [[hit._replace(score=round(hit.score, 9)) for hit in hits] for hits in found]


def test_find_since_looks_for_later_items_alone(benchmark: BenchmarkIndex) -> None:
    [every], [later] = benchmark.find([texts.CHOICE]), benchmark.find([texts.CHOICE], since=1)
    assert later == every
    assert "choice/0" not in {hit.item_id for hit in benchmark.find([texts.CHOICE], since=2)[0]}
    assert benchmark.find([texts.ORIGINAL, texts.CHANGED], since=len(benchmark)) == [[], []]


def test_find_copies_are_word_by_word_alone(benchmark: BenchmarkIndex) -> None:
    seeds = [texts.PROMPT + texts.ORIGINAL, texts.CHANGED, texts.REWORDED, texts.JAVASCRIPT]
    found = benchmark.find_copies(seeds)
    assert [[hit.method for hit in hits] for hits in found] == [["exact"], ["ngram"], [], []]
    assert all(hit.verdict == "contaminated" for hits in found for hit in hits)


def test_find_hits_surest_come_first() -> None:
    items = [("b", texts.ORIGINAL), ("a", texts.CHANGED), ("c", texts.ORIGINAL)]
    found = BenchmarkIndex.build([*texts.ITEMS[1:], *items]).find_hits(texts.ORIGINAL)
    assert [(hit.item_id, hit.verdict) for hit in found] == [
        ("b", "contaminated"), ("c", "contaminated"), ("a", "variant"),
    ]  # fmt: skip


def _inside(hit: Hit, seed: str, item: str) -> bool:
    ours = [span[:2] for span in hit.spans] + list(hit.seed_numbers)
    theirs = [span[2:] for span in hit.spans] + list(hit.item_numbers)
    return all(0 <= start < end <= len(seed) for start, end in ours) and all(
        0 <= start < end <= len(item) for start, end in theirs
    )


PIECES = [
    "Janet ",
    "lays 16 ",
    "eggs ",
    "½",
    "\\frac{1}{",
    "鸭子",
    "مرحبا ",
    "😀",
    "\ud800",
    "def f(x):\n",
    "A. ",
]
ANY = st.text() | st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
KEEN = DecontaminationPolicy(ngram_words=2, ngram_coverage=0.1, related_similarity=0.1)


@settings(max_examples=100)
@given(st.lists(ANY, max_size=4), st.lists(ANY, max_size=3))
def test_find_spans_are_inside_both_texts_whatever_they_are(
    items: list[str], seeds: list[str]
) -> None:
    benchmark = BenchmarkIndex.build(zip(map(str, range(len(items))), items, strict=True), KEEN)
    for found in (benchmark.find(seeds), benchmark.find_copies(seeds)):
        for seed, hits in zip(seeds, found, strict=True):
            for hit in hits:
                assert _inside(hit, seed, items[int(hit.item_id)])
                assert 0 <= hit.coverage_item <= 1 + 1e-9
                assert 0 <= hit.coverage_seed <= 1 + 1e-9
                assert 0 <= hit.score <= 1 + 1e-9


@pytest.mark.parametrize("unit", ["go on ", "鸭", "😀", "\ud800", "\\frac{", "7", "\n", "مرحبا "])
def test_find_hits_copy_behind_a_monotonous_text_is_found(
    benchmark: BenchmarkIndex, unit: str
) -> None:
    seed = unit * (500_000 // len(unit)) + " " + texts.ORIGINAL
    assert [hit.item_id for hit in benchmark.find_hits(seed)] == ["word/0"]


def unique(number: int) -> str:
    """Twelve words that no other number gives."""
    generator = random.Random(number)
    return " ".join(f"w{number}x{generator.randrange(1000)}" for _ in range(12))
