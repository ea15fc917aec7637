"""The teachability map and difficulty by domain."""

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from backend.overview import difficulty as by_domain
from backend.overview import map as the_map
from tests.builders import create_policy, create_seed


def test_cells_count_every_scored_seed_once(client: TestClient, session: Session) -> None:
    for agreement, reliability in ((0.0, 0.04), (0.0, 0.0499), (0.05, 0.0), (1.0, 1.0)):
        create_seed(session, verdict="hard", agreement=agreement, reliability=reliability)
    create_seed(session, verdict="easy", agreement=1.0, reliability=1.0)
    create_seed(session, verdict="suspect", reliability=0.2)
    create_seed(session)
    create_seed(session, verdict="easy", agreement=1.0, reliability=1.0, withdrawn_at="2026-01-01")
    session.commit()
    found = client.get("/v1/overview/map").json()
    cells = {(c["agreement"], c["reliability"]): c["verdicts"] for c in found["cells"]}
    # The upper end belongs to the last cell.
    assert cells == {(0.0, 0.0): {"hard": 2}, (0.05, 0.0): {"hard": 1},
                     (0.95, 0.95): {"hard": 1, "easy": 1}}  # fmt: skip
    assert (found["scored"], found["unplaced"], len(found["points"])) == (6, 1, 5)
    assert (found["low"], found["high"]) == (0.1, 0.8)


def test_band_is_that_of_the_newest_default_policy(client: TestClient, session: Session) -> None:
    client.get("/v1/policies")
    newer = create_policy(session, low=0.2, high=0.6)
    newer.name, newer.version = "default", 2
    session.commit()
    found = client.get("/v1/overview/map").json()
    assert (found["low"], found["high"]) == (0.2, 0.6)


def test_points_of_many_seeds_are_a_sample(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(the_map, "POINTS", 10)
    for _ in range(30):
        create_seed(session, verdict="easy", agreement=0.5, reliability=0.5)
    found = the_map.map_counts(session)
    assert len({point.seed_id for point in found.points}) == len(found.points) <= 10
    assert [cell.verdicts for cell in found.cells] == [{"easy": 30}]


def test_difficulty_shows_the_largest_domains_and_folds_the_rest(
    client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_domain, "DOMAINS_SHOWN", 1)
    for steps in (1, 2, 2, 40):
        create_seed(session, domain="algebra", verdict="hard", steps=steps, agreement=0.25)
    create_seed(session, domain="logic", verdict="easy", agreement=1.0)
    create_seed(session, domain="words", verdict="suspect", steps=3)
    create_seed(session, verdict="easy", steps=0, agreement=0.5)
    create_seed(session, domain="algebra")
    session.commit()
    found = client.get("/v1/overview/difficulty").json()["domains"]
    assert [(row["domain"], row["folded"], row["seeds"]) for row in found] == [
        ("algebra", 1, 4), ("other domains", 2, 2), (None, 1, 1),
    ]  # fmt: skip
    algebra, others, without = found
    # 1, 2, 2 and 15 or more.
    assert [n for n, count in enumerate(algebra["steps"]) if count] == [1, 2, 15]
    assert algebra["steps_quartiles"] == [1, 2, 2]
    assert (algebra["agreement"][2], algebra["agreement_mean"]) == (4, 0.25)
    assert (others["agreement"][9], others["agreement_mean"]) == (1, 1.0)
    assert (without["steps_quartiles"], without["agreement"][5]) == ([0, 0, 0], 1)


@given(st.lists(st.integers(0, 20), max_size=20))
def test_quartiles_are_values_that_enough_seeds_are_up_to(counts: list[int]) -> None:
    found = by_domain.quartiles(counts)
    values = [value for value, count in enumerate(counts) for _ in range(count)]
    if not values:
        assert found is None
        return
    assert found is not None
    for quarter, value in zip((1, 2, 3), found, strict=True):
        assert 4 * sum(v <= value for v in values) >= quarter * len(values)
        assert 4 * sum(v < value for v in values) < quarter * len(values)
