from math import isfinite, log, log1p

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.science.pair_features import FEATURES, Side, pair_features
from backend.science.problem_text import read_problem, read_program

DUCKS = "Tom has 16 ducks and sells 3 of them. How many ducks does Tom have?"
PIECES = [
    "Tom",
    " ",
    "16",
    "three",
    "ducks",
    ". ",
    "? ",
    "A. ",
    "B. ",
    "C. ",
    "$x^2$",
    "鸭",
    "some ",
    "\ud800",
]
TEXTS = st.text() | st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def side(text: str, weight: float = 1.0) -> Side:
    problem = read_problem(text)
    return Side(problem, [weight] * len(problem.words))


def features(seed: str, item: str) -> dict[str, float]:
    found = pair_features(side(seed), side(item), 0.5, 0.25)
    return dict(zip(FEATURES, found, strict=True))


def test_features_of_a_text_and_itself_differ_in_nothing() -> None:
    found = features(DUCKS, DUCKS)
    whole = (
        "item_coverage seed_coverage seed_coverage_by_all item_bigrams seed_bigrams item_trigrams"
        " ordered_words longest_run first_words question_coverage share_of_item_numbers"
        " share_of_seed_numbers ordered_numbers"
    ).split()
    nothing = (
        "length_ratio item_only_weight seed_only_weight turning_words unknowns item_only_numbers"
        " seed_only_numbers item_only_names seed_only_names item_only_symbols seed_only_symbols"
    ).split()
    assert {name: found[name] for name in whole} == dict.fromkeys(whole, 1.0)
    assert {name: found[name] for name in nothing} == dict.fromkeys(nothing, 0.0)


def test_features_of_the_search_are_handed_on() -> None:
    found = features(DUCKS, "A robe.")
    assert (found["similarity"], found["lead"], found["is_code"]) == (0.5, 0.25, 0)


def test_features_numbers_written_otherwise_are_the_same() -> None:
    found = features(DUCKS.replace("16", "sixteen").replace("3", "6/2"), DUCKS)
    assert (found["item_only_numbers"], found["seed_only_numbers"]) == (0, 0)
    assert found["shared_numbers"] == 2


def test_features_changed_number_stands_on_either_side() -> None:
    found = features(DUCKS.replace("16", "17"), DUCKS)
    assert (found["item_numbers"], found["shared_numbers"]) == (2, 1)
    assert (found["item_only_numbers"], found["seed_only_numbers"]) == (1, 1)
    assert found["share_of_item_numbers"] == found["ordered_numbers"] == 0.5


def test_features_numbers_in_other_units_are_the_same() -> None:
    found = features("She works 90 minutes.", "She works 1.5 hours.")
    assert (found["item_only_numbers"], found["seed_only_numbers"]) == (0, 0)


def test_features_numbers_in_another_order_are_not_in_order() -> None:
    found = features("He has 3, then 16.", "He has 16, then 3.")
    assert (found["shared_numbers"], found["ordered_numbers"]) == (2, 0.5)


def test_features_changed_name_stands_on_either_side() -> None:
    found = features("The ducks of Ann.", "The ducks of Tom.")
    assert (found["item_only_names"], found["seed_only_names"]) == (1, 1)


def test_features_number_turned_into_an_unknown_counts() -> None:
    assert features("Tom has some ducks.", "Tom has 16 ducks.")["unknowns"] == 1


def test_features_turning_word_counts() -> None:
    assert features("the largest duck", "the smallest duck")["turning_words"] == 2
    assert features("the largest duck", "a duck")["turning_words"] == 1


def test_features_formula_with_another_sign() -> None:
    found = features("$x + y$", "$x - y$")
    assert (found["item_only_symbols"], found["seed_only_symbols"]) == (1, 1)
    assert found["shared_symbols"] == pytest.approx(2 / 3)


def test_features_words_of_a_longer_seed() -> None:
    found = features("Please solve: duck eggs hatch", "duck eggs hatch")
    assert (found["item_coverage"], found["seed_coverage"]) == (1, pytest.approx(3 / 5))
    assert (found["item_bigrams"], found["seed_bigrams"]) == (1, 0.5)
    assert found["length_ratio"] == pytest.approx(log(5 / 3))
    assert (found["item_words"], found["seed_words"]) == pytest.approx((log(4), log(6)))
    assert (found["item_only_weight"], found["seed_only_weight"]) == (0, pytest.approx(log(3)))
    assert found["first_words"] == 0


def test_features_rare_words_are_those_of_much_weight() -> None:
    seed, item = side("duck eggs hatch"), side("duck eggs", weight=8.0)
    found = dict(zip(FEATURES, pair_features(seed, item, 0, 0), strict=True))
    assert found["rare_words"] == pytest.approx(log1p(2))
    assert features("duck eggs", "duck eggs")["rare_words"] == 0


@pytest.mark.parametrize(
    ("seed", "item", "coverage", "present"),
    [
        ("Which? A. red B. blue C. green", "Which? A. red B. blue C. green", 1, 3),
        ("Which?", "Which? A. red B. blue C. green", 0.5, 2),
        ("Which? A. red B. blue C. green", "Which?", 0.5, 1),
        ("Which?", "Which?", 0.5, 0),
    ],
)
def test_features_options(seed: str, item: str, coverage: float, present: int) -> None:
    found = features(seed, item)
    assert (found["options_coverage"], found["has_options"]) == (coverage, present)


def test_features_program_says_so() -> None:
    program = read_program("def count_ducks(): pass")
    code = Side(program, [1.0] * len(program.words))
    assert pair_features(code, code, 0, 0)[-1] == 1


def test_coverage_by_weighs_each_word() -> None:
    # The words weigh 1, 2 and 5; those of 1 and 5 are known.
    one = Side(read_problem("red blue duck"), [1.0, 2.0, 5.0])
    assert one.coverage_by(frozenset({"red", "duck"})) == 6 / 8
    assert one.weight_outside(frozenset({"red", "duck"})) == 2
    assert side("").coverage_by(frozenset({"red"})) == 0


@settings(max_examples=200)
@given(TEXTS, TEXTS)
def test_features_of_any_texts_are_finite(seed: str, item: str) -> None:
    found = features(seed, item)
    assert all(isfinite(value) for value in found.values())
    shares = [name for name in FEATURES if "coverage" in name or "share" in name or "grams" in name]
    shares.remove("shared_numbers")
    assert all(-1e-9 <= found[name] <= 1 + 1e-9 for name in shares)


@pytest.mark.parametrize("unit", ["a ", "7 ", "Tom ", "a b ", "鸭", "x+", "some "])
def test_features_of_monotonous_texts_end(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    assert len(features(text, text)) == len(FEATURES)
