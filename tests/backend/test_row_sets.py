"""Rows that go to the database as one parameter arrive as they were."""

import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.row_sets import among, given_rows, insert_rows, row_set
from backend.scoring.tables import EndpointSpend, PolicyVersion
from tests.builders import create_endpoint, create_policy

TEXTS = [
    "", "null", '"quoted" {x} \\ \'', "line\nline\ttab", "Ω≈ç√ 漢字 😀", "{1,2}", "$1 %(a)s :b",
]  # fmt: skip


def test_rows_are_inserted_in_their_order_with_every_text_and_json_value(session: Session) -> None:
    documents = [{"a": [1, "x", None, {"b": 0.1}]}, [], [[1], [2, 3]], "text", 7, True, {}]
    rows = [
        {"name": text, "version": index, "settings": document}
        for index, (text, document) in enumerate(zip(TEXTS, documents, strict=True))
    ]
    inserted = insert_rows(PolicyVersion, ["name", "version", "settings"])
    session.execute(inserted, given_rows(rows))
    stored = session.scalars(
        select(PolicyVersion).where(PolicyVersion.name.in_(TEXTS)).order_by(PolicyVersion.id)
    )
    assert [
        {"name": row.name, "version": row.version, "settings": row.settings} for row in stored
    ] == rows


def test_amounts_keep_every_digit(session: Session) -> None:
    row = {
        "endpoint_id": create_endpoint(session).id, "calls": 2**62, "prompt_tokens": 0,
        "completion_tokens": 1, "cost": Decimal("1234567890.12345678"),
    }  # fmt: skip
    session.execute(insert_rows(EndpointSpend, list(row)), given_rows([row]))
    stored = session.scalars(select(EndpointSpend)).one()
    assert (stored.calls, stored.cost) == (2**62, Decimal("1234567890.12345678"))


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers_are_written_without_loss(values: list[float]) -> None:
    assert [float(text) for text in _written(values)] == values


def _written(values: list[float]) -> list[str]:
    listed = given_rows([{"value": value} for value in values])["rows"][1:-1]
    return [row.removeprefix('{"value":').removesuffix("}") for row in listed.split(",") if row]


def test_absent_values_are_null(session: Session) -> None:
    given = row_set("given", {"id": PolicyVersion.id, "name": PolicyVersion.name})
    found = session.execute(
        select(given.c.id, given.c.name), given_rows([{"id": 1, "name": None}, {"name": "x"}])
    )
    assert found.all() == [(1, None), (None, "x")]


def test_references_have_their_types_whatever_is_imported_first() -> None:
    code = (
        "import backend.scoring.spend as s; "
        "from sqlalchemy.dialects.postgresql import dialect; "
        "print(s._ADD_RUN.compile(dialect=dialect()))"
    )
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "run_id BIGINT" in made.stdout


def test_value_that_no_column_takes_is_refused() -> None:
    with pytest.raises(TypeError):
        given_rows([{"value": object()}])


@pytest.mark.parametrize("chosen", [[], [0], [0, 2], [2, 2, 1]])
def test_rows_are_found_among_any_number_of_values(session: Session, chosen: list[int]) -> None:
    ids = [create_policy(session).id for _ in range(3)]
    wanted = {ids[index] for index in chosen}
    found = session.scalars(
        select(PolicyVersion.id).where(among(PolicyVersion.id, [ids[index] for index in chosen]))
    )
    assert set(found) == wanted


def test_statement_is_the_same_for_any_number_of_values(session: Session) -> None:
    counts = [
        str(select(func.count()).where(among(PolicyVersion.id, range(size))).compile())
        for size in (0, 1, 100)
    ]
    assert len(set(counts)) == 1
