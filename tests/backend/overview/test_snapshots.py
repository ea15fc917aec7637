"""Counts over many seeds are kept for a stated time; over few they are always of this moment."""

import threading
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.database import session_scope
from backend.overview import snapshots
from backend.overview.service import CENSUS
from backend.overview.tables import OverviewSnapshot
from tests.builders import create_seed


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few seeds there are, they count as many."""
    monkeypatch.setattr(snapshots, "FRESH_UP_TO", 0)


def _ingested(client: TestClient) -> tuple[int, bool]:
    found = client.get("/v1/overview").json()
    return found["funnel"][1]["count"], found["renewing"]


def _pass_time(session: Session, seconds: float) -> None:
    earlier = OverviewSnapshot.taken_at - timedelta(seconds=seconds)
    session.execute(update(OverviewSnapshot).values(taken_at=earlier))
    session.commit()


def test_few_seeds_are_counted_anew_each_time(client: TestClient, session: Session) -> None:
    for count in range(3):
        found = client.get("/v1/overview").json()
        assert (found["funnel"][1]["count"], found["kept_seconds"]) == (count, 0)
        create_seed(session)
        session.commit()


@pytest.mark.usefixtures("many")
def test_change_among_many_appears_after_the_stated_time(
    client: TestClient, session: Session
) -> None:
    create_seed(session)
    session.commit()
    first = client.get("/v1/overview").json()
    create_seed(session)
    session.commit()

    _pass_time(session, first["kept_seconds"] - 1)
    assert _ingested(client) == (1, False)
    _pass_time(session, 2)
    assert _ingested(client) == (1, True)  # at once, and counted again after the answer
    assert _ingested(client) == (2, False)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("path", ["", "/map", "/difficulty", "/spend", "/queue"])
def test_kept_part_says_the_same_as_a_fresh_one(
    client: TestClient, session: Session, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for verdict in ("easy", "hard", "suspect"):
        create_seed(
            session, verdict=verdict, agreement=0.25, reliability=0.9, steps=3, domain="algebra"
        )
    session.commit()
    kept = [client.get(f"/v1/overview{path}").json() for _ in range(2)]
    monkeypatch.setattr(snapshots, "FRESH_UP_TO", 20_000)
    fresh = client.get(f"/v1/overview{path}").json()
    assert [found.pop("kept_seconds") for found in (*kept, fresh)] == [30, 30, 0]
    assert kept[0] == kept[1] == fresh


@pytest.mark.usefixtures("many", "committed")
def test_one_process_counts_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    counting, may_end = threading.Event(), threading.Event()
    begun: list[int] = []

    def slowly(session: Session) -> object:
        begun.append(1)
        counting.set()
        assert may_end.wait(60)
        return CENSUS.make(session)

    part = CENSUS._replace(make=slowly)  # type: ignore[arg-type]
    other = threading.Thread(target=snapshots.renew, args=(part,))
    other.start()
    assert counting.wait(60)
    snapshots.renew(part)  # leaves it to the other
    may_end.set()
    other.join(60)
    snapshots.renew(part)  # it has just been done
    assert len(begun) == 1
    with session_scope() as session:
        assert not snapshots.read(session, CENSUS).due
