import pytest

from backend.science.copies import Copy, Run
from backend.science.hit_evidence import hit_of_copy, hit_of_pair
from backend.science.pair_features import Side
from backend.science.pair_model import Chances
from backend.science.pairs import Pair
from backend.science.problem_text import read_problem
from backend.science.text import words_with_offsets

ITEM = "w0 w1 w2 w3 w4 w5"
SEED = f"Well: {ITEM}!"


def side(text: str) -> Side:
    problem = read_problem(text)
    return Side(problem, [1.0] * len(problem.words))


def pair(seed: str, item: str, offset: int = 0) -> Pair:
    return Pair(
        text=0, item=0, method="retrieval", seed=side(seed), benchmark=side(item), offset=offset,
        similarity=0.8, features=[], chances=Chances(0, 1, 0),
    )  # fmt: skip


def test_hit_of_copy_whole_item_is_exact_with_its_place() -> None:
    copy = Copy(0, 0, [Run(1, 0, 6)], is_whole=True)
    hit = hit_of_copy(copy, "x/1", words_with_offsets(SEED), words_with_offsets(ITEM), 1.0)
    assert hit[:4] == ("x/1", "contaminated", "exact", 1.0)
    assert hit.coverage_seed == 6 / 7
    assert hit.longest_shared_words == 6
    [span] = hit.spans
    assert SEED[span.seed_start : span.seed_end] == ITEM[span.item_start : span.item_end] == ITEM


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        ([Run(0, 0, 2), Run(3, 3, 3)], [Run(0, 0, 2), Run(3, 3, 3)]),
        ([Run(3, 3, 3), Run(0, 0, 2)], [Run(0, 0, 2), Run(3, 3, 3)]),
        ([Run(0, 1, 2), Run(2, 0, 4)], [Run(2, 0, 4)]),
        ([Run(0, 0, 3), Run(3, 0, 3)], [Run(0, 0, 3)]),
        ([Run(0, 0, 3), Run(3, 2, 3)], [Run(0, 0, 3), Run(3, 2, 3)]),
        ([Run(0, 2, 1), Run(1, 0, 2), Run(3, 1, 3)], [Run(1, 0, 2), Run(3, 1, 3)]),
    ],
)
def test_hit_of_copy_shows_no_word_of_the_item_in_vain(runs: list[Run], shown: list[Run]) -> None:
    words = words_with_offsets(ITEM)
    hit = hit_of_copy(Copy(0, 0, runs, is_whole=False), "x", words, words, 0.5)
    # A word takes three characters, with the space behind it.
    assert hit.method == "ngram"
    assert hit.spans == tuple(
        (
            3 * run.seed,
            3 * (run.seed + run.length) - 1,
            3 * run.item,
            3 * (run.item + run.length) - 1,
        )
        for run in shown
    )


def test_hit_of_copy_of_many_runs_ends() -> None:
    words = words_with_offsets("duck " * 300_000)
    runs = [Run(at, at, 9) for at in range(0, 299_990, 10)]
    hit = hit_of_copy(Copy(0, 0, runs, is_whole=False), "x", words, words, 0.9)
    assert len(hit.spans) == len(runs)


def test_hit_of_pair_marks_numbers_that_differ() -> None:
    seed, item = "Tom has 17 ducks and 3 eggs.", "Tom has 16 ducks and three eggs."
    hit = hit_of_pair(pair(seed, item), "x/1", "variant", 0.9)
    assert hit[:4] == ("x/1", "variant", "retrieval", 0.9)
    assert [seed[start:end] for start, end in hit.seed_numbers] == ["17"]
    assert [item[start:end] for start, end in hit.item_numbers] == ["16"]
    # Five of seven words are shared.
    assert hit.coverage_item == hit.coverage_seed == pytest.approx(5 / 7)


def test_hit_of_pair_places_are_of_the_whole_seed() -> None:
    before, part, item = "Be kind. ", "Tom has 17 ducks.", "Tom has 16 ducks."
    hit = hit_of_pair(pair(part, item, offset=len(before)), "x", "variant", 0.9)
    seed = before + part
    assert [seed[span.seed_start : span.seed_end] for span in hit.spans] == ["Tom has", "ducks"]
    assert [item[span.item_start : span.item_end] for span in hit.spans] == ["Tom has", "ducks"]
    assert [seed[start:end] for start, end in hit.seed_numbers] == ["17"]


def test_hit_of_pair_nothing_shared_has_no_spans() -> None:
    hit = hit_of_pair(pair("", "Tom has 16 ducks."), "x", "related", 0.1)
    assert (hit.spans, hit.longest_shared_words, hit.coverage_item) == ((), 0, 0)
