"""The adaptive rule for whole seeds: minimum, stop, the next call's place, doubt about the key."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.science.adaptive import AdaptiveRule
from backend.science.adaptive_sampling import AdaptiveSampling
from backend.science.answer_keys import AnswerKey
from backend.science.calibration import UNCALIBRATED
from backend.science.equivalence import equivalent_by_rules
from backend.science.sampling_rules import SeedAnswers, Wanted
from backend.science.stopping import PlannedEndpoint
from backend.science.teachability_policy import Policy
from tests.backend.science.test_sampling_rules import keys

REFERENCE, SECOND, WEAK, OTHER, JUDGE = 1, 2, 3, 5, 4
PLAN = [
    PlannedEndpoint(REFERENCE, "reference", 8),
    PlannedEndpoint(SECOND, "second_reference", 2),
    PlannedEndpoint(WEAK, "weak", 32),
    PlannedEndpoint(JUDGE, "judge", 1),
]
RULE = AdaptiveSampling(PLAN, AdaptiveRule(), Policy(), UNCALIBRATED)
GIVEN = AnswerKey("integer", "1")


def wanted(
    reference: str = "",
    weak: str = "",
    *,
    judge: str = ".",
    second: str = "",
    given: AnswerKey | None = None,
    rule: AdaptiveSampling = RULE,
    exhausted: frozenset[int] = frozenset(),
) -> Wanted:
    heard = {REFERENCE: reference, WEAK: weak, JUDGE: judge, SECOND: second}
    answers = {endpoint: keys(text) for endpoint, text in heard.items()}
    return rule.wanted(
        SeedAnswers(answers, equivalent_by_rules, given, given is None, None, exhausted)
    )


def test_new_seed_gets_the_minimum_of_all_at_once_and_that_cannot_wait() -> None:
    found = wanted(judge="")
    assert found.samples == {REFERENCE: 2, SECOND: 0, WEAK: 2, JUDGE: 1}
    assert not found.can_wait


def test_known_answer_needs_no_reference() -> None:
    found = wanted(judge="", given=GIVEN)
    assert found.samples == {WEAK: 2, JUDGE: 1}


def test_easy_seed_stops_after_a_few_answers_and_one_in_the_middle_of_the_band_too() -> None:
    # A model that always agrees is easy with .9 certainty after 6 answers: 1 - I_.8(6.5, .5).
    assert wanted(weak="1" * 12, given=GIVEN).samples[WEAK] == 12
    assert wanted(weak="12121212", given=GIVEN).samples[WEAK] == 8


def test_seed_at_the_edge_of_the_band_is_asked_on() -> None:
    at_the_edge = wanted(weak="1111111222", given=GIVEN)
    assert at_the_edge.samples[WEAK] > 10
    assert at_the_edge.can_wait
    assert 0 < at_the_edge.worth < 1


def test_tie_of_the_reference_asks_the_reference_until_its_cap() -> None:
    assert wanted("12", "11").samples[REFERENCE] == 3
    tied = wanted("12121212", "11").samples
    assert (tied[REFERENCE], tied[WEAK]) == (8, 2)


def test_key_in_doubt_is_put_to_the_second_reference_once_it_has_a_winner() -> None:
    assert wanted("112", "3333").samples[SECOND] == 2
    assert wanted("11", "1112").samples[SECOND] == 0
    assert wanted("1212", "3333").samples[SECOND] == 0


def test_other_weak_models_are_heard_more_only_where_the_key_is_in_doubt() -> None:
    plan = [*PLAN, PlannedEndpoint(OTHER, "weak", 32)]
    rule = AdaptiveSampling(plan, AdaptiveRule(), Policy(), UNCALIBRATED)

    def others(reference: str, weak: str) -> int:
        heard = {REFERENCE: keys(reference), WEAK: keys(weak), OTHER: keys("11"), JUDGE: [None]}
        return rule.wanted(
            SeedAnswers(heard, equivalent_by_rules, None, asks_reference=True)
        ).samples[OTHER]

    assert others("11", "11") == 2
    assert others("112", "3333") == 8


def test_endpoint_that_will_answer_no_more_is_not_waited_for() -> None:
    found = wanted("", "11", exhausted=frozenset({REFERENCE}))
    assert REFERENCE not in found.samples


def test_higher_price_asks_less() -> None:
    dear = AdaptiveSampling(PLAN, AdaptiveRule(price=0.2), Policy(), UNCALIBRATED)
    edge = "1111111222"
    assert wanted(weak=edge, given=GIVEN, rule=dear).samples[WEAK] == len(edge)


def test_fitted_prior_of_a_domain_changes_when_a_seed_is_settled() -> None:
    fitted = UNCALIBRATED._replace(weak_priors={(WEAK, None): (30.0, 1.0)})
    rule = AdaptiveSampling(PLAN, AdaptiveRule(), Policy(), fitted)
    assert wanted(weak="11", given=GIVEN, rule=rule).samples[WEAK] == 2
    assert wanted(weak="11", given=GIVEN).samples[WEAK] > 2


def test_more_stored_answers_than_the_cap_are_no_trouble() -> None:
    low = AdaptiveSampling(
        [replaced(entry) for entry in PLAN], AdaptiveRule(), Policy(), UNCALIBRATED
    )
    assert wanted("1" * 20, "12" * 20, rule=low).samples[WEAK] == 40


def replaced(entry: PlannedEndpoint) -> PlannedEndpoint:
    return entry._replace(samples=min(entry.samples, 4))


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 10**6))
def test_every_seed_comes_to_an_end_within_its_caps(
    reference: float, weak: float, seed: int
) -> None:
    draw = random.Random(seed)
    heard: dict[int, str] = {REFERENCE: "", WEAK: "", SECOND: "", JUDGE: ""}
    caps = {entry.endpoint: entry.samples for entry in PLAN}
    chances = {REFERENCE: reference, SECOND: reference, WEAK: weak, JUDGE: 1.0}
    while True:
        found = wanted(heard[REFERENCE], heard[WEAK], second=heard[SECOND], judge=heard[JUDGE])
        missing = {e: n - len(heard[e]) for e, n in found.samples.items() if n > len(heard[e])}
        if not missing:
            break
        for endpoint, calls in missing.items():
            for _ in range(calls):
                right = draw.random() < chances[endpoint]
                heard[endpoint] += "1" if right else draw.choice("23456789.")
        assert all(len(text) <= caps[endpoint] for endpoint, text in heard.items())
    assert all(len(heard[e]) >= min(2, caps[e]) for e in (REFERENCE, WEAK))


def test_policy_of_a_run_is_respected() -> None:
    strict = AdaptiveSampling(
        PLAN, AdaptiveRule(), replace(Policy(), threshold=0.999), UNCALIBRATED
    )
    settled = wanted(weak="12121212", given=GIVEN).samples[WEAK]
    assert wanted(weak="12121212", given=GIVEN, rule=strict).samples[WEAK] >= settled
    assert settled == pytest.approx(8)
