"""The caller's count and pace."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.review.progress import median_seconds
from backend.review.tables import Decision
from tests.backend.review.test_bulk import bulk
from tests.backend.review.test_undo import decide, undo
from tests.builders import create_seed
from tests.conftest import ClientFactory

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ([], None),
        ([0], None),
        ([0, 0], None),
        ([0, 4], 4),
        # Gaps 4, 6 and 2: the middle one is 4.
        ([0, 4, 10, 12], 4),
        # A gap of five minutes is a break; one of 299 s is not.
        ([0, 300, 302], 2),
        ([0, 299], 299),
        # Three that came in together after 9 s took 3 s each; the one after them 30 s.
        ([0, 9, 9, 9, 39], 3),
    ],
)
def test_median_seconds_is_over_gaps_between_decisions(
    seconds: list[int], expected: float | None
) -> None:
    assert median_seconds([NOON + timedelta(seconds=second) for second in seconds]) == expected


def test_progress_counts_what_stands(session: Session, client_as: ClientFactory) -> None:
    curator, other = client_as("curator"), client_as("admin")
    seeds = [create_seed(session) for _ in range(6)]
    create_seed(session, status="accepted")
    decide(curator, seeds[0], "accept")
    decide(curator, seeds[1], "reject")
    decide(curator, seeds[1], "accept")  # the same seed again
    decide(curator, seeds[2], "skip")
    decide(curator, seeds[3], "accept")
    undo(curator)
    decide(other, seeds[4], "reject")
    progress = curator.get("/v1/review/progress").json()
    assert (progress["mine_today"], progress["total_decided"], progress["left"]) == (2, 4, 3)


def test_decisions_of_yesterday_are_not_of_today(
    session: Session, client_as: ClientFactory
) -> None:
    curator = client_as("curator")
    decide(curator, create_seed(session), "accept")
    session.execute(update(Decision).values(created_at=Decision.created_at - timedelta(days=1)))
    session.commit()
    assert curator.get("/v1/review/progress").json()["mine_today"] == 0


def test_bulk_actions_say_nothing_of_the_pace(session: Session, client: TestClient) -> None:
    for _ in range(3):
        create_seed(session)
    bulk(client, "reject", filter={})
    progress = client.get("/v1/review/progress").json()
    assert (progress["mine_today"], progress["median_seconds"]) == (3, None)
