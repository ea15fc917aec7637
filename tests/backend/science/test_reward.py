"""The reward: the report's curve at known places, its properties, and a slow version of it."""

from itertools import pairwise
from math import cos, inf, pi
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.reward import (
    PUBLISHED,
    RewardConstants,
    accuracy_reward,
    boxed_answer,
    has_think_block,
    repetition,
    reward,
)

FAITHFUL = RewardConstants(repetition_floor=None)

# A quarter into a half cosine: (1 + cos(pi / 4)) / 4 = 0.4267766953; weights 8/13 and 1/13.
PUBLISHED_VALUES = [
    (True, 1000, 1.0, 0.6153846154),
    (True, 25600, 1.0, 0.6153846154),
    (True, 27136, 0.9267766953, 0.5703241202),
    (True, 28672, 0.75, 0.4615384615),
    (True, 30208, 0.5732233047, 0.3527528029),
    (True, 31744, 0.5, 0.3076923077),
    (False, 0, -1.0, -0.6153846154),
    (False, 925.5, -0.9267766953, -0.5703241202),
    (False, 1851, -0.75, -0.4615384615),
    (False, 1000, -0.9152547494, -0.5632336919),
    (False, 3702, -0.5, -0.3076923077),
    (False, 30000, -0.5, -0.3076923077),
]
FORMED = "<think>Three and four.</think> So \\boxed{7}."


@pytest.mark.parametrize(("correct", "tokens", "accuracy", "total"), PUBLISHED_VALUES)
def test_reward_at_known_lengths(
    correct: bool, tokens: float, accuracy: float, total: float
) -> None:
    found = reward(FORMED, tokens, correct=correct, ended=True)
    assert found.accuracy == pytest.approx(accuracy, abs=1e-9)
    assert found.total == pytest.approx(total, abs=1e-9)
    assert found.repetition.reward == 0
    assert not found.is_clipped


@pytest.mark.parametrize(
    ("response", "ended", "override", "accuracy"),
    [
        (FORMED, False, "truncated", -0.5),
        ("Three and four: \\boxed{7}.", True, "format", -1.0),
        ("Three and four: \\boxed{7}.", False, "format", -1.0),
    ],
)
def test_form_comes_before_the_answer(
    response: str, ended: bool, override: str, accuracy: float
) -> None:
    found = reward(response, 5000, correct=True, ended=ended)
    assert (found.override, found.accuracy) == (override, accuracy)
    assert found.total == pytest.approx(8 / 13 * accuracy)


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("one two three four", 4, 0.0),
        (" ".join(f"w{n}" for n in range(100)), 100, 0.0),
        ("a b c d e " * 5, 25, 0.0),
        # 30 words; the five-word phrase comes 6 times, and 6 of 30/5 is all of the text.
        ("a b c d e " * 6, 30, -1.0),
        # 96 times the same five words, of 100/5.
        ("word " * 100, 100, -4.8),
        # 10 of 1050/5 words; of 1046 places 4 more have a phrase that comes 9 or 10 times.
        (" ".join(f"w{n}" for n in range(1000)) + " p q r s t" * 10, 1050, -10 / 210),
        ("".join(f"p q r s t u{n} " for n in range(10)), 60, -10 / 12),
    ],
)
def test_repetition_of_known_texts(text: str, words: int, expected: float) -> None:
    found = repetition(text, FAITHFUL)
    assert found.reward == pytest.approx(expected)
    assert found.words == words
    floored = repetition(text)
    assert floored.reward == pytest.approx(max(expected, -1.0))
    assert floored.is_floored == (expected < -1.0)


def test_repetition_is_added_with_its_weight() -> None:
    looped = "<think>" + "again " * 200 + "</think> \\boxed{7}"
    found = reward(looped, 20_000, correct=False, ended=True)
    assert found.repetition.is_floored
    assert found.repetition.phrase == "again again again again again"
    assert found.total == pytest.approx(8 / 13 * -0.5 + 1 / 13 * -1)


LENGTHS = st.floats(min_value=0, max_value=100_000)


