"""What a recipe comes to: who is in, how often, and what is doubtful."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.duplicates.tables import DuplicateDue
from backend.mixtures import kept_populations
from backend.traces.tables import Trace
from tests.builders import (
    create_endpoint,
    create_hit,
    create_judgment,
    create_run,
    create_seed,
    create_trace,
)
from tests.mixtures import Json, preview, taught


def clusters(figures: Json) -> dict[tuple[str, str], tuple[int, int]]:
    """Examples and rows of each cluster."""
    return {(c["domain"], c["tier"]): (c["examples"], c["rows"]) for c in figures["clusters"]}


def left_out(figures: Json) -> dict[str, int]:
    return {one["reason"]: one["seeds"] for one in figures["left_out"]}


def test_clusters_are_domains_by_tiers_seen_for_their_epochs(
    session: Session, client: TestClient
) -> None:
    for _ in range(4):
        taught(session)
    taught(session, domain="code", tags=["tier:low"])
    session.commit()
    epochs = [{"domain": "maths", "tier": "high", "epochs": 1.5}]
    found = preview(client, parts=[{"clusters": epochs, "default_epochs": 2}])
    assert clusters(found) == {("maths", "high"): (4, 6), ("code", "low"): (1, 2)}
    assert found["train"]["rows"] == 8
    assert [c["asked_epochs"] for c in found["clusters"]] == [2.0, 1.5]


def test_tier_rests_on_verdict_judges_traces_and_source(
    session: Session, client: TestClient
) -> None:
    """Known values by `backend.science.quality_tiers`: .4 + .2 * level + .25 * 2/3 + .15 * 3/4."""
    judge = create_endpoint(session, "judge")
    good, bad = taught(session, domain="good"), taught(session, domain="bad", verdict="easy")
    create_judgment(session, good, judge, well_posed=5, verifiable=5)
    create_judgment(session, bad, judge, well_posed=1, verifiable=1)
    create_trace(session, bad, create_run(session, "traces"), "wrong")
    taught(session, domain="key", verdict="suspect")
    session.commit()
    assert set(clusters(preview(client))) == {("good", "high"), ("bad", "low"), ("key", "low")}


def test_who_is_left_out_is_counted_with_the_reason(session: Session, client: TestClient) -> None:
    taught(session, agreement=0.5)
    taught(session, agreement=0.95)
    taught(session)
    create_hit(session, taught(session, agreement=0.5))
    create_seed(session, status="accepted", agreement=0.5)
    create_seed(session, status="rejected")
    taught(session, agreement=0.5, domain="law")
    session.commit()
    nothing_of_law = [{"domain": "law", "tier": "high", "epochs": 0}]
    found = preview(
        client, parts=[{"min_difficulty": 0.2, "max_difficulty": 0.9, "clusters": nothing_of_law}]
    )
    assert found["train"]["seeds"] == 1
    assert left_out(found) == {
        "difficulty": 1, "no_difficulty": 1, "hit": 1, "no_trace": 1, "no_copies": 1,
    }  # fmt: skip


@pytest.mark.parametrize("agreed", [1, 2, 3, 4, 6, 7, 8, 9])
def test_limits_of_difficulty_are_within(session: Session, client: TestClient, agreed: int) -> None:
    """1 - 0.8 is a little less than 0.2 to a computer, and 1 - 0.7 a little more than 0.3."""
    taught(session, agreement=agreed / 10)
    session.commit()
    difficulty = (10 - agreed) / 10
    found = preview(client, parts=[{"min_difficulty": difficulty, "max_difficulty": difficulty}])
    assert found["train"]["seeds"] == 1


def test_cap_on_examples_holds_for_whole_rows(session: Session, client: TestClient) -> None:
    """Of 1.5 rows of each cluster both would be two: of three there would be four."""
    for domain in ("algebra", "logic"):
        for _ in range(2):
            taught(session, source="forum", domain=domain)
    for number in range(4):
        taught(session, source="book", domain=f"domain {number}")
    session.commit()
    caps = {"forum": {"examples": 3}, "book": {"examples": 1}}
    found = preview(client, parts=[{"source_caps": caps}])
    rows = {one["name"]: one["rows"] for one in found["sources"]}
    assert rows["forum"] == 3
    assert rows["book"] <= 1


def test_curators_word_on_a_trace_decides_whether_it_is_in(
    session: Session, client: TestClient
) -> None:
    run = create_run(session, "traces")
    for state, word in (("kept", "rejected"), ("unjudged", "kept"), ("unjudged", None)):
        seed = create_seed(session, status="accepted")
        create_trace(session, seed, run, state=state, word=word)
    session.commit()
    found = preview(client)
    assert (found["train"]["seeds"], left_out(found)) == (1, {"no_trace": 2})


@pytest.mark.parametrize(("rule", "examples", "tokens"), [("all", 2, 201), ("none", 1, 0)])
def test_trace_rule_says_what_a_seed_is_taught_with(
    session: Session, client: TestClient, rule: str, examples: int, tokens: int
) -> None:
    taught(session, tokens=100, traces=2, prompt="1234567")  # two tokens of 3.5 bytes
    session.commit()
    train = preview(client, trace=rule)["train"]
    assert (train["seeds"], train["examples"]) == (1, examples)
    assert train["tokens"] == tokens + 2 * examples


def test_a_curators_word_on_a_trace_holds_and_one_unjudged_is_not_taken(
    session: Session, client: TestClient
) -> None:
    spoken, waiting = taught(session, 100), taught(session, 200)
    session.execute(
        update(Trace).where(Trace.revision_id == spoken.revision_id).values(word="rejected")
    )
    session.execute(
        update(Trace).where(Trace.revision_id == waiting.revision_id).values(state="unjudged")
    )
    session.commit()
    assert left_out(preview(client)) == {"no_trace": 2}
    parts = [
        client.get(f"/v1/seeds/{seed.id}/quality").json()["parts"]["traces"]
        for seed in (spoken, waiting)
    ]
    assert parts == pytest.approx([1 / 3, 1 / 2])


def test_caps_budget_and_scale_are_in_tokens(session: Session, client: TestClient) -> None:
    """By hand: 900 of 1,000 tokens are big's; at most a third of the whole is as much as half of
    the 300 of the others. The scale of 2 doubles every length."""
    for number in range(9):
        taught(session, 98, source="big", prompt=f"{number:07}")  # two tokens of 3.5 bytes
    for source in ("0a", "0b", "0c"):
        taught(session, 98, source=source, prompt=f"{source:>7}")
    session.commit()
    capped = preview(client, parts=[{"source_caps": {"big": {"share": 1 / 3}}}])
    assert {one["name"]: one["rows"] for one in capped["sources"]}["big"] in (1, 2)
    assert preview(client, budget_tokens=600)["train"]["rows"] == 6
    assert preview(client, token_scale=2)["train"]["tokens"] == 2400


def test_caps_that_leave_nothing_are_named(session: Session, client: TestClient) -> None:
    taught(session)
    session.commit()
    part = {"name": "sums", "source_caps": {"*": {"share": 0.3}}}
    answer = client.post("/v1/mixtures:preview", json={"parts": [part]})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["parts.0.source_caps.*"]
    assert "sums: the caps leave nothing to train on: sources test" in answer.json()["detail"]


def test_safety_is_a_share_of_all_tokens_and_of_no_part(
    session: Session, client: TestClient
) -> None:
    for _ in range(90):
        taught(session)
    for _ in range(2):
        taught(session, domain="safety")
    session.commit()
    found = preview(client, safety={"share": 0.1})
    assert clusters(found)["safety", "high"] == (2, 10)
    assert found["clusters"][-1]["part"] == "safety"
    assert "safety, high is seen 5 times." in [one["message"] for one in found["warnings"]]


def test_a_seed_is_of_the_first_part_that_it_fits(session: Session, client: TestClient) -> None:
    taught(session)
    taught(session, domain=None)
    session.commit()
    maths = {"name": "maths", "filter": {"domain": "maths"}, "default_epochs": 2}
    found = preview(client, parts=[maths, {"name": "rest"}])
    assert [(c["part"], c["domain"], c["rows"]) for c in found["clusters"]] == [
        ("maths", "maths", 2), ("rest", None, 1),
    ]  # fmt: skip


def test_parts_are_concatenated_each_as_it_would_be_alone(
    session: Session, client: TestClient
) -> None:
    for number in range(7):
        taught(session, source=f"s{number % 3}")
        taught(session, source=f"s{number % 2}", domain="code")
    session.commit()
    parts = [
        {"name": "maths", "filter": {"domain": "maths"}, "default_epochs": 1.3},
        {"name": "code", "filter": {"domain": "code"}, "budget_tokens": 350},
    ]
    alone = [preview(client, parts=[part])["train"]["rows"] for part in parts]
    assert preview(client, parts=parts)["train"]["rows"] == sum(alone)


def test_lengths_licences_and_doubts_are_shown(session: Session, client: TestClient) -> None:
    taught(session, 100, licence="mit")
    taught(session, 5000)
    session.commit()
    found = preview(client, context_tokens=4096)
    assert [(b["least"], b["below"]) for b in found["lengths"] if b["rows"]] == [
        (0, 128), (4096, 8192),
    ]  # fmt: skip
    assert [(one["name"], one["rows"]) for one in found["licences"]] == [(None, 1), ("mit", 1)]
    assert [one["code"] for one in found["warnings"]] == ["one_source", "too_long", "no_licence"]


def test_licence_that_is_only_held_out_is_counted_and_warned_of(
    session: Session, client: TestClient
) -> None:
    for _ in range(5):
        taught(session, licence="mit")
    taught(session)
    session.commit()
    sides = set()
    for random_seed in range(20):
        found = preview(client, validation_share=0.5, random_seed=random_seed)
        assert "no_licence" in {one["code"] for one in found["warnings"]}
        [unknown] = [one for one in found["licences"] if one["name"] is None]
        sides.add((unknown["rows"], unknown["held_out"]))
    assert sides == {(1, 0), (0, 1)}


def test_unfinished_search_for_near_duplicates_is_said_where_there_is_a_split(
    session: Session, client: TestClient
) -> None:
    seed = taught(session, licence="mit")
    session.add(DuplicateDue(seed_id=seed.id))
    session.commit()
    for share, told in ((0.0, False), (0.2, True)):
        codes = [one["code"] for one in preview(client, validation_share=share)["warnings"]]
        assert ("duplicates_due" in codes) == told


def test_nothing_to_train_on_is_said(client: TestClient) -> None:
    found = preview(client)
    assert found["train"] == {"seeds": 0, "examples": 0, "rows": 0, "tokens": 0}
    assert [one["code"] for one in found["warnings"]] == ["empty"]


def test_large_populations_are_kept_while_weights_are_tried(
    session: Session, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And read anew where another filter, or another trace, is asked for."""
    monkeypatch.setattr(kept_populations, "FRESH_UP_TO", 0)
    monkeypatch.setattr(kept_populations, "_kept", [])
    monkeypatch.setattr(kept_populations, "KEPT_FOR_EACH_SECOND", 1e9)
    taught(session)
    session.commit()
    first = preview(client)
    taught(session, domain="code")
    session.commit()
    kept = preview(client, parts=[{"default_epochs": 3}], budget_tokens=10**6)
    assert (kept["train"]["rows"], kept["as_of"]) == (3, first["as_of"])
    assert preview(client, trace="judge")["train"]["rows"] == 2
    assert preview(client, parts=[{"filter": {"domain": "code"}}])["train"]["rows"] == 1
