"""What models' answers to a rewrite say of it."""

import pytest

from backend.science.answer_keys import AnswerKey
from backend.science.plurality import plurality
from backend.science.rewrite_measures import (
    Agreement,
    OwnAnswer,
    Said,
    difficulty_kept,
    reference_decisive,
    second_family_agrees,
)


def said(answers: str, model: str = "oracle") -> Said:
    """Votes of one digit each; a dot is a response without an answer."""
    votes = plurality([None if digit == "." else AnswerKey("integer", digit) for digit in answers])
    return Said(model, votes, votes.winner and votes.winner.value)


@pytest.mark.parametrize(
    ("answers", "own", "trust", "outcome", "evidence"),
    [
        ("55555555", None, 0.93, "passed", "8 of 8 of oracle say 5, margin 1.00"),
        ("55555555", True, 0.93, "passed", "right with probability 0.93"),
        ("55555555", False, 0.93, "failed", "the reference answers 5, the rewrite says 7: 8 of 8"),
        ("55555666", False, 0.70, "unknown", "the reference answers 5, the rewrite says 7"),
        ("55555555", None, 0.89, "unknown", "and 0.90 is asked"),
        ("55555555", None, 0.90, "passed", "say 5"),
        ("55555555", True, 0.89, "unknown", "and 0.90 is asked"),
        ("55123478", None, 0.48, "failed", "2 of 8"),
        ("551", None, 0.40, "unknown", "2 of 3"),
        ("55", True, 0.95, "passed", "2 of 2"),
        ("55556666", None, 0.0, "failed", "settles on no answer: 4 to 4"),
        ("56", None, 0.0, "unknown", "settles on no answer: 1 to 1"),
        ("........", None, 0.0, "unknown", "8 of 8 without an answer"),
        ("", None, 0.0, "unknown", "has not answered"),
    ],
)
def test_reference_is_decisive(
    answers: str, own: bool | None, trust: float, outcome: str, evidence: str
) -> None:
    mine = None if own is None else OwnAnswer("5" if own else "7", own)
    found = reference_decisive(said(answers), mine, trust, 0.9)
    assert found.outcome == outcome
    assert evidence in found.evidence


def test_answer_in_words_that_nobody_compared_is_unknown() -> None:
    own = OwnAnswer("five, as one sees at once", None)
    found = reference_decisive(said("5555"), own, 0.95, 0.9)
    assert found.outcome == "unknown"
    assert "could not be found out" in found.evidence


@pytest.mark.parametrize(
    ("second", "first", "same", "outcome", "evidence"),
    [
        ("555", "5555", True, "passed", "3 of 3 of other say 5"),
        ("666", "5555", False, "failed", "3 of 3 of other say 6, and the reference answers 5"),
        ("66.", "5555", False, "failed", "2 of 3 of other say 6"),
        ("56", "5555", None, "unknown", "1 to 1"),
        ("555", "56", None, "unknown", "no answer of oracle to confirm"),
        ("", "5555", None, "unknown", "has not answered"),
        ("555", "5555", None, "unknown", "could not be found out"),
    ],
)
def test_second_family(
    second: str, first: str, same: bool | None, outcome: str, evidence: str
) -> None:
    found = second_family_agrees(said(second, "other"), said(first), same)
    assert found.outcome == outcome
    assert evidence in found.evidence


def test_without_a_second_family_nothing_is_known_of_it() -> None:
    assert second_family_agrees(None, said("5555"), None).outcome == "unknown"


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        ((4, 16, "teachable"), (5, 16, "teachable"), "passed"),
        ((4, 16, "teachable"), (15, 16, "unsettled"), "failed"),  # .08 to .49, then .74 to 1
        ((6, 16, "teachable"), (12, 16, "teachable"), "passed"),  # .18 to .62, then .51 to .91
        ((6, 8, "teachable"), (8, 8, "easy"), "failed"),
        ((6, 8, "unsettled"), (8, 8, "easy"), "passed"),
        ((32, 32, "easy"), (32, 32, "easy"), "passed"),
        ((14, 16, "easy"), (2, 16, "teachable"), "passed"),
        ((0, 3, "hard"), (16, 16, "easy"), "unknown"),
        ((0, 16, "hard"), (3, 3, "easy"), "unknown"),
        ((0, 16, "suspect"), (16, 16, "easy"), "unknown"),
        ((0, 16, "hard"), (0, 16, "suspect"), "unknown"),
    ],
)
def test_difficulty_is_kept(
    before: tuple[int, int, str], after: tuple[int, int, str], outcome: str
) -> None:
    found = difficulty_kept("weak", Agreement(*before), Agreement(*after))
    assert found.outcome == outcome
    assert found.figures["after"]["total"] == after[1]


def test_both_intervals_stand_in_the_evidence() -> None:
    found = difficulty_kept("weak", Agreement(4, 16, "teachable"), Agreement(16, 16, "unsettled"))
    assert found.evidence == (
        "weak gave the key in 4 of 16 (0.09 to 0.49) before, in 16 of 16 (0.86 to 1.00) after: "
        "clearly easier"
    )
    assert found.figures["before"] == pytest.approx(
        {"matching": 4, "total": 16, "low": 0.0908, "high": 0.4907}, abs=1e-4
    )


def test_it_is_said_where_a_rewrite_became_harder() -> None:
    found = difficulty_kept("weak", Agreement(15, 16, "easy"), Agreement(1, 16, "hard"))
    assert (found.outcome, found.evidence.endswith(": harder than before")) == ("passed", True)


def test_original_that_nobody_answered_says_nothing() -> None:
    assert difficulty_kept("weak", None, Agreement(8, 8, "easy")).outcome == "unknown"


def test_rewrite_without_a_key_says_nothing() -> None:
    assert difficulty_kept("weak", Agreement(4, 16, "teachable"), None).outcome == "unknown"
