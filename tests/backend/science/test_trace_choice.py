import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.trace_choice import Candidate, ChoiceRule, choose

RULES: list[ChoiceRule] = ["shortest", "random", "judge", "all"]
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        st.integers(1, 50),
        st.integers(0, 3),
        st.none() | st.floats(allow_nan=True),
    ),
    unique_by=lambda candidate: candidate.id,
    max_size=8,
)


@pytest.mark.parametrize(
    ("rule", "chosen"),
    [("shortest", [2]), ("judge", [4]), ("all", [1, 2, 3, 4, 5])],
)
def test_choose_known_values(rule: ChoiceRule, chosen: list[int]) -> None:
    traces = [
        Candidate(5, 10, 0.7),
        Candidate(4, 90, 0.9),
        Candidate(3, 10),
        Candidate(2, 10, float("nan")),
        Candidate(1, 95, 0.9),
    ]
    assert [trace.id for trace in choose(traces, rule, "seed 1")] == chosen


def test_choose_without_any_score_takes_the_shortest() -> None:
    assert choose([Candidate(1, 9), Candidate(2, 8)], "judge", "") == [Candidate(2, 8)]


def test_choose_at_random_is_even_over_seeds() -> None:
    """Of 3,000 seeds each of three traces has 1,000 in the mean, and 26 as standard deviation."""
    traces = [Candidate(number, 1) for number in (1, 2, 3)]
    chosen = [choose(traces, "random", f"seed {seed}")[0].id for seed in range(3000)]
    assert all(abs(chosen.count(number) - 1000) < 130 for number in (1, 2, 3))


@given(CANDIDATES, st.sampled_from(RULES), st.text(), st.randoms(use_true_random=False))
def test_choose_does_not_depend_on_the_order(
    traces: list[Candidate], rule: ChoiceRule, key: str, shuffling: random.Random
) -> None:
    shuffled = shuffling.sample(traces, len(traces))
    chosen = [trace.id for trace in choose(traces, rule, key)]
    assert chosen == [trace.id for trace in choose(shuffled, rule, key)]
    assert len(chosen) == (len(traces) if rule == "all" else min(len(traces), 1))


@given(CANDIDATES, st.text())
def test_choose_at_random_one_trace_more_keeps_the_choice_or_is_it(
    traces: list[Candidate], key: str
) -> None:
    added = Candidate(99, 0)
    before, after = choose(traces, "random", key), choose([*traces, added], "random", key)
    assert after in (before, [added])
