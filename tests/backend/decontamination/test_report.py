"""The report says which rule cries wolf."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.decontamination.tables import Benchmark, BenchmarkItem
from tests.builders import create_hit, create_seed

REPORT = "/v1/decontamination/report"


def into_one_benchmark(session: Session) -> None:
    """Move all items to the first benchmark, called gsm8k."""
    items = session.query(BenchmarkItem).order_by(BenchmarkItem.id).all()
    for item in items:
        item.benchmark_id = items[0].benchmark_id
    session.get_one(Benchmark, items[0].benchmark_id).name = "gsm8k"
    session.commit()


def test_precision_of_each_rule_with_its_interval(session: Session, client: TestClient) -> None:
    for state in ("confirmed", "confirmed", "confirmed", "dismissed", "open"):
        create_hit(session, create_seed(session), state=state)
    for _ in range(2):
        create_hit(session, create_seed(session), verdict="variant", state="dismissed")
    into_one_benchmark(session)
    wolf, copies = client.get(REPORT).json()
    assert (wolf["method"], wolf["verdict"], wolf["benchmark"], wolf["policy"]) == (
        "ngram", "variant", "gsm8k", "default v1",
    )  # fmt: skip
    assert (wolf["hits"], wolf["dismissed"], wolf["precision"]) == (2, 2, 0)
    assert (copies["hits"], copies["open"]) == (5, 1)
    assert (copies["confirmed"], copies["dismissed"], copies["precision"]) == (3, 1, 0.75)
    # Wilson with n = 4, p = 0.75, z = 1.96: centre (0.75 + 0.4802) / 1.9604 = 0.6275,
    # half-width 1.96 sqrt(0.75 × 0.25 / 4 + 0.06003) / 1.9604 = 0.3269.
    assert copies["precision_low"] == pytest.approx(0.3006, abs=1e-3)
    assert copies["precision_high"] == pytest.approx(0.9544, abs=1e-3)


def test_inherited_words_count_once(session: Session, client: TestClient) -> None:
    origin = create_hit(session, create_seed(session), state="dismissed")
    create_hit(session, create_seed(session), state="dismissed", inherited_from=origin.id)
    into_one_benchmark(session)
    [row] = client.get(REPORT).json()
    assert (row["hits"], row["dismissed"]) == (1, 1)


def test_open_hits_that_nobody_can_settle_do_not_count(
    session: Session, client: TestClient
) -> None:
    seed = create_seed(session)
    create_hit(session, seed)
    seed.withdrawn_at = seed.created_at
    session.commit()
    assert client.get(REPORT).json() == []
    assert client.get("/v1/hits/counts").json()["counts"]["contaminated"]["open"] == 0
