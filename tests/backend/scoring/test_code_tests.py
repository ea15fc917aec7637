"""How programs did is stored once for each list of tests, and what is still to be run is known."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.science.answer_keys import AnswerKey
from backend.science.code_tests import Outcome
from backend.scoring.code_tests import (
    NewTestRun,
    StoredProgram,
    seed_tests,
    store_test_runs,
    stored_programs,
)
from backend.scoring.evidence import evidence_of
from backend.scoring.line_up import LineUpEntry, asking_for_programs, entry_of
from backend.scoring.samples import NewSample, store_samples
from backend.scoring.tables import CodeTestRun
from backend.seeds.service import add_revision
from backend.seeds.tables import Seed
from tests.builders import create_endpoint, create_seed

TESTS = ["assert add(1, 2) == 3", "assert add(2, 2) == 4"]
PROGRAM = "```python\ndef add(a, b):\n    return 3\n```"
OUTCOMES = [Outcome("passed", "", 0.5), Outcome("failed", "3 == 4", 0.25)]


def _seed(session: Session, tests: Any = TESTS) -> Seed:
    return create_seed(session, extra={"tests": tests, "level": 1})


def _reply(
    seed: Seed, entry: LineUpEntry, index: int = 0, response: str = PROGRAM, **fields: Any
) -> NewSample:
    sample = NewSample(
        seed.revision_id, entry.endpoint_id, asking_for_programs(entry).template_hash,
        entry.settings_hash, index,
        entry.sampling.max_tokens, response, None, "stop", None, None, 10, 4, Decimal(0), 120,
    )  # fmt: skip
    return sample._replace(**fields)


def _entry(session: Session, role: Any = "weak") -> LineUpEntry:
    return entry_of(create_endpoint(session, role), role, 4)


def _programs(session: Session, seed: Seed, *line_up: LineUpEntry) -> list[StoredProgram]:
    found = seed_tests(session, [seed.revision_id])
    return stored_programs(session, found, line_up)[seed.revision_id]


def test_only_seeds_with_tests_have_some_in_every_wording(session: Session) -> None:
    seed, without, empty = _seed(session), create_seed(session), _seed(session, [])
    old = seed.revision_id
    new = add_revision(session, seed, "Another wording?", None, "edit", None).id
    found = seed_tests(session, [old, new, without.revision_id, empty.revision_id])
    assert found.keys() == {old, new}
    assert found[old] == found[new]
    assert [test[0] for test in found[old].tests] == TESTS


def test_tests_that_came_in_before_they_were_checked_say_what_is_wrong(session: Session) -> None:
    seed = _seed(session, {"inputs": []})
    [found] = seed_tests(session, [seed.revision_id]).values()
    assert (found.tests, found.problem) == (
        (), "the seed's tests cannot be used: tests must be an array",
    )  # fmt: skip


def test_outcomes_are_stored_once_and_come_back_as_keys(session: Session) -> None:
    seed, entry = _seed(session), _entry(session)
    tests = seed_tests(session, [seed.revision_id])[seed.revision_id]
    sample = _reply(seed, entry)
    store_samples(session, None, [sample])
    store_test_runs(session, [NewTestRun(sample.identity, tests.hash, OUTCOMES)])
    store_test_runs(session, [NewTestRun(sample.identity, tests.hash, OUTCOMES[:1] * 2)])
    [program] = _programs(session, seed, entry)
    assert program.outcomes == tuple(OUTCOMES)
    assert program.key == AnswerKey("tests", "10")
    assert (program.endpoint_id, program.sample_index) == (entry.endpoint_id, 0)
    assert session.scalar(select(CodeTestRun.seconds)) == 0.75


def test_what_was_not_run_before_a_worker_died_is_known(session: Session) -> None:
    seed, weak, judge = _seed(session), _entry(session), _entry(session, "judge")
    tests = seed_tests(session, [seed.revision_id])[seed.revision_id]
    samples = [_reply(seed, weak, 0), _reply(seed, weak, 1), _reply(seed, weak, 2, "I do not know")]
    others = [_reply(seed, judge), _reply(seed, weak, settings_hash="hot")]
    store_samples(session, None, samples + others)
    store_test_runs(session, [NewTestRun(samples[0].identity, tests.hash, OUTCOMES)])
    programs = _programs(session, seed, weak, judge)
    assert [program.is_to_be_run for program in programs] == [False, True, False]
    assert [program.key for program in programs] == [AnswerKey("tests", "10"), None, None]
    assert programs[1].program == "def add(a, b):\n    return 3\n"


def test_other_tests_make_all_programs_untried(session: Session) -> None:
    seed, entry = _seed(session), _entry(session)
    tests = seed_tests(session, [seed.revision_id])[seed.revision_id]
    sample = _reply(seed, entry)
    store_samples(session, None, [sample])
    store_test_runs(session, [NewTestRun(sample.identity, tests.hash, OUTCOMES)])
    seed.extra = {"tests": TESTS[:1]}
    session.flush()
    [program] = _programs(session, seed, entry)
    assert program.is_to_be_run
    [shown] = evidence_of(session, [seed.revision_id])[seed.revision_id].samples
    assert shown.tests is None
    changed = seed_tests(session, [seed.revision_id])[seed.revision_id]
    store_test_runs(session, [NewTestRun(sample.identity, changed.hash, OUTCOMES[:1])])
    assert session.scalar(select(func.count()).select_from(CodeTestRun)) == 2
    assert _programs(session, seed, entry)[0].key == AnswerKey("tests", "1")


def test_programs_that_are_no_python_have_no_key(session: Session) -> None:
    seed, entry = _seed(session), _entry(session)
    tests = seed_tests(session, [seed.revision_id])[seed.revision_id]
    sample = _reply(seed, entry)
    store_samples(session, None, [sample])
    outcomes = [Outcome("unrunnable", "SyntaxError: half a pair \ud800\0", 0)] * 2
    store_test_runs(session, [NewTestRun(sample.identity, tests.hash, outcomes)])
    [program] = _programs(session, seed, entry)
    assert (program.key, program.is_to_be_run) == (None, False)


def test_outcomes_of_a_sample_that_is_not_stored_are_refused(session: Session) -> None:
    seed, entry = _seed(session), _entry(session)
    with pytest.raises(KeyError):
        store_test_runs(session, [NewTestRun(_reply(seed, entry).identity, "hash", OUTCOMES)])


def test_evidence_shows_how_each_program_did(session: Session) -> None:
    seed, entry = _seed(session), _entry(session)
    tests = seed_tests(session, [seed.revision_id])[seed.revision_id]
    samples = [_reply(seed, entry, 0), _reply(seed, entry, 1, "I do not know")]
    store_samples(session, None, samples)
    store_test_runs(session, [NewTestRun(samples[0].identity, tests.hash, OUTCOMES)])
    first, second = evidence_of(session, [seed.revision_id])[seed.revision_id].samples
    assert first.tests is not None
    assert [(test.result, test.detail) for test in first.tests] == [
        ("passed", ""), ("failed", "3 == 4"),
    ]  # fmt: skip
    assert (first.answer, first.answer_key) == ("passes 1 of 2 tests", "tests:10")
    assert (second.tests, second.answer_key) == (None, None)
