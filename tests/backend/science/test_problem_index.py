import numpy as np
import pytest

from backend.science.pair_features import FEATURES
from backend.science.problem_index import CODE, PROSE, Language, ProblemIndex

DUCKS = "Janet has 16 ducks. How many ducks does she have?"
GAS = "Which gas is most common in the air of Venus?"
OPTIONS = "\nA. Nitrogen\nB. Argon\nC. Oxygen"
ITEMS = [DUCKS, GAS + OPTIONS, DUCKS.upper(), "A robe takes 2 bolts of fiber."]


@pytest.fixture(scope="module")
def index() -> ProblemIndex:
    return ProblemIndex(PROSE, ITEMS, 500)


def test_nearest_question_without_its_options_is_all_of_the_item(index: ProblemIndex) -> None:
    pairs = index.nearest([GAS, GAS + "\nA. Neon\nB. Xenon\nC. Radon"], 1, 0.1)
    assert pairs.document.tolist() == [1, 1]
    assert pairs.similarity == pytest.approx([1, 1])


def test_nearest_text_that_is_all_options_is_its_options() -> None:
    index = ProblemIndex(PROSE, [OPTIONS.strip(), DUCKS], 500)
    assert index.nearest([OPTIONS.strip()], 1, 0.1).document.tolist() == [0]


def test_twins_differ_in_case_alone(index: ProblemIndex) -> None:
    assert index.twins == {0: [0, 2], 1: [1], 3: [3]}


def test_nearest_beginning_of_a_long_text_is_compared(index: ProblemIndex) -> None:
    filler = "filler " * 2_000
    assert len(index.nearest([f"{DUCKS} {filler}"], 1, 0.01).text) == 1
    assert len(index.nearest([f"{filler} {filler} {DUCKS}"], 1, 0.01).text) == 0
    [side] = index.sides([filler + filler])
    assert len(side.problem.text) == 20_000


def test_compare_gives_pairs_that_are_not_near(index: ProblemIndex) -> None:
    pairs = index.compare([DUCKS], np.array([0, 0]), np.array([0, 3]))
    assert pairs.similarity == pytest.approx([1, 0], abs=0.05)
    assert pairs.document_coverage[0] == pytest.approx(1)


def test_features_are_those_of_text_and_item(index: ProblemIndex) -> None:
    [side] = index.sides([DUCKS])
    found = dict(zip(FEATURES, index.features(side, 0, 0.9, 0.1), strict=True))
    assert (found["similarity"], found["lead"], found["item_coverage"]) == (0.9, 0.1, 1)


def test_sides_rare_words_weigh_more_than_common_ones(index: ProblemIndex) -> None:
    [_, side] = index.sides(["", "Ducks quux"])
    ducks, quux = (side.coverage_by(frozenset({stem})) for stem in ("ducks", "quux"))
    assert 0 < ducks < quux < 1


@pytest.mark.parametrize("language", [PROSE, CODE])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "?!",
        "\ud800",
        "ſix ﬁsh ½ x²",
        "鸭子 16 个",
        "مرحبا ٣",
        "😀 a_b",
        r"\frac{1}{",
        "7" * 5_000,
    ],
)
def test_sides_of_any_text_has_a_weight_for_each_word(language: Language, text: str) -> None:
    for items in ([], [""], [text], ITEMS):
        for side in ProblemIndex(language, items, 5).sides([DUCKS, text, ""]):
            assert len(side.weighted) == len(side.stems)
            assert side.weight >= 0


def test_code_words_of_another_language_are_the_same() -> None:
    python = "def count_ducks(pond):\n    # ducks that swim in the pond\n"
    script = "const countDucks = (pond) => { // ducks that swim in the pond\n"
    index = ProblemIndex(CODE, [python, "def blue_robe(fiber): pass"], 500)
    pairs = index.nearest([script], 2, 0.1)
    assert pairs.document.tolist() == [0]
    assert pairs.similarity == pytest.approx([1])
