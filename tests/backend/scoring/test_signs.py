"""The signs of a seed: known votes, and what a run stores of them."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.science.answers import AnswerKey
from backend.science.calibration import UNCALIBRATED
from backend.science.code_tests import AssertionTest
from backend.science.rubric import Verdict
from backend.science.statistics import jeffreys_interval
from backend.science.teachability_policy import Policy
from backend.scoring.signs import Signs
from backend.scoring.verdicts import Answer, Evidence, seed_verdict
from backend.seeds.tables import Seed
from tests.backend.scoring.test_verdicts import (
    LINE_UP,
    OTHER,
    REFERENCE,
    WEAK,
    _answers,
    _entry,
)
from tests.scored_seeds import Scored


def _signs(
    reference: str, weak: str, given: str | None = None, other: str = "", **evidence: Any
) -> Signs:
    answers = {
        endpoint: _answers(texts)
        for endpoint, texts in ((REFERENCE, reference), (WEAK, weak), (OTHER, other))
    }
    known = Evidence(7, given, answers, evidence.pop("judged", []), [], **evidence)
    line_up = [*LINE_UP, _entry(OTHER, "weak")] if other else LINE_UP
    return seed_verdict(known, line_up, UNCALIBRATED, Policy()).signs


def test_margin_is_the_lead_over_all_votes() -> None:
    # Five of eight against two; one gave no answer.
    signs = _signs("5555566.", "5555")
    assert (signs.margin, signs.tie) == (3 / 8, False)


def test_tie_has_no_margin_and_no_key_to_agree_with() -> None:
    signs = _signs("5566", "5555")
    assert signs == Signs(0.0, True, None, None, None)


def test_without_votes_nothing_is_known_of_them() -> None:
    signs = _signs("", "5556", given="5")
    assert (signs.margin, signs.tie, signs.key_conflict) == (None, None, False)


def test_interval_is_that_of_the_model_to_be_taught() -> None:
    low, high = jeffreys_interval(2, 4)
    assert _signs("5555", "5566", other="5").interval_width == high - low
    assert _signs("5555", "").interval_width is None


def test_judge_gap_is_against_the_first_weak_models_agreement() -> None:
    # Level 5 is 1; half of the answers agree, so the model finds it 1/2 difficult.
    assert _signs("5555", "5566", judged=[Verdict(3, 5, "")]).judge_gap == 0.5
    assert _signs("5555", "5566").judge_gap is None


@pytest.mark.parametrize(
    ("reference", "weak", "given", "other", "conflict"),
    [
        ("5555", "5567", None, "", False),  # the weak model's first answer is the key
        ("5555", "6675", None, "", True),  # it is another
        ("5555", "6655", None, "", False),  # as many say the key
        ("5555", "6677", None, "", False),  # two others tie: there is no common answer
        ("5555", "....", None, "", None),  # it said nothing
        ("5555", "6", None, "55", False),  # both weak models together say the key
        ("5555", "5", None, "66", True),  # both together say another
        ("6666", "5555", "5", "", True),  # the reference contradicts the given answer
        ("5555", "5555", "5", "", False),
        ("", "6666", "5", "", True),  # the weak model contradicts the given answer
        ("", "", "5", "", None),
        ("5566", "7777", None, "", None),  # no key
    ],
)
def test_models_contradict_the_reference_answer(
    reference: str, weak: str, given: str | None, other: str, conflict: bool | None
) -> None:
    assert _signs(reference, weak, given, other).key_conflict is conflict


@pytest.mark.parametrize(
    ("reference", "weak", "conflict"),
    [
        (["11", "11"], ["10", "10"], False),  # that weak programs fail is no other answer
        (["10", "10"], ["11", "11"], True),  # most of the reference's do not pass
        ([], ["10", "10"], None),
    ],
)
def test_only_the_references_programs_contradict_the_tests(
    reference: list[str], weak: list[str], conflict: bool | None
) -> None:
    answers = {
        endpoint: [Answer(text, AnswerKey("tests", text)) for text in texts]
        for endpoint, texts in ((REFERENCE, reference), (WEAK, weak))
    }
    tests = [AssertionTest("assert f(1) == 2"), AssertionTest("assert f(2) == 3")]
    evidence = Evidence(7, None, answers, [], [], tests=tests)
    signs = seed_verdict(evidence, LINE_UP, UNCALIBRATED, Policy()).signs
    assert signs.key_conflict is conflict


def test_a_run_writes_the_signs_beside_the_scores(session: Session) -> None:
    Scored(session, count=12)
    session.expire_all()
    seeds = session.scalars(select(Seed)).all()
    assert all(seed.margin is not None and seed.tie is not None for seed in seeds)
    for seed in seeds:
        assert (seed.interval_width is None) == (seed.agreement is None)
    assert {seed.judge_gap is None for seed in seeds} == {True, False}
    assert {seed.key_conflict for seed in seeds} >= {True, False}
