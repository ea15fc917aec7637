import numpy as np
import numpy.typing as npt
import pytest

from backend.science.contamination import DecontaminationPolicy
from backend.science.copies import CopyIndex
from backend.science.pair_model import Chances
from backend.science.pairs import Pair, PairIndex
from backend.science.sparse_index import Neighbours
from backend.science.word_hashes import hashed_words

DUCKS = "Janet has 16 ducks on the pond and sells 3 of them. How many ducks does she keep?"
ROBE = "A robe takes 2 bolts of blue fiber and half that much white fiber. How many in total?"
SHORT = "How many ducks are there?"
PYTHON = "def count_ducks(pond):\n    # Every duck that swims in the pond.\n"
SCRIPT = "const countDucks = (pond) => {\n  // Each duck that swims in it.\n"
FILLER = "You are an editor of school books who works in 3 steps and is kind to all. " * 5


class Everything:
    """Looks at all pairs and finds all changed."""

    def passes(self, pairs: Neighbours) -> npt.NDArray[np.bool_]:
        return np.ones(len(pairs.text), dtype=np.bool_)

    def chances(self, features: list[list[float]]) -> list[Chances]:
        return [Chances(0, 1, 0) for _ in features]


class Nothing(Everything):
    """Looks at no pair."""

    def passes(self, pairs: Neighbours) -> npt.NDArray[np.bool_]:
        return np.zeros(len(pairs.text), dtype=np.bool_)


def found(
    items: list[str], texts: list[str], judge: Everything | None = None, count: int = 3
) -> list[Pair]:
    copies = CopyIndex(hashed_words(items), DecontaminationPolicy()).find(hashed_words(texts))
    return PairIndex(items, judge or Everything()).find(texts, copies, count)


def keys(pairs: list[Pair]) -> set[tuple[int, int, str]]:
    return {(pair.text, pair.item, pair.method) for pair in pairs}


def test_find_reworded_problem_is_among_the_nearest() -> None:
    reworded = "Of 16 ducks on her pond Janet sells 3. How many does she keep?"
    [pair] = found([ROBE, DUCKS], ["Blue cheese.", reworded], count=1)[-1:]
    assert (pair.text, pair.item, pair.method, pair.offset) == (1, 1, "retrieval", 0)
    assert pair.seed.problem.text == reworded
    assert pair.benchmark.problem.text == DUCKS
    assert pair.chances == Chances(0, 1, 0)
    assert 0.1 < pair.similarity < 1


def test_find_gate_keeps_near_items_out() -> None:
    assert found([ROBE, DUCKS], [DUCKS.replace("16", "17")], Nothing()) != []  # shares n-grams
    assert found([ROBE, DUCKS], ["Janet sells ducks on the pond."], Nothing()) == []


def test_find_short_item_is_near_short_texts_alone() -> None:
    assert keys(found([SHORT, ROBE], ["Are there many ducks? How"])) == {(0, 0, "retrieval")}
    pairs = found([SHORT, ROBE], [f"A pond with eggs and frogs. {SHORT} {FILLER}"])
    assert 0 not in {pair.item for pair in pairs}


def test_find_twins_of_a_near_item_are_all_compared() -> None:
    pairs = found([DUCKS, ROBE, DUCKS.upper()], ["Janet sells ducks on the pond, 3 of 16."])
    assert {(0, 0, "retrieval"), (0, 2, "retrieval")} <= keys(pairs)


def test_find_translated_program_is_compared_as_a_program() -> None:
    [pair] = [p for p in found([ROBE, PYTHON], ["No code.", SCRIPT]) if p.method == "code"]
    assert (pair.text, pair.item) == (1, 1)
    assert pair.seed.problem.is_code
    assert pair.benchmark.problem.is_code


def test_find_copy_with_changes_is_compared_where_it_stands() -> None:
    changed = DUCKS.replace("16", "17")
    text = f"{FILLER}{changed} {FILLER}"
    [pair] = [p for p in found([ROBE, DUCKS], [text], Nothing()) if p.item == 1]
    assert pair.method == "ngram"
    part = pair.seed.problem.text
    assert text[pair.offset :].startswith(part)
    assert "Janet has 17 ducks" in part
    assert len(part) < 2 * len(DUCKS)


@pytest.mark.parametrize("texts", [[], [""], ["?!", "\ud800"], ["fn q("]])
@pytest.mark.parametrize("items", [[], [""], ["", "?"], [DUCKS, PYTHON]])
def test_find_nothing_in_nothing(items: list[str], texts: list[str]) -> None:
    assert found(items, texts) == []
