import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.changed_problems import Changer

DUCKS = "Tom has 16 ducks. He sells three of them for $2,000. How many ducks does Tom keep?"
SOURCES = ["Ann buys 7 eggs. She eats them all. How many are left?"]
SEEDS = range(40)


def changes(change: Callable[[Changer], str]) -> set[str]:
    """What many changers make."""
    return {change(Changer(seed, SOURCES)) for seed in SEEDS}


def test_changer_same_seed_makes_the_same() -> None:
    assert Changer(5, SOURCES).word_problem(DUCKS) == Changer(5, SOURCES).word_problem(DUCKS)
    assert len(changes(lambda changer: changer.numbers(DUCKS))) > 10


def test_numbers_change_numbers_and_nothing_else() -> None:
    number = r"\d[\d.,/]*\b|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve)\b"
    rest = {re.sub(number, "#", text) for text in changes(lambda c: c.numbers(DUCKS))}
    assert rest == {re.sub(number, "#", DUCKS)}


def test_numbers_of_a_text_without_any_stay() -> None:
    assert changes(lambda changer: changer.numbers("No ducks at all.")) == {"No ducks at all."}


def test_numbers_are_changed_in_most_cases() -> None:
    made = [Changer(seed, SOURCES).numbers(DUCKS) for seed in SEEDS]
    assert sum(text != DUCKS for text in made) > len(made) / 2


def test_word_problem_drops_a_number() -> None:
    digits = [re.findall(r"\d+", Changer(s, SOURCES).word_problem(DUCKS)[1]) for s in SEEDS]
    assert {len(found) for found in digits} == {1, 2}  # 2,000 is two runs of digits


def test_word_problem_adds_a_sentence_of_another() -> None:
    made = {Changer(seed, SOURCES).word_problem(DUCKS)[2] for seed in SEEDS}
    assert all("Ann buys 7 eggs." in text for text in made)
    assert all(text.startswith("Tom has 16 ducks.") for text in made)


def test_word_problem_adds_a_clause() -> None:
    for seed in SEEDS:
        added = Changer(seed, SOURCES).word_problem(DUCKS)[3]
        assert len(added) > len(DUCKS)
        assert added.count(",") == DUCKS.count(",") + 1


def test_word_problem_turns_question_and_condition() -> None:
    for seed in SEEDS:
        assert not Changer(seed, SOURCES).word_problem(DUCKS)[4].endswith("does Tom keep?")


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("Find the smallest duck.", "Find the largest duck."),
        ("Is it even?", "Is it odd?"),
        (r"Find $\sin t$.", r"Find $\cos t$."),
        ("Find its area.", "Find its perimeter."),
    ],
)
def test_formula_problem_turns_a_word_or_sign(text: str, turned: str) -> None:
    assert Changer(1, SOURCES).formula_problem(text)[0] == turned


def test_formula_problem_turns_one_sign_alone() -> None:
    made = changes(lambda changer: changer.formula_problem("Find $a + b$ for even a.")[0])
    assert made == {"Find $a - b$ for even a.", "Find $a + b$ for odd a."}


@given(st.text() | st.text("1 .?$+-^2,x\n"), st.integers(0, 99))
def test_changes_of_any_text_are_five_and_two(text: str, seed: int) -> None:
    changer = Changer(seed, [*SOURCES, text])
    assert len(changer.word_problem(text)) == 5
    assert len(changer.formula_problem(text)) == 2
