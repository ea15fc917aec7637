"""The funnel with its losses, verdicts, and how good the sources are."""

from collections import Counter
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from backend.decontamination.index import current_version
from backend.duplicates.tables import DuplicateSketch
from backend.exports.tables import Export
from backend.overview.funnel import REASONS_SHOWN, funnel
from backend.scoring.samples import NewSample, store_samples
from backend.seeds.tables import SeedImport
from tests.builders import create_endpoint, create_hit, create_seed, create_user

SCORED = {"agreement": 0.5, "reliability": 0.9, "score": 0.4}


def _funnel(client: TestClient) -> dict[str, tuple[int, dict[str, int]]]:
    stages = client.get("/v1/overview").json()["funnel"]
    return {
        stage["stage"]: (
            stage["count"],
            {f"{loss['kind']}: {loss['reason']}": loss["count"] for loss in stage["losses"]},
        )
        for stage in stages
    }


def _decide(client: TestClient, seed_id: int, kind: str, reason: str | None = None) -> int:
    decision = {"token": str(uuid4()), "seed_id": seed_id, "kind": kind, "reason": reason}
    [result] = client.post("/v1/decisions", json={"decisions": [decision]}).json()["results"]
    assert result["status"] == "stored", result
    number: int = result["decision_id"]
    return number


def _undo(client: TestClient, decision_id: int) -> int:
    body = {"token": str(uuid4()), "decision_id": decision_id}
    number: int = client.post("/v1/decisions:undo", json=body).json()["decision"]["id"]
    return number


def test_overview_of_an_empty_database_is_all_zeros(client: TestClient) -> None:
    found = client.get("/v1/overview").json()
    assert {stage["count"] for stage in found["funnel"]} == {0}
    assert (found["sources"], found["accepted_by_day"]) == ([], [])


def test_funnel_says_at_each_stage_why_seeds_did_not_reach_it(
    client: TestClient, session: Session
) -> None:
    checked = {"checked_index": current_version(session).id}
    user = create_user(session)
    session.add_all([
        SeedImport(created_by=user.id, label="a", duplicate_count=4, rejected_count=2),
        SeedImport(created_by=user.id, label="b", duplicate_count=9, undone_at="2026-01-01"),
        Export(name="e", layout="sft", filter={}, settings={}, state="finished", row_count=1,
               created_by=user.id),
    ])  # fmt: skip
    create_seed(session)
    create_seed(session, withdrawn_at="2026-01-01T00:00:00Z")
    create_hit(session, create_seed(session, open_hits=1, **checked))
    create_hit(session, create_seed(session, **checked), state="confirmed")
    create_hit(session, create_seed(session, **checked), state="dismissed")  # not scored yet
    create_seed(session, verdict="suspect", **checked, **SCORED)
    create_seed(session, verdict="easy", **checked, **SCORED)
    create_seed(session, status="needs_rewrite", **checked)
    create_seed(session, status="rejected", verdict="hard", **SCORED)
    for _ in range(2):
        create_seed(session, status="accepted", verdict="easy", **checked, **SCORED)
    session.commit()
    assert _funnel(client) == {
        "received": (16, {}),
        "ingested": (
            10,
            {"lost: same prompt as another seed": 4, "lost: row could not be read": 2},
        ),
        "decontaminated": (
            7,
            {
                "lost: found in a benchmark": 1,
                "waiting: hits to confirm or dismiss": 1,
                "waiting: not checked yet": 1,
            },
        ),
        "scored": (6, {"waiting: not scored yet": 1}),
        "triaged": (
            4,
            {"waiting: suspect answer key": 1, "waiting: ready to be decided": 1},
        ),
        "accepted": (2, {"lost: no decision found": 1, "waiting: to be rewritten": 1}),
        "exported": (1, {"waiting: not in the largest export": 1}),
    }
    skipped = {s["stage"]: s["skipped"] for s in client.get("/v1/overview").json()["funnel"]}
    # One decided seed was never checked, one never scored.
    assert {stage: count for stage, count in skipped.items() if count} == {
        "decontaminated": 1, "scored": 1,
    }  # fmt: skip
    assert client.get("/v1/overview").json()["verdicts"] == {
        "suspect": 1, "hard": 1, "teachable": 0, "easy": 3, "unsettled": 0,
    }  # fmt: skip


def test_rejections_have_the_reason_of_the_decision_that_stands(
    client: TestClient, session: Session
) -> None:
    seeds = [create_seed(session) for _ in range(7)]
    hit = create_hit(session, seeds[6])
    session.commit()
    numbers = [seed.id for seed in seeds]
    for seed_id in numbers[:2]:
        _decide(client, seed_id, "reject", "too easy")
    _decide(client, numbers[2], "reject", "duplicate of seed 3")
    _decide(client, numbers[3], "reject")
    _undo(client, _decide(client, numbers[4], "reject", "taken back"))
    # Taken back and restored: the reason is that of the first time.
    restored = _undo(client, _undo(client, _decide(client, numbers[5], "reject", "too long")))
    assert restored
    # Accepted, then confirmed to stand in a benchmark.
    hit.state = "dismissed"
    session.commit()
    _decide(client, numbers[6], "accept")
    hit.state = "open"
    session.commit()
    body = {"token": str(uuid4()), "seed_id": numbers[6], "kind": "confirm_hit", "hit_id": hit.id}
    client.post("/v1/decisions", json={"decisions": [body]})
    assert _funnel(client)["accepted"][1] == {
        "lost: too easy": 2, "lost: duplicate of another seed": 1, "lost: no reason given": 1,
        "lost: too long": 1, "lost: found in a benchmark": 1,
    }  # fmt: skip


