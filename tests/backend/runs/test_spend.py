"""What a run has used of each endpoint, and the hint where many answers were cut off."""

from decimal import Decimal

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.runs.tables import Run
from backend.scoring.line_up import line_up_of
from backend.scoring.samples import NewSample, store_samples
from backend.scoring.spend import add_failures
from tests.builders import create_endpoint, create_seed


@pytest.fixture
def run_id(client: TestClient, session: Session) -> int:
    """A run of a judge and a weak model that is called smol."""
    weak, judge = create_endpoint(session, name="smol"), create_endpoint(session, "judge")
    create_seed(session, answer="4")
    session.commit()
    body = {"weak_endpoint_ids": [weak.id], "judge_endpoint_ids": [judge.id]}
    made = client.post("/v1/runs", json=body)
    assert made.status_code == 201, made.text
    return int(made.json()["id"])


def _store(session: Session, run_id: int, count: int, cut_off: int) -> None:
    run = session.get_one(Run, run_id)
    entry = line_up_of(run.settings)[0]
    seed = create_seed(session)
    store_samples(
        session,
        run_id,
        [
            NewSample(
                seed.revision_id, entry.endpoint_id, "t", "s", index, 64, "text", None,
                "length" if index < cut_off else "stop", None, None, 10, 60, Decimal("0.25"), 9,
                reasoning_tokens=20,
            )
            for index in range(count)
        ],
    )  # fmt: skip
    session.commit()


def test_spend_is_counted_by_endpoint_in_the_order_of_the_line_up(
    client: TestClient, session: Session, run_id: int
) -> None:
    _store(session, run_id, 100, 31)
    entry = line_up_of(session.get_one(Run, run_id).settings)[0]
    add_failures(session, run_id, {entry.endpoint_id: 2})
    add_failures(session, run_id, {entry.endpoint_id: 3})
    session.commit()
    weak, judge = client.get(f"/v1/runs/{run_id}/spend").json()
    assert weak == {
        "endpoint_id": entry.endpoint_id, "endpoint": "smol", "role": "weak", "calls": 100,
        "prompt_tokens": 1000, "completion_tokens": 6000, "reasoning_tokens": 2000, "cost": 25.0,
        "max_tokens": 64, "cut_off": 31, "cut_off_share": 0.31, "failed": 5,
        "hint": "31% of smol's answers were cut off at 64 tokens: raise its token limit and start "
        "another run; only those are asked again",
    }  # fmt: skip
    assert (judge["role"], judge["calls"], judge["cut_off_share"], judge["hint"]) == (
        "judge", 0, None, None,
    )  # fmt: skip


@pytest.mark.parametrize(("count", "cut_off"), [(100, 9), (19, 19), (100, 0)])
def test_few_answers_or_few_that_were_cut_off_give_no_hint(
    client: TestClient, session: Session, run_id: int, count: int, cut_off: int
) -> None:
    _store(session, run_id, count, cut_off)
    assert client.get(f"/v1/runs/{run_id}/spend").json()[0]["hint"] is None


def test_samples_of_other_runs_do_not_count(
    client: TestClient, session: Session, run_id: int
) -> None:
    _store(session, run_id, 3, 0)
    weak = session.get_one(Run, run_id).settings["line_up"][0]["endpoint_id"]
    body = {"weak_endpoint_ids": [weak], "filter": {"status": "pending"}}
    create_seed(session, answer="5")
    session.commit()
    other = client.post("/v1/runs", json=body | {"reference_endpoint_id": _reference(session)})
    assert other.status_code == 201, other.text
    spend = client.get(f"/v1/runs/{other.json()['id']}/spend").json()
    assert [entry["calls"] for entry in spend] == [0, 0]
    assert client.get("/v1/runs/999999/spend").status_code == 404


def _reference(session: Session) -> int:
    endpoint: Endpoint = create_endpoint(session, "reference")
    session.commit()
    return endpoint.id
