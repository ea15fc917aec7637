import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.adaptive import AdaptiveRule
from backend.science.adaptive_calls import (
    AdaptiveSampler,
    ReferenceVotes,
    SeedEvidence,
    votes_of,
)
from backend.science.answer_keys import AnswerKey
from backend.science.plurality import plurality
from backend.science.reliability import DEFAULT_MODEL, features_of_counts
from backend.science.teachability import WeakEvidence, teachability
from backend.science.teachability_policy import Policy

POLICY = Policy()
RULE = AdaptiveRule()
SAMPLER = AdaptiveSampler(POLICY, RULE, DEFAULT_MODEL)
UNANIMOUS = ReferenceVotes(8, 0, 8, 0, 1)


def votes(first: int, second: int = 0, unanswered: int = 0) -> ReferenceVotes:
    return ReferenceVotes(first, second, first + second, unanswered, 1 + bool(second))


def test_votes_of_counts_classes_and_silence() -> None:
    keys = [AnswerKey("integer", number) for number in ("1", "1", "2", "3")]
    assert votes_of(plurality([*keys, None])) == ReferenceVotes(2, 1, 4, 1, 3)


def test_posterior_is_that_of_teachability() -> None:
    given_votes = votes(5, 2)
    reliability = DEFAULT_MODEL.reliability(features_of_counts(*given_votes))
    expected = teachability(reliability, [WeakEvidence(3, 8)], POLICY).posterior
    assert SAMPLER.posterior(SeedEvidence(given_votes, 3, 8)) == pytest.approx(expected)


def test_next_calls_begin_with_the_minimum_of_both() -> None:
    first = SAMPLER.next_calls(SeedEvidence(votes(0), 0, 0))
    assert (first.oracle, first.calls, first.reason) == ("reference", 2, "minimum")
    second = SAMPLER.next_calls(SeedEvidence(votes(2), 0, 0))
    assert (second.oracle, second.reason) == ("weak", "minimum")
    assert second.calls >= RULE.weak_minimum


def test_next_calls_a_given_answer_never_asks_the_reference() -> None:
    decisions = [
        SAMPLER.next_calls(SeedEvidence(None, s, m)) for m in range(33) for s in range(m + 1)
    ]
    assert {decision.oracle for decision in decisions} == {"weak", None}


def test_next_calls_a_tie_is_broken_up_to_the_cap() -> None:
    tied = SAMPLER.next_calls(SeedEvidence(votes(1, 1), 0, 0))
    assert (tied.oracle, tied.calls, tied.reason) == ("reference", 1, "tie")
    assert SAMPLER.next_calls(SeedEvidence(votes(4, 4), 0, 0)).oracle is None
    assert SAMPLER.posterior(SeedEvidence(votes(4, 4), 0, 0)).suspect == 1


def test_next_calls_stop_when_settled() -> None:
    seed = SeedEvidence(UNANIMOUS, 8, 16)
    assert max(SAMPLER.posterior(seed)) >= POLICY.threshold
    assert SAMPLER.next_calls(seed)[:3] == (None, 0, "settled")


def test_next_calls_doubt_about_the_key_goes_to_the_reference() -> None:
    # The weak model never agrees: hard or a wrong key, and two votes do not tell which.
    decision = SAMPLER.next_calls(SeedEvidence(votes(2), 0, 16))
    assert decision.oracle == "reference"
    # All votes are in: only the weak model is left, and it cannot help any more.
    spent = SAMPLER.next_calls(SeedEvidence(votes(5, 3), 0, 16))
    assert spent.oracle != "reference"


def test_next_calls_doubt_about_the_accuracy_goes_to_the_weak_model() -> None:
    assert SAMPLER.next_calls(SeedEvidence(UNANIMOUS, 3, 4)).oracle == "weak"


def test_next_calls_a_dear_reference_is_asked_less() -> None:
    dear = AdaptiveSampler(POLICY, AdaptiveRule(reference_price=100.0), DEFAULT_MODEL)
    seed = SeedEvidence(votes(2), 0, 16)
    assert SAMPLER.next_calls(seed).oracle == "reference"
    assert dear.next_calls(seed).oracle != "reference"


def test_next_calls_doubtful_key_wants_another_family() -> None:
    assert SAMPLER.next_calls(SeedEvidence(votes(3, 2), 0, 4)).doubtful_key
    assert not SAMPLER.next_calls(SeedEvidence(UNANIMOUS, 4, 8)).doubtful_key


@given(st.integers(0, 2**32 - 1), st.floats(0, 1), st.floats(0.4, 1))
def test_next_calls_always_end_within_the_caps(number: int, accuracy: float, share: float) -> None:
    generator = np.random.default_rng(number)
    first = second = agreeing = samples = 0
    for _ in range(100):
        lead, other = max(first, second), min(first, second)
        seed = SeedEvidence(votes(lead, other), agreeing, samples)
        decision = SAMPLER.next_calls(seed)
        if decision.oracle is None:
            break
        assert decision.calls > 0
        if decision.oracle == "reference":
            joining = int(generator.binomial(decision.calls, share))
            first, second = first + joining, second + decision.calls - joining
        else:
            agreeing += int(generator.binomial(decision.calls, accuracy))
            samples += decision.calls
    assert decision.oracle is None
    assert first + second <= RULE.reference_cap
    assert samples <= RULE.weak_cap


def test_worth_is_largest_where_one_more_call_tells_most() -> None:
    seeds = [
        SeedEvidence(UNANIMOUS, 8, 16),  # settled
        SeedEvidence(UNANIMOUS, 14, 17),  # beside the edge
        SeedEvidence(UNANIMOUS, 3, 4),  # early
    ]
    settled, beside, early = map(SAMPLER.next_calls, seeds)
    assert settled.oracle is None
    assert early.worth > beside.worth > settled.worth == 0
