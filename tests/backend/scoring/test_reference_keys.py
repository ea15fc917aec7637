"""What a response is held against: tests, a given answer, votes that are trusted, or nothing."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from backend.scoring.code_tests import seed_tests
from backend.scoring.reference_keys import NO_KEY, NoKey, ReferenceKey, reference_keys
from backend.seeds.tables import Seed
from tests.builders import create_seed, create_teachability

CLASSES = {
    "classes": [
        {"is_reference": True, "keys": ["decimal:0.50", "rational:1/2"]},
        {"is_reference": False, "keys": ["integer:3"]},
    ]
}


def _key(session: Session, seed: Seed, given: str | None = None) -> ReferenceKey | NoKey:
    revision_id = seed.revision_id
    tests = seed_tests(session, [revision_id])
    return reference_keys(session, {revision_id: given}, tests, 0.9)[revision_id]


def test_tests_come_before_a_given_answer_and_that_before_votes(session: Session) -> None:
    tested = create_seed(session, answer="7", extra={"tests": ["assert f(1) == 2"]})
    assert _key(session, tested, "7").origin == "tests"  # type: ignore[union-attr]
    seed = create_seed(session, answer="7")
    create_teachability(session, seed)
    found = _key(session, seed, "7")
    assert isinstance(found, ReferenceKey)
    assert (found.origin, found.answer, str(found.key)) == ("given", "7", "integer:7")


def test_all_keys_of_the_votes_class_are_right(session: Session) -> None:
    seed = create_seed(session)
    create_teachability(session, seed, plurality=CLASSES, reference_key="rational:1/2")
    found = _key(session, seed)
    assert isinstance(found, ReferenceKey)
    assert found.origin == "plurality"
    assert sorted(map(str, found.alike)) == ["decimal:0.50", "rational:1/2"]


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        (None, NO_KEY),
        ({"key_origin": "none", "reference_key": None}, NO_KEY),
        ({"suspect": 0.11}, "the votes' answer is right with probability 0.89, and 0.90 is asked"),
    ],
)
def test_votes_that_are_not_there_or_not_trusted_are_no_key(
    session: Session, verdict: dict[str, Any] | None, reason: str
) -> None:
    seed = create_seed(session)
    if verdict is not None:
        create_teachability(session, seed, **verdict)
    assert _key(session, seed) == NoKey(reason)


def test_the_newest_verdict_counts(session: Session) -> None:
    seed = create_seed(session)
    create_teachability(session, seed, reference_key="integer:41")
    create_teachability(session, seed, reference_key="integer:42")
    found = _key(session, seed)
    assert isinstance(found, ReferenceKey)
    assert str(found.key) == "integer:42"


@pytest.mark.parametrize("given", ["because the demand for it fell", "word " * 400])
def test_free_words_and_documents_are_no_key(session: Session, given: str) -> None:
    found = _key(session, create_seed(session, answer=given), given)
    assert isinstance(found, NoKey)
    assert "free words" in found.reason


def test_tests_that_cannot_be_used_say_so(session: Session) -> None:
    found = _key(session, create_seed(session, extra={"tests": [17]}))
    assert isinstance(found, NoKey)
    assert "tests cannot be used" in found.reason