@given(st.lists(LENGTHS, min_size=2, max_size=20))
def test_longer_is_never_better_when_right_nor_worse_when_wrong(lengths: list[float]) -> None:
    for shorter, longer in pairwise(sorted(lengths)):
        right = [accuracy_reward(tokens, correct=True) for tokens in (shorter, longer)]
        wrong = [accuracy_reward(tokens, correct=False) for tokens in (shorter, longer)]
        assert right[0] >= right[1]
        assert wrong[0] <= wrong[1]


@given(LENGTHS, LENGTHS)
def test_any_right_answer_earns_at_least_one_more_than_any_wrong_one(
    right: float, wrong: float
) -> None:
    gap = accuracy_reward(right, correct=True) - accuracy_reward(wrong, correct=False)
    assert gap >= 1.0


@given(
    st.integers(2, 50_000).flatmap(
        lambda longest: st.tuples(
            st.just(longest), st.integers(1, longest - 1), st.integers(1, longest)
        )
    ),
    LENGTHS,
    st.booleans(),
)
def test_reward_agrees_with_the_formula_written_out(
    lengths: tuple[int, int, int], tokens: float, correct: bool
) -> None:
    longest, free, ramp = lengths
    constants = RewardConstants(longest=longest, free_up_to=free, wrong_up_to=ramp)
    if correct:
        if tokens <= free:
            expected = 1.0
        elif tokens >= longest:
            expected = 0.5
        else:
            expected = 0.75 + 0.25 * cos(pi * (tokens - free) / (longest - free))
    elif tokens >= ramp:
        expected = -0.5
    else:
        expected = -0.75 - 0.25 * cos(pi * tokens / ramp)
    found = accuracy_reward(tokens, correct=correct, constants=constants)
    assert found == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.sampled_from("abc"), max_size=80), st.integers(1, 6))
def test_repetition_agrees_with_counting_by_hand(words: list[str], often: int) -> None:
    grams = [tuple(words[at : at + 5]) for at in range(len(words) - 4)]
    expected = 0.0
    if grams:
        repeated = len({gram for gram in grams if grams.count(gram) > often})
        most = max(grams.count(gram) for gram in grams)
        covered = 5 * most / len(words) if most > often else 0.0
        expected = -max(repeated / len(grams), covered)
    constants = RewardConstants(repeated_from=often, repetition_floor=None)
    assert repetition(" ".join(words), constants).reward == pytest.approx(expected)


@pytest.mark.parametrize(
    ("response", "is_formed"),
    [
        (FORMED, True),
        ("\n <think>a</think>b", True),
        ("Well. <think>a</think>b", False),
        ("<think>a", False),
        ("a</think>b", False),
        ("<think>a</think>b</think>", False),
        ("<think><think>a</think>b", False),
        ("</think>a<think>", False),
        ("<think>a</think>```\n</think>```", False),
    ],
)
def test_think_block_is_one_and_comes_first(response: str, is_formed: bool) -> None:
    assert has_think_block(response) is is_formed


def test_answer_is_read_behind_the_thinking_only() -> None:
    assert boxed_answer("<think>\\boxed{1}</think> \\boxed{2}, no: \\boxed{\\frac{3}{4}}") == (
        "\\frac{3}{4}"
    )
    assert boxed_answer("<think>\\boxed{1}</think> It is 2.") is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"longest": 100, "free_up_to": 100},
        {"free_up_to": 0},
        {"wrong_up_to": 0},
        {"wrong_up_to": 40_000},
        {"accuracy_weight": -0.1},
        {"repeated_from": 0},
        {"repetition_floor": 0.5},
    ],
)
def test_constants_that_make_no_curve_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        RewardConstants(**wrong)


def test_length_beyond_the_longest_counts_as_the_longest_and_is_marked() -> None:
    found = reward(FORMED, PUBLISHED.longest + 1, correct=True, ended=True)
    assert (found.accuracy, found.is_clipped) == (0.5, True)
    assert accuracy_reward(inf, correct=True) == 0.5
    with pytest.raises(ValueError, match="fewer than 0"):
        accuracy_reward(-1, correct=True)
