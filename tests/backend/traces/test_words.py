"""A curator's word on a trace: kept or rejected for a reason, in the history, and undone there."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.runs.tables import Run
from backend.seeds.tables import Seed
from backend.traces.tables import Trace
from tests.builders import create_run, create_seed, create_trace
from tests.conftest import ClientFactory
from tests.guided_runs import GUIDELINE, NAME


class Review:
    """A curator and traces under a guideline."""

    def __init__(self, session: Session, client: TestClient) -> None:
        self.session, self.client = session, client
        body = {"name": NAME, "category": "weapons_cbrn", "text": GUIDELINE}
        self.guideline = client.post("/v1/guidelines", json=body).json()
        self.run: Run = create_run(session, "traces")

    def trace(self, state: str = "unjudged", reason: str | None = None, **fields: Any) -> int:
        seed = create_seed(self.session, status="accepted")
        found = create_trace(
            self.session, seed, self.run, reason, key_origin="none",
            guideline_version_id=self.guideline["newest"]["id"],
            **({} if reason else {"state": state}), **fields,
        )  # fmt: skip
        self.session.commit()
        return found.sample_id

    def say(self, sample_id: int, word: str, reason: str = "I read it.", **fields: Any) -> Any:
        body = {"token": str(uuid4()), "word": word, "reason": reason} | fields
        return self.client.post(f"/v1/traces/{sample_id}:decide", json=body)

    def read(self, sample_id: int) -> Any:
        return self.client.get(f"/v1/traces/{sample_id}").json()

    def take_back(self, path: str, decision_id: int) -> Any:
        body = {"token": str(uuid4()), "decision_id": decision_id}
        return self.client.post(f"/v1/decisions:{path}", json=body)

    def chosen(self) -> list[int]:
        page = self.client.get("/v1/traces:chosen", params={"rule": "all"}).json()
        return [sample_id for seed in page["items"] for sample_id in seed["sample_ids"]]


@pytest.fixture
def review(session: Session, client_as: ClientFactory) -> Review:
    return Review(session, client_as("curator"))


def test_unjudged_trace_is_kept_by_a_curator_and_undone_and_redone(review: Review) -> None:
    sample_id = review.trace()
    assert review.chosen() == []
    kept = review.say(sample_id, "kept", "It declines kindly.").json()
    assert (kept["state"], kept["word"], kept["word_reason"]) == (
        "kept", "kept", "It declines kindly.",
    )  # fmt: skip
    assert kept["decided_by"] == review.client.user.name  # type: ignore[attr-defined]
    assert review.chosen() == [sample_id]
    undone = review.take_back("undo", kept["decision_id"])
    assert undone.status_code == 200, undone.text
    assert (review.read(sample_id)["state"], review.read(sample_id)["word"]) == ("unjudged", None)
    again = review.take_back("redo", undone.json()["decision"]["id"])
    assert again.status_code == 200, again.text
    assert review.read(sample_id)["state"] == "kept"
    kinds = [e["decision"]["kind"] for e in review.client.get("/v1/history").json()["items"]]
    assert kinds == ["keep_trace", "undo", "keep_trace"]


def test_kept_trace_is_rejected_by_a_curator(review: Review) -> None:
    sample_id = review.trace("kept")
    found = review.say(sample_id, "rejected", "Preachy.").json()
    assert (found["state"], found["reason"], found["word_reason"]) == ("rejected", None, "Preachy.")
    assert review.chosen() == []
    summary = review.client.get(f"/v1/runs/{review.run.id}/traces:summary").json()
    assert (summary["kept"], [(r["reason"], r["count"]) for r in summary["reasons"]]) == (
        0, [("curator", 1)],
    )  # fmt: skip


def test_a_judges_no_can_be_overruled_and_a_rules_cannot(review: Review) -> None:
    overruled = review.trace(reason="off_guideline")
    assert review.read(overruled)["can_keep"]
    assert review.say(overruled, "kept").json()["state"] == "kept"
    for reason in ("leaked_guideline", "contaminated", "truncated"):
        sample_id = review.trace(reason=reason)
        assert not review.read(sample_id)["can_keep"]
        refused = review.say(sample_id, "kept")
        assert (refused.status_code, refused.json()["code"]) == (409, "rule_stands")
    assert review.chosen() == [overruled]


def test_word_to_keep_does_not_stand_against_a_leak_that_is_found_later(review: Review) -> None:
    sample_id = review.trace()
    review.say(sample_id, "kept")
    trace = review.session.get_one(Trace, sample_id)
    trace.state, trace.reason = "rejected", "leaked_guideline"
    review.session.commit()
    assert (review.read(sample_id)["state"], review.chosen()) == ("rejected", [])


def test_words_on_two_traces_of_a_seed_do_not_stand_in_each_others_way(review: Review) -> None:
    first = review.trace()
    seed_id = review.read(first)["seed_id"]
    second = create_trace(
        review.session, review.session.get_one(Seed, seed_id), review.run, state="unjudged"
    ).sample_id
    review.session.commit()
    decision_id = review.say(first, "rejected").json()["decision_id"]
    review.say(second, "rejected")
    assert review.take_back("undo", decision_id).status_code == 200
    later = review.say(first, "kept").json()
    changed = review.say(first, "rejected")
    contradicted = review.take_back("undo", later["decision_id"])
    assert (contradicted.status_code, contradicted.json()["code"]) == (409, "contradicted")
    assert changed.json()["state"] == review.read(second)["state"] == "rejected"


def test_repeated_token_decides_once_and_another_meaning_is_refused(review: Review) -> None:
    sample_id, token = review.trace(), str(uuid4())
    first = review.say(sample_id, "kept", token=token).json()
    assert review.say(sample_id, "kept", token=token).json()["decision_id"] == first["decision_id"]
    other = review.say(sample_id, "rejected", token=token)
    assert (other.status_code, other.json()["code"]) == (409, "token_reused")


@pytest.mark.parametrize(
    ("field", "value"), [("word", "perhaps"), ("reason", ""), ("reason", "a\x00"), ("token", "x")]
)
def test_word_without_form_is_refused_by_field(review: Review, field: str, value: str) -> None:
    refused = review.say(review.trace(), **({"word": "kept"} | {field: value}))
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)


def test_traces_are_listed_by_guideline_version_and_state(review: Review) -> None:
    kept, waiting = review.trace("kept"), review.trace()
    path = f"/v1/guidelines/{review.guideline['id']}/versions"
    review.client.post(path, json={"text": "Another text.", "seen": 1})

    def listed(**query: Any) -> list[int]:
        page = review.client.get("/v1/traces", params=query)
        assert page.status_code == 200, page.text
        return [row["sample_id"] for row in page.json()["items"]]

    under = {"guideline_id": review.guideline["id"]}
    assert listed(**under) == [waiting, kept]
    assert listed(**under, state="unjudged") == [waiting]
    assert (listed(**under, guideline_version=1), listed(**under, guideline_version=2)) == (
        [waiting, kept], [],
    )  # fmt: skip
    row = review.read(kept)
    assert (row["guideline"], row["guideline_version"], row["guideline_text"]) == (
        NAME, 1, GUIDELINE,
    )  # fmt: skip
    refused = review.client.get("/v1/traces", params={"guideline_version": 1})
    assert refused.json()["errors"][0]["field"] == "guideline_version"
