"""The key that a response is held against: a seed's tests, its given answer, or trusted votes."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from backend.row_sets import among
from backend.science.answers import AnswerKey, canonical_key
from backend.science.code_tests import gold_key
from backend.science.judged_equivalence import is_free_words
from backend.scoring.code_tests import SeedTests
from backend.scoring.tables import Teachability

NO_KEY = "there is no answer to verify against: give the seed one, or score it with a reference"


class ReferenceKey(NamedTuple):
    """An answer that is taken for right.

    Attributes:
        origin: where it comes from.
        answer: as it was written.
        key: its key.
        alike: further keys that the votes have found to say the same.
    """

    origin: Literal["given", "plurality", "tests"]
    answer: str
    key: AnswerKey
    alike: frozenset[AnswerKey] = frozenset()


class NoKey(NamedTuple):
    """Why nothing can be held against a seed's answer."""

    reason: str


def reference_keys(
    session: Session,
    given: Mapping[int, str | None],
    tests: Mapping[int, SeedTests],
    threshold: float,
) -> dict[int, ReferenceKey | NoKey]:
    """The key of each revision, or why it has none.

    Args:
        session: for reading.
        given: the given answer of each revision.
        tests: of those revisions that have any.
        threshold: the probability of being right from which on votes are trusted.
    """
    keys: dict[int, ReferenceKey | NoKey] = {}
    for revision_id, answer in given.items():
        if revision_id in tests:
            keys[revision_id] = _of_tests(tests[revision_id])
        elif (key := canonical_key(answer)) is not None and answer is not None:
            keys[revision_id] = ReferenceKey("given", answer, key)
    unanswered = [revision_id for revision_id in given if revision_id not in keys]
    verdicts = newest_verdicts(session, unanswered)
    for revision_id in unanswered:
        keys[revision_id] = _of_votes(verdicts.get(revision_id), threshold)
    return {revision_id: _comparable(key) for revision_id, key in keys.items()}


def _of_tests(tests: SeedTests) -> ReferenceKey | NoKey:
    if tests.problem is not None:
        return NoKey(tests.problem)
    return ReferenceKey("tests", "passes all tests", gold_key(tests.tests))


def _of_votes(verdict: Teachability | None, threshold: float) -> ReferenceKey | NoKey:
    if verdict is None or verdict.key_origin != "plurality" or verdict.reference_key is None:
        return NoKey(NO_KEY)
    trust = 1 - verdict.suspect
    if trust < threshold:
        return NoKey(
            f"the votes' answer is right with probability {trust:.2f}, and {threshold:.2f} is asked"
        )
    alike = {
        AnswerKey.parse(key)
        for found in verdict.plurality.get("classes", ())
        if found["is_reference"]
        for key in found["keys"]
    }
    key = AnswerKey.parse(verdict.reference_key)
    return ReferenceKey("plurality", verdict.reference_answer or key.value, key, frozenset(alike))


def _comparable(key: ReferenceKey | NoKey) -> ReferenceKey | NoKey:
    """Answers in free words differ in wording alone, which no rule can tell."""
    if isinstance(key, ReferenceKey) and key.origin != "tests" and is_free_words(key.key):
        return NoKey("its answer is in free words: no rule can hold another answer against it")
    return key


def newest_verdicts(session: Session, revision_ids: Sequence[int]) -> dict[int, Teachability]:
    """The verdict that was computed last for each revision that has one."""
    rows = session.scalars(
        select(Teachability)
        .where(among(Teachability.revision_id, revision_ids))
        .ext(distinct_on(Teachability.revision_id))
        .order_by(Teachability.revision_id, Teachability.created_at.desc(), Teachability.id.desc())
    )
    return {row.revision_id: row for row in rows}
