"""Seeds with tests: which they have, and how stored programs did on them.

How a program did is stored under the sample and the hash of the tests. Where a seed's tests change,
its programs have not been tried yet; a sample that was stored before a worker died has not either.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.row_sets import among
from backend.science.answer_keys import AnswerKey
from backend.science.code_tests import (
    BadTests,
    CodeTest,
    Outcome,
    hash_of_tests,
    parse_tests,
    pattern_key,
    program_of,
)
from backend.scoring.equivalences import Identity
from backend.scoring.line_up import LineUp, asking_for_programs, serving_samples
from backend.scoring.samples import storable
from backend.scoring.tables import CodeTestRun, Sample
from backend.seeds.tables import Seed, SeedRevision


class SeedTests(NamedTuple):
    """The tests of a seed; `problem` says why they cannot be used, and then there are none."""

    tests: tuple[CodeTest, ...]
    hash: str
    problem: str | None = None


class NewTestRun(NamedTuple):
    """How the program of a sample (`NewSample.identity`) did on the tests of this hash."""

    sample_identity: Identity
    tests_hash: str
    outcomes: Sequence[Outcome]


class StoredProgram(NamedTuple):
    """A response to a seed with tests.

    Attributes:
        identity: of its sample.
        program: what was read out of it, None where it holds none.
        outcomes: how the program did; None where there is none, or it is still to be run.
    """

    identity: Identity
    program: str | None
    outcomes: tuple[Outcome, ...] | None

    @property
    def endpoint_id(self) -> int:
        """Whose response it is."""
        return self.identity[1]

    @property
    def sample_index(self) -> int:
        """Its number among the endpoint's."""
        return self.identity[4]

    @property
    def is_to_be_run(self) -> bool:
        """Whether there is a program of which nothing is known."""
        return self.program is not None and self.outcomes is None

    @property
    def key(self) -> AnswerKey | None:
        """The key of the answer: None where there is no program, or it could not be run."""
        return pattern_key(self.outcomes) if self.outcomes else None


def seed_tests(session: Session, revision_ids: Sequence[int]) -> dict[int, SeedTests]:
    """The tests of those revisions whose seed has any."""
    rows = session.execute(
        select(SeedRevision.id, Seed.extra["tests"].label("tests"))
        .join(Seed, Seed.id == SeedRevision.seed_id)
        .where(among(SeedRevision.id, revision_ids), Seed.extra.has_key("tests"))
    )
    return parsed_tests({row.id: row.tests for row in rows})


def parsed_tests(stored: Mapping[int, Any]) -> dict[int, SeedTests]:
    """The tests of those revisions that have any, from what is stored beside their seeds."""
    found = {revision_id: _parsed(value) for revision_id, value in stored.items()}
    return {revision_id: tests for revision_id, tests in found.items() if tests is not None}


def _parsed(value: Any) -> SeedTests | None:
    try:
        tests = parse_tests(value)
    except BadTests as error:  # of a seed that came in before tests were checked
        return SeedTests((), "", f"the seed's tests cannot be used: {error}")
    return SeedTests(tests, hash_of_tests(tests)) if tests else None


def store_test_runs(session: Session, rows: Iterable[NewTestRun]) -> None:
    """Insert the outcomes that are not there yet.

    Raises:
        KeyError: a sample is not stored.
    """
    rows = sorted(rows, key=lambda row: (row.sample_identity, row.tests_hash))
    if not rows:
        return
    found = session.execute(
        select(Sample.id, *_IDENTITY).where(
            tuple_(*_IDENTITY).in_([row.sample_identity for row in rows])
        )
    )
    sample_ids = {tuple(row[1:]): row[0] for row in found}
    values = [
        {
            "sample_id": sample_ids[row.sample_identity],
            "tests_hash": row.tests_hash,
            "outcomes": [_stored(outcome) for outcome in row.outcomes],
            "seconds": sum(outcome.seconds for outcome in row.outcomes),
        }
        for row in rows
    ]
    session.execute(insert(CodeTestRun).on_conflict_do_nothing(), values)


def _stored(outcome: Outcome) -> dict[str, Any]:
    return outcome._replace(detail=storable(outcome.detail)).stored


def stored_programs(
    session: Session, tests: Mapping[int, SeedTests], line_up: LineUp
) -> dict[int, list[StoredProgram]]:
    """What the line-up answered to revisions with tests, in order; judges aside."""
    answering = [asking_for_programs(entry) for entry in line_up if entry.role != "judge"]
    found: dict[int, list[StoredProgram]] = {revision_id: [] for revision_id in tests}
    if not tests:
        return found
    rows = session.execute(
        select(Sample.id, *_IDENTITY, Sample.response, Sample.finish_reason)
        .where(Sample.id.in_(serving_samples(answering).where(Sample.revision_id.in_(tests))))
        .order_by(Sample.revision_id, Sample.endpoint_id, Sample.sample_index)
    ).all()
    outcomes = _outcomes(session, {row.id: tests[row.revision_id].hash for row in rows})
    for row in rows:
        program = program_of(row.response, row.finish_reason)
        identity = (row[1], row[2], row[3], row[4], row[5], row[6])
        found[row.revision_id].append(StoredProgram(identity, program, outcomes.get(row.id)))
    return found


def _outcomes(session: Session, hash_of: Mapping[int, str]) -> dict[int, tuple[Outcome, ...]]:
    """The outcomes of samples on the tests of these hashes, where they are stored."""
    rows = session.execute(
        select(CodeTestRun.sample_id, CodeTestRun.outcomes).where(
            tuple_(CodeTestRun.sample_id, CodeTestRun.tests_hash).in_(list(hash_of.items()))
        )
    )
    return {row.sample_id: tuple(map(Outcome.of_stored, row.outcomes)) for row in rows}


def outcomes_of_samples(
    session: Session, revision_of: Mapping[int, int]
) -> dict[int, tuple[Outcome, ...]]:
    """How samples did on their seeds' tests of today; of those that have been run.

    Args:
        session: for reading.
        revision_of: the revision of each sample.
    """
    tests = seed_tests(session, sorted(set(revision_of.values())))
    return _outcomes(session, {
        sample_id: tests[revision_id].hash
        for sample_id, revision_id in revision_of.items() if revision_id in tests
    })  # fmt: skip


_IDENTITY = (
    Sample.revision_id, Sample.endpoint_id, Sample.template_hash, Sample.settings_hash,
    Sample.sample_index, Sample.max_tokens,
)  # fmt: skip
