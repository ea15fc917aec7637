"""Verdicts from stored answers: the key, agreement with it, notes and attention."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.endpoints.schemas import Sampling
from backend.science.answers import canonical_key
from backend.science.calibration import UNCALIBRATED, fit_calibration
from backend.science.known_equivalences import PairDecision, ordered_pair
from backend.science.reliability import DEFAULT_MODEL, ReliabilityModel
from backend.science.rubric import Verdict
from backend.science.teachability import Posterior
from backend.science.teachability_policy import Policy
from backend.scoring.calibration import gold_counts
from backend.scoring.line_up import LineUpEntry
from backend.scoring.verdicts import Answer, Evidence, attention, seed_verdict

REFERENCE, WEAK, OTHER = 1, 2, 3


def _entry(endpoint_id: int, role: str) -> LineUpEntry:
    return LineUpEntry(
        endpoint_id=endpoint_id, name=f"{role} {endpoint_id}", model="m", role=role, samples=4,
        sampling=Sampling(), template_hash="t", settings_hash="s",
    )  # fmt: skip


LINE_UP = [_entry(REFERENCE, "reference"), _entry(WEAK, "weak")]


def _answers(texts: str) -> list[Answer]:
    """One answer a letter; a dot is a response without an answer."""
    written = [None if text == "." else text for text in texts]
    return [Answer(text, canonical_key(text)) for text in written]


def _evidence(reference: str, weak: str, given_answer: str | None = None) -> Evidence:
    answers = {REFERENCE: _answers(reference), WEAK: _answers(weak)}
    return Evidence(7, given_answer, answers, [], [])


def test_plurality_is_the_key_and_agreement_is_counted_over_all_responses() -> None:
    verdict = seed_verdict(_evidence("5556", "55.7"), LINE_UP, UNCALIBRATED, Policy())
    columns = verdict.columns
    assert (columns["key_origin"], columns["reference_key"]) == ("plurality", "integer:5")
    assert columns["plurality"]["share"] == 0.75
    weak = columns["weak"][0]
    assert (weak["matching"], weak["total"], weak["unanswered"]) == (2, 4, 1)
    assert verdict.agreement == weak["rate"] == 0.5
    assert weak["low"] < 0.5 < weak["high"]
    assert [c["is_reference"] for c in weak["classes"]] == [True, False]
    assert 0.5 < columns["reliability"] < 0.9
    states = [columns[name] for name in ("suspect", "hard", "teachable", "easy")]
    assert sum(states) == pytest.approx(1)


@pytest.mark.parametrize(
    ("votes", "note"),
    [
        ("5566", "no key: the reference's votes tie"),
        ("....", "no key: the reference gave no usable answer"),
    ],
)
def test_reference_without_a_plurality_leaves_no_key_and_the_seed_is_suspect(
    votes: str, note: str
) -> None:
    verdict = seed_verdict(_evidence(votes, "5555"), LINE_UP, UNCALIBRATED, Policy())
    columns = verdict.columns
    assert (columns["key_origin"], columns["reliability"], columns["verdict"]) == (
        "none", 0.0, "suspect",
    )  # fmt: skip
    assert columns["notes"] == [note]
    assert verdict.agreement is None


def test_given_answer_wins_over_votes_and_a_contradiction_is_noted() -> None:
    columns = seed_verdict(_evidence("6666", "5555", "5"), LINE_UP, UNCALIBRATED, Policy()).columns
    assert (columns["key_origin"], columns["reference_answer"]) == ("given", "5")
    assert columns["reliability"] == Policy().gold_reliability
    assert columns["weak"][0]["matching"] == 4
    assert "the reference's plurality is not the given answer" in columns["notes"]


def test_unreadable_given_answer_is_no_key() -> None:
    evidence = Evidence(7, "---", {WEAK: _answers("55")}, [], [])
    columns = seed_verdict(evidence, LINE_UP[1:], UNCALIBRATED, Policy()).columns
    assert (columns["key_origin"], columns["notes"]) == (
        "none", ["no key: the given answer cannot be read"],
    )  # fmt: skip


def test_judges_steps_are_their_median_and_unscored_ones_are_noted() -> None:
    judged = _evidence("5555", "5555")._replace(
        judged=[Verdict(steps, 2, "") for steps in (2, 4, 9)], unscored=["not one JSON object"]
    )
    columns = seed_verdict(judged, [*LINE_UP, _entry(4, "judge")], UNCALIBRATED, Policy()).columns
    assert columns["steps"] == 4
    assert "unscored judgment: not one JSON object" in columns["notes"]


def test_fitted_wrong_key_prior_speaks_of_votes_and_not_of_given_answers() -> None:
    # A weak model that repeats every mistake: its agreement says nothing for a plurality key.
    parrot = UNCALIBRATED._replace(
        reliability=ReliabilityModel(DEFAULT_MODEL.coefficients, 9),
        wrong_key_priors={WEAK: (60.0, 1.0)}, wrong_keys=9,
    )  # fmt: skip
    plain = _evidence("5556", "5555")
    trusting = seed_verdict(plain, LINE_UP, UNCALIBRATED, Policy()).columns
    wary = seed_verdict(plain, LINE_UP, parrot, Policy()).columns
    assert wary["suspect"] > trusting["suspect"] + 0.1
    assert wary["notes"] == [
        "reliability: fitted on 9 gold seeds",
        "repeated mistakes: fitted on 9 wrong keys",
    ]
    known = _evidence("5556", "5555", "5")
    assert (
        seed_verdict(known, LINE_UP, parrot, Policy()).columns["suspect"]
        == seed_verdict(known, LINE_UP, UNCALIBRATED, Policy()).columns["suspect"]
    )


def test_judges_who_doubt_the_prompt_itself_are_noted() -> None:
    judged = [Verdict(2, 2, "", 3, well_posed, 5) for well_posed in (1, 2, 5)]
    evidence = _evidence("5555", "5555")._replace(judged=judged)
    notes = seed_verdict(evidence, LINE_UP, UNCALIBRATED, Policy()).columns["notes"]
    assert "judges doubt that exactly one answer follows" in notes
    assert "judges doubt that an answer can be checked" not in notes


def test_attention_is_the_entropy_of_the_posterior_and_more_where_judges_disagree() -> None:
    certain, even = Posterior(0, 0, 0, 1), Posterior(0.25, 0.25, 0.25, 0.25)
    assert attention(certain, []) == 0
    assert attention(even, [Verdict(3, 1, "")]) == pytest.approx(1)
    # Two states at one half: log 2 / log 4.
    half = Posterior(0.5, 0, 0.5, 0)
    assert attention(half, []) == pytest.approx(math.log(2) / math.log(4))
    # Judges who saw 2 and 8 steps, both of difficulty 2: disagreement (6/8 + 0) / 2, half of it
    # counts, of what the entropy leaves.
    apart = [Verdict(2, 2, ""), Verdict(8, 2, "")]
    assert attention(certain, apart) == pytest.approx(0.1875)
    assert attention(half, apart) == pytest.approx(0.5 + 0.5 * 0.1875)
    # A second judge who agrees does not make a seed less worth a look.
    assert attention(half, [Verdict(3, 2, "")] * 2) == attention(half, [Verdict(3, 2, "")])


@given(
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
    st.lists(st.builds(Verdict, st.integers(1, 100), st.integers(1, 5), st.just("")), max_size=5),
)
def test_attention_stays_in_its_range(weights: list[float], judged: list[Verdict]) -> None:
    total = sum(weights) or 1.0
    posterior = Posterior(*(weight / total for weight in weights))
    assert 0 <= attention(posterior, []) <= attention(posterior, judged) <= 1


def test_fitted_weight_and_accuracy_of_a_domain_are_used_and_kept_with_the_verdict() -> None:
    fitted = UNCALIBRATED._replace(
        weak_priors={(WEAK, None): (1.0, 1.0), (WEAK, "maths"): (8.0, 2.0)}, agreement_weight=0.25
    )
    evidence = _evidence("5556", "5577")._replace(domain="maths")
    (weak,) = seed_verdict(evidence, LINE_UP, fitted, Policy()).columns["weak"]
    assert (weak["weak_prior"], weak["weight"]) == ((8.0, 2.0), 0.25)
    other = evidence._replace(domain="never seen")
    (weak,) = seed_verdict(other, LINE_UP, fitted, Policy()).columns["weak"]
    assert weak["weak_prior"] == (1.0, 1.0)


def test_second_family_that_agrees_raises_the_trust_in_a_key_and_one_that_does_not_lowers_it() -> (
    None
):
    line_up = [LINE_UP[0], _entry(OTHER, "second_reference"), LINE_UP[1]]

    def reliability(second: str) -> float:
        evidence = _evidence("5556", "55")
        answers = {**evidence.answers, OTHER: _answers(second)}
        verdict = seed_verdict(evidence._replace(answers=answers), line_up, UNCALIBRATED, Policy())
        return float(verdict.columns["reliability"])

    assert reliability("77") < reliability("") < reliability("55")


def test_answers_that_algebra_joined_are_one_class_of_the_plurality() -> None:
    first, second = (canonical_key(text) for text in ("x^2-1", "(x-1)(x+1)"))
    known = {ordered_pair(first, second): PairDecision(True, "algebra")}
    answers = {
        REFERENCE: [Answer("x^2-1", first), Answer("(x-1)(x+1)", second), *_answers("3")],
        WEAK: [Answer("(x-1)(x+1)", second)],
    }
    evidence = Evidence(7, None, answers, [], [], known=known)
    columns = seed_verdict(evidence, LINE_UP, UNCALIBRATED, Policy()).columns
    assert columns["plurality"]["share"] == pytest.approx(2 / 3)
    assert columns["plurality"]["classes"][0]["joined_by"] == ["algebra"]
    assert columns["weak"][0]["matching"] == 1


def _gold(answer: str, votes: str, weak: str) -> Evidence:
    return _evidence(votes, weak, answer)._replace(domain="maths")


def test_gold_seed_counts_who_is_right_and_who_repeats_the_winner() -> None:
    gold = gold_counts(_gold("5", "7775", "7775"), LINE_UP)
    assert gold is not None
    assert (gold.right, gold.domain, gold.weak) == (False, "maths", {WEAK: (3, 4)})
    assert (gold.votes.first, gold.votes.second, gold.votes.classes) == (3, 1, 2)


def test_tied_gold_seed_is_neither_right_nor_wrong() -> None:
    assert gold_counts(_gold("5", "5577", "5577"), LINE_UP) is None
    assert fit_calibration([]) == UNCALIBRATED


def test_amount_with_and_without_its_unit_is_one_answer() -> None:
    answers = {
        REFERENCE: [Answer(t, canonical_key(t)) for t in ("$18", "18", "18 dollars", "20")],
        WEAK: [Answer(t, canonical_key(t)) for t in (r"\$18", "18.00", "18%", "18 cents")],
    }
    evidence = Evidence(7, "18", answers, [], [])
    columns = seed_verdict(evidence, LINE_UP, UNCALIBRATED, Policy()).columns
    assert columns["plurality"]["classes"][0]["count"] == 3
    assert columns["plurality"]["classes"][0]["is_reference"]
    # Beside a bare 18, any unit may be meant; a percentage is another kind of answer.
    assert columns["weak"][0]["matching"] == 3
    gold = gold_counts(Evidence(7, "18", {REFERENCE: answers[REFERENCE][:1]}, [], []), LINE_UP)
    assert gold is not None
    assert gold.right
