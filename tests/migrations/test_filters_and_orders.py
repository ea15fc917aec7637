"""Signs are filled from stored verdicts as scoring writes them; texts wait for a worker."""

import json
from typing import Any

import pytest

from backend.science.calibration import UNCALIBRATED
from backend.science.rubric import Verdict
from backend.science.teachability_policy import Policy
from backend.scoring.signs import Signs
from backend.scoring.verdicts import Evidence, seed_verdict
from tests.backend.scoring.test_verdicts import LINE_UP, OTHER, REFERENCE, WEAK, _answers, _entry
from tests.migrations.conftest import Database

BEFORE, AFTER = "b84d1f60c2a7", "c41f7e0a93d6"

# The reference's answers, those of two weak models, the given answer, and the judges' levels.
KNOWN: list[tuple[str, str, str, str | None, list[int]]] = [
    ("5555566.", "5566", "5", None, [2, 4]),
    ("5566", "5555", "", None, [3]),
    ("5555", "6675", "", None, []),
    ("5555", "6655", "66", None, [5]),
    ("5555", "6677", "", None, [1]),
    ("6666", "5555", "", "5", [1, 2, 2]),
    ("", "6666", "", "5", []),
    ("", "", "", "5", [4]),
    ("....", "....", "", None, []),
]


def _stored(number: int, database: Database) -> Signs:
    reference, weak, other, given, levels = KNOWN[number - 1]
    answers = {REFERENCE: _answers(reference), WEAK: _answers(weak), OTHER: _answers(other)}
    judged = [Verdict(3, level, "") for level in levels]
    line_up = [*LINE_UP, _entry(OTHER, "weak")]
    found = seed_verdict(
        Evidence(number, given, answers, judged, []), line_up, UNCALIBRATED, Policy()
    )
    columns = found.columns
    _insert(database, number, {"agreement": found.agreement, "verdict": columns["verdict"]})
    values = {
        name: json.dumps(value) if isinstance(value, list | dict) else value
        for name, value in columns.items()
    }
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    database.run(f"insert into teachability (policy_id, {names}) values (1, {places})", **values)
    for index, level in enumerate(levels):
        _judge(database, number, index, level)
    return found.signs


def _insert(database: Database, number: int, values: dict[str, Any]) -> None:
    database.run(
        "with one as (insert into seed (source_id, external_id, revision_id, content_hash, "
        "verdict, agreement) values (1, :name, :number, :hash, :verdict, :agreement)) "
        "insert into seed_revision (id, seed_id, number, prompt, content_hash, origin) "
        "values (:number, :number, 1, 'What?', :hash, 'import')",
        name=str(number), number=number, hash=str(number).encode(), **values,
    )  # fmt: skip


def _judge(database: Database, number: int, index: int, level: int) -> None:
    [(sample,)] = database.run(
        "insert into sample (revision_id, endpoint_id, template_hash, settings_hash, sample_index, "
        "max_tokens, response, prompt_tokens, completion_tokens, cost, latency_ms) "
        "values (:number, 1, 't', 's', :index, 64, '', 1, 1, 0, 1) returning id",
        number=number, index=index,
    )  # fmt: skip
    database.run(
        "insert into judgment (sample_id, revision_id, rubric_hash, steps, difficulty) "
        "values (:sample, :number, 'r', 3, :level)",
        sample=sample, number=number, level=level,
    )  # fmt: skip


@pytest.fixture
def database(empty_database: Database) -> Database:
    """As it was before; downgrades work too."""
    empty_database.up(AFTER)
    empty_database.down(BEFORE)
    empty_database.run("insert into source (name) values ('test')")
    empty_database.run("insert into policy (name, version, settings) values ('default', 1, '{}')")
    empty_database.run(
        "insert into endpoint (name, base_url, model, role, sampling) "
        "values ('judge', 'http://127.0.0.1:9/v1', 'm', 'judge', '{}')"
    )
    return empty_database


def test_signs_are_those_that_scoring_would_write(database: Database) -> None:
    expected = [_stored(number, database) for number in range(1, len(KNOWN) + 1)]
    database.up(AFTER)
    rows = database.run(f"select {', '.join(Signs._fields)} from seed order by id")
    for row, signs in zip(rows, expected, strict=True):
        assert row == pytest.approx(tuple(signs))
    assert database.run("select distinct tags from seed") == [([],)]


def test_texts_wait_for_a_worker_that_a_job_calls(database: Database) -> None:
    _stored(1, database)
    database.up(AFTER)
    assert database.run("select seed_id, words from seed_text") == [(1, None)]
    assert database.run("select kind, state from job") == [("seeds.read_texts", "queued")]
    database.down(BEFORE)
    assert database.run("select * from job") == []


def test_nothing_waits_where_there_are_no_seeds(database: Database) -> None:
    database.up(AFTER)
    assert database.run("select * from job") == []
