"""Lineage asks a constant number of questions, each answered by an index where there are many."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from fastapi.testclient import TestClient
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session

from tests.builders import create_sample, create_seed
from tests.lineages import get, lived, make_child
from tests.mixtures import frozen, made

MANY: Final = 10_000
FIRST: Final = 1_000_000
"""The numbers of rows that only make tables long begin here."""

_FILLING: Final = [
    "insert into seed (id, source_id, external_id, revision_id, content_hash, status) "
    "select n, (select min(id) from source), n, n, int8send(n), 'accepted' from numbers",
    "insert into seed_revision (id, seed_id, number, prompt, content_hash, origin) "
    "select n, n, 1, 'What is ' || n, int8send(n), 'import' from numbers",
    "insert into sample (id, revision_id, endpoint_id, run_id, template_hash, settings_hash, "
    "sample_index, max_tokens, response, prompt_tokens, completion_tokens, cost, latency_ms) "
    "select n, n, (select min(id) from endpoint), (select min(id) from run), 't', 's', 0, 9, '', "
    "1, 1, 0, 1 from numbers",
    "insert into judgment (sample_id, revision_id, rubric_hash) select n, n, 'r' from numbers",
    "insert into trace (sample_id, revision_id, endpoint_id, run_id, state, evidence, "
    "thinking_tokens, answer_tokens, key_origin, reference_answer, reference_key) "
    "select n, n, (select min(id) from endpoint), (select min(id) from run), 'kept', '{}', 1, 1, "
    "'given', '', '' from numbers",
    "insert into teachability (revision_id, policy_id, key_origin, reliability, suspect, hard, "
    "teachable, easy, score, score_low, score_high, verdict) "
    "select n, (select min(id) from policy), 'given', 1, 0, 0, 1, 0, 1, 1, 1, 'teachable' "
    "from numbers",
    "insert into decision (seed_id, revision_id, user_id, kind, before, after) "
    "select n, n, (select min(id) from user_account), 'accept', '{}', '{}' from numbers",
    "insert into rating (revision_id, user_id, rubric_version) "
    "select n, (select min(id) from user_account), '2' from numbers",
    "insert into rewrite (seed_id, base_revision_id, revision_id, kind, why, author_id, token) "
    "select n, n, n, 'proof_to_answer', '', (select min(id) from user_account), "
    "gen_random_uuid() from numbers",
    "insert into seed_parent (seed_id, parent_id, parent_revision_id, kind, endpoint_id, "
    "template_hash, sample_id, answer, why) select n, n, n, 'harder', "
    "(select min(id) from endpoint), 't', n, '', '' from numbers",
    "insert into seed_takedown (seed_id, reason, note, batch, created_by) select n, 'other', '', "
    "gen_random_uuid(), (select min(id) from user_account) from numbers",
    "insert into import_change (import_id, seed_id, before) "
    "select (select min(id) from seed_import), n, '{}' from numbers",
    "insert into mixture_row (version_id, position, seed_id, revision_id, copy, weight, split, "
    "tokens, family) select (select min(id) from mixture_version), n, n, n, 0, 1, 'train', 1, n "
    "from numbers",
    "insert into export (name, layout, filter, settings, created_by) "
    "select 'long', 'rl', '{}', '{}', min(id) from user_account",
    "insert into export_row (export_id, position, seed_id, revision_id) "
    "select (select min(id) from export), n, n, n from numbers",
    "insert into pair_judgment (endpoint_id, question_hash, seed_hash, item_hash, verdict, "
    "prompt_tokens, completion_tokens, cost) select (select min(id) from endpoint), 'q', "
    "int8send(n), 'i', 'same', 1, 1, 0 from numbers",
]
LONG: Final = {statement.split()[2] for statement in _FILLING} - {"export"}


def fill(connection: Connection) -> None:
    """Make every table long that grows with seeds, and let the planner know."""
    numbers = f"with numbers as (select generate_series({FIRST}, {FIRST + MANY - 1}) as n) "
    for statement in _FILLING:
        connection.execute(text(numbers + statement))
    for table in sorted(LONG):
        connection.execute(text(f"analyze {table}"))


@contextmanager
def statements(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """What is read from the database meanwhile."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    yield asked
    event.remove(connection, "before_cursor_execute", note)


def read_whole(connection: Connection, statement: str, parameters: Any) -> set[str]:
    """The long tables that a statement reads from end to end."""
    plan = connection.exec_driver_sql(f"explain (format json) {statement}", parameters).scalar()
    return {
        node["Relation Name"]
        for node in _nodes(plan[0]["Plan"])
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in LONG
    }


def _nodes(plan: Any) -> Iterator[Any]:
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)


def of_any_length(statement: str) -> str:
    """The statement without how many values it is given."""
    return re.sub(r"(%\(\w+\)s(::\w+)?(, )?)+", "?", statement)


def test_number_of_questions_does_not_grow(
    session: Session, client: TestClient, connection: Connection
) -> None:
    life = lived(session, client)
    path = f"seeds/{life.seed.id}"
    with statements(connection) as few:
        get(client, path)
    for index in range(20):
        create_sample(session, life.seed, index=index + 10)
        make_child(session, life.seed, create_seed(session))
    session.commit()
    with statements(connection) as many:
        get(client, path)
    assert [of_any_length(asked) for asked, _ in many] == [of_any_length(asked) for asked, _ in few]
    assert len(few) < 30


def test_no_question_reads_a_long_table_from_end_to_end(
    session: Session, client: TestClient, woken: list[int], connection: Connection
) -> None:
    life = lived(session, client)
    child = create_seed(session)
    make_child(session, life.seed, child)
    held = frozen(client, woken, made(client)["id"])
    paths = [f"seeds/{life.seed.id}", f"seeds/{child.id}"]
    fill(connection)
    with statements(connection) as asked:
        for path in paths:
            get(client, path)
        get(client, "rows", version_id=held["id"], position=0)
    whole = {
        statement: tables
        for statement, parameters in asked
        if not is_of_sources(statement)
        and (tables := read_whole(connection, statement, parameters))
    }
    assert whole == {}


def is_of_sources(statement: str) -> bool:
    """Whether it counts how sources fare: anew while seeds are few, kept where they are many."""
    return "count(*) FILTER" in statement or "SELECT count(*) AS count_1 \nFROM (" in statement
