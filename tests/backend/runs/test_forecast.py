"""What a run would need: a range where a rule stops it, less what is stored, and in days."""

from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.runs.tables import Run, RunItem
from backend.scoring.line_up import line_up_of
from backend.scoring.tables import EndpointDay, EndpointSpend
from backend.seeds.tables import Seed
from tests.builders import create_endpoint, create_sample, create_seed


@pytest.fixture
def line_up(session: Session) -> dict[str, Any]:
    """A reference of eight answers at most, a weak model of thirty-two, and a judge."""
    made = {role: create_endpoint(session, role) for role in ("reference", "weak", "judge")}
    session.commit()
    return {
        "reference_endpoint_id": made["reference"].id,
        "weak_endpoint_ids": [made["weak"].id],
        "judge_endpoint_ids": [made["judge"].id],
        "reference_samples": 8,
        "weak_samples": 32,
        "calibration_seeds": 1,
    }


def _seeds(session: Session, count: int, answer: str | None = None) -> None:
    for _ in range(count):
        create_seed(session, answer=answer)
    session.commit()


def _forecast(client: TestClient, body: dict[str, Any]) -> dict[str, Any]:
    found = client.post("/v1/runs:forecast", json=body)
    assert found.status_code == 200, found.text
    return found.json()


def _by_role(found: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    return {e["role"]: (e["calls_low"], e["calls"], e["calls_high"]) for e in found["endpoints"]}


def test_fixed_numbers_leave_no_range(
    client: TestClient, session: Session, line_up: dict[str, Any]
) -> None:
    _seeds(session, 4, answer="4")
    _seeds(session, 2)
    found = _forecast(client, line_up | {"stopping": "fixed"})
    # Two seeds without an answer and one gold seed; all six; all six.
    assert _by_role(found) == {
        "reference": (24, 24, 24), "weak": (192, 192, 192), "judge": (6, 6, 6),
    }  # fmt: skip
    assert (found["seeds"], found["calls_low"], found["calls"], found["calls_high"]) == (
        6, 222, 222, 222,
    )  # fmt: skip
    assert session.scalars(select(Run)).all() == []


def test_adaptive_run_is_between_the_minima_and_the_caps(
    client: TestClient, session: Session, line_up: dict[str, Any]
) -> None:
    _seeds(session, 3)
    found = _forecast(client, line_up)
    # Nothing is known of such runs: a third of the way, from 2 to 8 and from 2 to 32.
    assert _by_role(found) == {
        "reference": (6, 12, 24), "weak": (6, 36, 96), "judge": (3, 3, 3),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("stopping", "least"), [("adaptive_consistency", 4), ("early_stopping", 5)]
)
def test_published_rules_ask_at_least_for_an_unanimous_vote(
    client: TestClient, session: Session, line_up: dict[str, Any], stopping: str, least: int
) -> None:
    _seeds(session, 1)
    found = _by_role(_forecast(client, line_up | {"stopping": stopping}))
    assert (found["reference"][0], found["weak"][0], found["judge"][0]) == (least, least, 1)


def test_expectation_is_the_mean_of_earlier_runs_of_the_same_rule_and_roles(
    client: TestClient, session: Session, line_up: dict[str, Any]
) -> None:
    _seeds(session, 2)
    run_id = client.post("/v1/runs", json=line_up).json()["id"]
    run = session.get_one(Run, run_id)
    run.seeds_scored = 2
    entries = {entry.role: entry for entry in line_up_of(run.settings)}
    seeds = session.scalars(select(Seed).order_by(Seed.id)).all()
    for seed, weak, reference in zip(seeds, (4, 8), (3, 4), strict=True):
        session.get_one(RunItem, (run_id, seed.revision_id)).state = "scored"
        for role, count in (("weak", weak), ("reference", reference), ("judge", 1)):
            entry = entries[role]
            for index in range(count):
                create_sample(
                    session, seed, index=index,
                    endpoint=session.get_one(Endpoint, entry.endpoint_id),
                    template_hash=entry.template_hash, settings_hash=entry.settings_hash,
                    max_tokens=entry.sampling.max_tokens,
                )  # fmt: skip
    for seed in seeds:
        seed.domain = "seen"
    for _ in range(10):
        create_seed(session, domain="new")
    session.commit()
    found = _forecast(client, line_up | {"filter": {"domain": "new"}})
    # Means of (4 + 8) / 2 and (3 + 4) / 2 answers, over ten new seeds.
    assert _by_role(found) == {
        "reference": (20, 35, 80), "weak": (20, 60, 320), "judge": (10, 10, 10),
    }  # fmt: skip
    assert found["already_stored"] == 0
    old = _forecast(client, line_up | {"filter": {"domain": "seen"}})
    assert old["already_stored"] == 4 + 8 + 3 + 4 + 2
    # Each seed has its minimum; the first is expected to take two more, the second none.
    assert _by_role(old)["weak"] == (0, 2, 28 + 24)


def test_cost_and_tokens_go_by_what_the_endpoint_said_before(
    client: TestClient, session: Session
) -> None:
    weak = create_endpoint(session, "weak", output_price=Decimal(2), input_price=Decimal(0))
    session.add(
        EndpointSpend(
            endpoint_id=weak.id, calls=10, prompt_tokens=0, completion_tokens=5000, cost=0
        )
    )
    create_seed(session, "x" * 400, "4")
    session.commit()
    found = _forecast(client, {"weak_endpoint_ids": [weak.id], "weak_samples": 32})
    (entry,) = found["endpoints"]
    assert (entry["calls"], entry["calls_high"]) == (12, 32)
    # 400 characters are some 100 tokens, 40 of the template, 500 of the answer.
    assert entry["estimated_tokens"] == 12 * 640
    # 500 tokens at 2 a million are 0.001.
    assert entry["estimated_cost"] == pytest.approx(0.012)
    assert entry["estimated_cost_high"] == found["estimated_cost_high"] == pytest.approx(0.032)


def test_run_that_exceeds_a_day_says_how_many_it_takes(
    client: TestClient, session: Session, line_up: dict[str, Any]
) -> None:
    _seeds(session, 10)
    reference = session.get_one(Endpoint, line_up["reference_endpoint_id"])
    reference.max_calls_per_day = 30
    session.commit()
    body = line_up | {"stopping": "fixed"}
    # 80 calls: 30 today, 30 tomorrow, 20 on the third day.
    assert _forecast(client, body)["notes"] == [
        f"{reference.name} takes 3 days at its limit of 30 calls a day"
    ]
    today = session.scalar(select(EndpointDay.day).limit(1))
    assert today is None
    # 20 to 80 of adaptive calls.
    assert _forecast(client, line_up)["notes"] == [
        f"{reference.name} takes 1 to 3 days at its limit of 30 calls a day"
    ]
    reference.max_calls_per_day = 80
    session.commit()
    assert _forecast(client, body)["notes"] == []
