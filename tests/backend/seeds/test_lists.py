"""Lists of seeds: pages, orders, filters and counts."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from backend.seeds import lists
from backend.seeds.filters import SeedFilter, matching_seed_ids
from backend.seeds.orders import SORTS, Sort, queue_order
from backend.seeds.schemas import SeedListQuery
from backend.seeds.tables import STATUSES
from tests.builders import create_seed
from tests.conftest import ClientFactory

# What each order goes by, and whether its smallest value comes first.
KEYS = {
    "attention": ("attention", False), "score": ("score", False), "margin": ("margin", True),
    "interval": ("interval_width", False), "judge_gap": ("judge_gap", False),
}  # fmt: skip
VALUES = st.sampled_from([None, None, 0.0, 0.5, 0.5, 1.0, 0.1 + 0.2])


def all_pages(session: Session, **query: Any) -> list[int]:
    found: list[int] = []
    after = None
    while True:
        page = lists.list_seeds(session, SeedListQuery(after=after, **query))
        found += [seed.id for seed in page.items]
        if page.next is None:
            return found
        after = page.next


@given(
    rows=st.lists(st.tuples(VALUES, st.sampled_from(STATUSES)), max_size=12),
    limit=st.integers(1, 5),
)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.parametrize("sort", SORTS)
def test_pages_together_are_the_whole_in_order(
    connection: Connection, sort: Sort, rows: list[tuple[float | None, str]], limit: int
) -> None:
    name, smallest_first = KEYS.get(sort, ("score", False))
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        seeds = [create_seed(session, status=status, **{name: value}) for value, status in rows]
        rank: dict[int, tuple[Any, ...]] = {}
        for seed, (value, _) in zip(seeds, rows, strict=True):
            size = 0.0 if value is None or sort == "newest" else value
            first = -size if smallest_first else size
            rank[seed.id] = (value is not None or sort == "newest", first, seed.id)
        expected = sorted(rank, key=lambda seed_id: rank[seed_id], reverse=True)
        assert all_pages(session, sort=sort, limit=limit) == expected
        pending = [seed.id for seed in seeds if seed.status == "pending"]
        of_status = [seed_id for seed_id in expected if seed_id in pending]
        assert all_pages(session, sort=sort, limit=limit, status="pending") == of_status
        queued = matching_seed_ids(SeedFilter(status="pending")).order_by(*queue_order(sort))
        assert list(session.scalars(queued)) == of_status


def test_page_stays_right_when_seeds_come_and_go(session: Session) -> None:
    seeds = [create_seed(session, score=n / 10) for n in range(6)]
    first = lists.list_seeds(session, SeedListQuery(sort="score", limit=2))
    create_seed(session, score=0.95)
    seeds[5].score = None
    session.flush()
    rest = lists.list_seeds(session, SeedListQuery(sort="score", limit=9, after=first.next))
    shown = [seed.id for seed in rest.items]
    assert shown == [seed.id for seed in (*seeds[3::-1], seeds[5])]


FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"plain", "accepted", "scored", "contaminated", "answered"}),
    ({"status": "accepted"}, {"accepted"}),
    ({"verdict": "hard"}, {"scored"}),
    ({"domain": "maths"}, {"scored", "answered"}),
    ({"domain": "maths", "verdict": "hard"}, {"scored"}),
    ({"source": "gsm8k"}, {"answered"}),
    ({"source": "nowhere"}, set()),
    ({"flagged": True}, {"accepted"}),
    ({"has_hits": True}, {"contaminated"}),
    ({"has_hits": False, "has_answer": True}, {"answered"}),
    ({"min_score": 0.5}, {"scored"}),
    ({"q": "APPLES"}, {"plain"}),
    ({"q": "100%"}, {"answered"}),
    ({"q": "snake_case"}, {"contaminated"}),
]


@pytest.mark.parametrize(("wanted", "expected"), FILTERS, ids=[str(each[0]) for each in FILTERS])
def test_filter_finds_what_matches(
    client: TestClient, session: Session, wanted: dict[str, Any], expected: set[str]
) -> None:
    create_seed(session, "Two Apples?", external_id="plain")
    create_seed(session, external_id="accepted", status="accepted", flagged=True)
    create_seed(session, external_id="scored", verdict="hard", score=0.5, domain="maths")
    create_seed(session, "snake_case?", external_id="contaminated", open_hits=2)
    create_seed(
        session, "100% of 4?", "4", "gsm8k", external_id="answered", domain="maths", score=0.4
    )
    create_seed(session, external_id="withdrawn", withdrawn_at="2026-01-01T00:00:00Z")
    session.commit()
    page = client.get("/v1/seeds", params=wanted).json()
    assert {seed["external_id"] for seed in page["items"]} == expected
    assert page["total"] == len(expected)
    assert client.get("/v1/seeds/facets", params=wanted).json()["total"] == len(expected)


def test_row_shows_the_start_of_the_prompt(client: TestClient, session: Session) -> None:
    seed = create_seed(session, "é" * 1000, "42", domain="maths")
    session.commit()
    (shown,) = client.get("/v1/seeds").json()["items"]
    assert shown["prompt"] == "é" * 300
    assert (shown["id"], shown["answer"], shown["source"]) == (seed.id, "42", "test")


def test_facets_count_by_value(client: TestClient, session: Session) -> None:
    create_seed(session, domain="maths", verdict="hard")
    create_seed(session, domain="maths", status="accepted")
    create_seed(session, source="other")
    session.commit()
    assert client.get("/v1/seeds/facets").json() == {
        "total": 3,
        "status": {"pending": 2, "accepted": 1},
        "verdict": {"hard": 1},
        "domain": {"maths": 2},
        "source": {"test": 2, "other": 1},
    }
    assert client.get("/v1/seeds/facets?status=rejected").json()["total"] == 0


def test_only_the_first_page_counts(client: TestClient, session: Session) -> None:
    for _ in range(3):
        create_seed(session)
    session.commit()
    first = client.get("/v1/seeds?limit=2").json()
    assert first["total"] == 3
    assert client.get(f"/v1/seeds?limit=2&after={first['next']}").json()["total"] is None


@pytest.mark.parametrize(
    "wrong",
    ["after=nonsense", "sort=score&after=WzFd", "sort=best", "status=done", "limit=0", "q=%00",
     "import_id=0", "min_score=nan", "colour=red"],
)  # fmt: skip
def test_wrong_query_is_refused(client: TestClient, wrong: str) -> None:
    answer = client.get(f"/v1/seeds?{wrong}")
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_lists_are_for_all_who_are_signed_in(client_as: ClientFactory) -> None:
    viewer = client_as("viewer")
    for path in ("/v1/seeds", "/v1/seeds/facets", "/v1/sources", "/v1/overview", "/v1/imports"):
        assert viewer.get(path).status_code == 200
        assert viewer.get(path, headers={"Authorization": ""}).status_code == 401