def test_accepted_seeds_are_counted_on_the_day_of_the_decision_that_stands(
    client: TestClient, session: Session
) -> None:
    seeds = [create_seed(session) for _ in range(3)]
    session.commit()
    for seed in seeds:
        _decide(client, seed.id, "accept")
    _decide(client, seeds[0].id, "reject")
    [day] = client.get("/v1/overview").json()["accepted_by_day"]
    assert day["count"] == 2


def test_source_shares_have_their_denominators_and_intervals(
    client: TestClient, session: Session
) -> None:
    checked = {"checked_index": current_version(session).id}
    rows: list[dict[str, Any]] = [
        {"status": "accepted", "verdict": "easy"}, {"status": "accepted", "verdict": "hard"},
        {"status": "rejected", "verdict": "suspect"}, {"status": "needs_rewrite"}, {},
    ]  # fmt: skip
    seeds = [create_seed(session, source="web", **row, **checked) for row in rows]
    create_seed(session, source="web")
    create_seed(session, source="books")
    create_hit(session, seeds[4])
    seeds[4].open_hits = 1
    for seed, standing in zip(seeds[:3], ("leader", "copy", "left_out"), strict=True):
        session.add(
            DuplicateSketch(
                seed_id=seed.id, revision_id=seed.revision_id, standing=standing, crowded=False
            )
        )
    # A sketch of an earlier wording says nothing of this one.
    session.add(DuplicateSketch(seed_id=seeds[3].id, revision_id=0, standing="copy", crowded=False))
    endpoint = create_endpoint(session)
    store_samples(session, None, [
        NewSample(seeds[index].revision_id, endpoint.id, "t", "s", 0, 9, "5", None, "stop", "5",
                  "integer:5", 10, 4, Decimal("0.75"), 120)
        for index in (0, 4)
    ])  # fmt: skip
    session.commit()
    web, books = client.get("/v1/overview").json()["sources"]
    counts = {name: (web[name]["count"], web[name]["of"]) for name in ("accepted", "contaminated",
              "suspect", "copies")}  # fmt: skip
    assert counts == {
        "accepted": (2, 3), "contaminated": (1, 5), "suspect": (1, 3), "copies": (2, 3),
    }  # fmt: skip
    # Wilson, 2 of 3: centre (2/3 + 3.8415/6) / (1 + 3.8415/3) = .5727, half-width .3649.
    assert web["accepted"]["low"] == pytest.approx(0.2077, abs=1e-4)
    assert web["accepted"]["high"] == pytest.approx(0.9385, abs=1e-4)
    # Two answers at $0.75, two accepted seeds.
    assert (web["seeds"], web["cost"], web["cost_per_accepted"]) == (6, 1.5, 0.75)
    assert books["accepted"] == {"count": 0, "of": 0, "share": None, "low": None, "high": None}
    assert (books["cost"], books["cost_per_accepted"]) == (0.0, None)


class _Row:
    def __init__(self, place: str, seeds: int, checked: bool, verdict: str | None) -> None:
        self.place, self.seeds, self.checked, self.verdict = place, seeds, checked, verdict


PLACES = (
    "in_benchmark", "hits", "unchecked", "unscored", "suspect", "undecided", "accepted",
    "rejected", "needs_rewrite",
)  # fmt: skip
_rows = st.builds(
    _Row,
    st.sampled_from(PLACES),
    st.integers(1, 50),
    st.booleans(),
    st.sampled_from([None, "easy"]),
)


@given(
    st.lists(_rows, max_size=12),
    st.fixed_dictionaries({"duplicates": st.integers(0, 9), "refused": st.integers(0, 9)}),
    st.dictionaries(st.text(max_size=3), st.integers(1, 5), max_size=12),
)
def test_each_stage_is_the_one_before_less_its_losses(
    rows: list[Any], refused: dict[str, int], shares: dict[str, int]
) -> None:
    rejected = sum(row.seeds for row in rows if row.place == "rejected")
    reasons: Counter[str] = Counter()
    for reason, count in shares.items():
        reasons[reason] = min(count, rejected - reasons.total())
    accepted = sum(row.seeds for row in rows if row.place == "accepted")
    stages = funnel(rows, refused, reasons, accepted)
    for before, stage in pairwise(stages):
        assert stage.count == before.count - sum(loss.count for loss in stage.losses)
        assert all(loss.count > 0 for loss in stage.losses)
    assert stages[-1].count == accepted
    assert len(stages[-2].losses) <= REASONS_SHOWN + 3
