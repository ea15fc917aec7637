"""Filters and orders read short ranges of their indexes: asked of the planner, over some rows."""

from typing import Any

import pytest
from sqlalchemy import Select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from backend.seeds.filters import SeedFilter, matching_seed_ids
from backend.seeds.orders import Sort, queue_order
from backend.seeds.text_reading import read_texts
from tests.builders import create_source

_ROWS = text("""
    with numbered as (
        select n, nextval('seed_revision_id_seq') as revision_id,
            sha256(n::text::bytea) as content_hash,
            format('Problem %s: how many of %s apples are left over?', n, 7 * n) as prompt
        from generate_series(1, 4000) n
    ), seeds as (
        insert into seed (source_id, external_id, revision_id, content_hash, status, verdict,
            domain, score, attention, margin, interval_width, judge_gap, tie, key_conflict, flagged,
            tags, open_hits)
        select case n % 50 when 0 then :rare else :usual end, n, revision_id, content_hash,
            case n % 3 when 0 then 'accepted' else 'pending' end,
            case n % 50 when 1 then 'hard' else 'easy' end,
            case n % 50 when 2 then 'maths' else 'logic' end,
            n / 4000.0, n * 37 % 4000 / 4000.0, n / 4000.0, n / 4000.0, n / 4000.0,
            n % 100 = 0, n % 101 = 0, n % 102 = 0,
            case n % 99 when 0 then array['geometry'] else '{}' end, (n % 98 = 0)::int
        from numbered
        returning id, revision_id
    ), texts as (
        insert into seed_text (seed_id) select id from seeds
    )
    insert into seed_revision (id, seed_id, number, prompt, content_hash, origin)
    overriding system value
    select revision_id, seeds.id, 1, prompt, content_hash, 'import'
    from numbered join seeds using (revision_id)
""")


@pytest.fixture
def rows(session: Session) -> Session:
    """Four thousand seeds, of which few have each mark."""
    sources = {"rare": create_source(session, "rare").id, "usual": create_source(session).id}
    session.execute(_ROWS, sources)
    while read_texts(session):
        pass
    session.execute(text("analyze seed, seed_text, seed_revision, source"))
    session.execute(text("set local enable_seqscan = off"))
    return session


def plan_of(session: Session, statement: Select[Any]) -> str:
    """How the planner would go about it."""
    compiled = statement.compile(
        dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
    )
    # Percent signs are doubled for the driver, and colons would be parameters.
    query = str(compiled).replace("%%", "%").replace(":", r"\:")
    return "\n".join(session.scalars(text(f"explain {query}")))


ORDERS: list[tuple[Sort, dict[str, Any], str]] = [
    ("attention", {}, "ix_seed_queue"),
    ("score", {}, "ix_seed_score"),
    ("margin", {}, "ix_seed_margin"),
    ("interval", {}, "ix_seed_interval_width"),
    ("judge_gap", {}, "ix_seed_judge_gap"),
    ("attention", {"verdict": "hard"}, "ix_seed_verdict"),
    ("attention", {"domain": "maths"}, "ix_seed_domain"),
    ("attention", {"source": "rare"}, "ix_seed_source"),
    ("attention", {"tie": True}, "ix_seed_marked"),
    ("attention", {"key_conflict": True}, "ix_seed_marked"),
    ("attention", {"flagged": True}, "ix_seed_marked"),
]


@pytest.mark.parametrize(("sort", "wanted", "index"), ORDERS)
def test_queue_reads_a_range_of_an_index_in_its_order(
    rows: Session, sort: Sort, wanted: dict[str, Any], index: str
) -> None:
    # Over so few rows the planner would as soon sort: asked is whether it could do without.
    rows.execute(text("set local enable_bitmapscan = off"))
    rows.execute(text("set local enable_sort = off"))
    wanted_ids = matching_seed_ids(SeedFilter(status="pending", **wanted))
    plan = plan_of(rows, wanted_ids.order_by(*queue_order(sort)).limit(20))
    assert f"using {index} on seed" in plan
    assert "Sort" not in plan


@pytest.mark.parametrize(
    ("wanted", "index"), [({"has_hits": True}, "open_hits"), ({"tag": "geometry"}, "tags")]
)
def test_rare_marks_have_indexes_of_their_own(
    rows: Session, wanted: dict[str, Any], index: str
) -> None:
    assert f"ix_seed_{index}" in plan_of(rows, matching_seed_ids(SeedFilter(**wanted)))


def test_words_and_pieces_are_looked_up_in_their_indexes(rows: Session) -> None:
    plan = plan_of(rows, matching_seed_ids(SeedFilter(q="problem 1234")))
    for index in ("ix_seed_text_words", "ix_seed_text_pieces", "ix_seed_text_unread"):
        assert index in plan
    assert "Seq Scan" not in plan


def test_words_written_alike_are_looked_up_too(rows: Session) -> None:
    plan = plan_of(rows, matching_seed_ids(SeedFilter(q="1234~")))
    assert "ix_seed_text_pieces" in plan
    assert "Seq Scan" not in plan
