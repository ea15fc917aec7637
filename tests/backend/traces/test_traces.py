"""Traces over HTTP: lists that are filtered, one with all that it says, numbers, and a choice."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func
from sqlalchemy.orm import Session

from backend.runs.tables import Run, RunItem
from backend.seeds.service import add_revision
from tests.builders import create_run, create_sample, create_seed, create_trace, create_user


@pytest.fixture
def run(session: Session) -> Run:
    return create_run(session, "traces")


def _items(client: TestClient, path: str, **parameters: Any) -> list[dict[str, Any]]:
    answer = client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_list_is_filtered_by_run_seed_state_and_reason(
    client: TestClient, session: Session, run: Run
) -> None:
    first, second = create_seed(session), create_seed(session)
    kept = create_trace(session, first, run).sample_id
    wrong = create_trace(session, first, run, "wrong").sample_id
    other = create_trace(session, second, create_run(session, "traces"), "too_long").sample_id
    session.commit()

    def listed(**parameters: Any) -> list[int]:
        return [found["sample_id"] for found in _items(client, "/v1/traces", **parameters)]

    assert listed() == [other, wrong, kept]
    assert listed(run_id=run.id) == listed(seed_id=first.id) == [wrong, kept]
    assert listed(state="kept") == [kept]
    assert listed(reason="too_long") == [other]
    assert listed(seed_id=first.id, reason="too_long") == []
    assert client.get("/v1/traces", params={"reason": "bad"}).status_code == 422


def test_pages_follow_one_another_and_miss_nothing(
    client: TestClient, session: Session, run: Run
) -> None:
    made = [create_trace(session, create_seed(session), run).sample_id for _ in range(5)]
    session.commit()
    found: list[int] = []
    after: dict[str, str] = {}
    while True:
        page = client.get("/v1/traces", params={"limit": 2, **after}).json()
        found += [item["sample_id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert found == made[::-1]


def test_one_trace_shows_thinking_and_answer_apart_and_where_the_reason_shows(
    client: TestClient, session: Session, run: Run
) -> None:
    seed = create_seed(session, "What is 6 x 7? " * 40, "42")
    sample = create_sample(
        session, seed, "teacher", 3, response="<think>I guess 41.</think>It is 41.",
        run_id=run.id, reasoning_tokens=4,
    )  # fmt: skip
    evidence = {
        "found": "41 differs from 42 (given)",
        "passages": [{"part": "answer", "start": 6, "end": 8}],
    }
    create_trace(session, seed, run, "wrong", sample, evidence=evidence)
    session.commit()
    found = client.get(f"/v1/traces/{sample.id}").json()
    assert (found["thinking"], found["answer"]) == ("I guess 41.", "It is 41.")
    assert (found["reason"], found["found"]) == ("wrong", "41 differs from 42 (given)")
    assert found["passages"] == evidence["passages"]
    assert (found["seed_id"], found["sample_index"], found["model"]) == (seed.id, 3, "test-model")
    assert found["prompt"] == "What is 6 x 7? " * 40
    [listed] = _items(client, "/v1/traces")
    assert len(listed["prompt"]) == 300
    assert client.get("/v1/traces/999999999").status_code == 404


def test_summary_counts_reasons_seeds_and_tokens(
    client: TestClient, session: Session, run: Run
) -> None:
    seeds = [create_seed(session) for _ in range(3)]
    for seed in seeds:
        session.add(RunItem(run_id=run.id, revision_id=seed.revision_id, state="traced"))
    create_trace(session, seeds[0], run, thinking_tokens=100, answer_tokens=10)
    create_trace(session, seeds[0], run, thinking_tokens=300, answer_tokens=30)
    create_trace(session, seeds[1], run, thinking_tokens=200, answer_tokens=20)
    for reason in ("wrong", "wrong", "too_long"):
        create_trace(session, seeds[1], run, reason, thinking_tokens=9000)
    for number in range(2):
        create_trace(session, seeds[2], run, "repeated", thinking_tokens=number)
    session.commit()
    found = client.get(f"/v1/runs/{run.id}/traces:summary").json()
    assert (found["traces"], found["kept"], found["kept_share"]) == (8, 3, 0.375)
    assert found["reasons"] == [
        {"reason": "repeated", "count": 2, "share": 0.25},
        {"reason": "wrong", "count": 2, "share": 0.25},
        {"reason": "too_long", "count": 1, "share": 0.125},
    ]
    assert found["kept_per_seed"] == [
        {"kept": 0, "seeds": 1}, {"kept": 1, "seeds": 1}, {"kept": 2, "seeds": 1},
    ]  # fmt: skip
    # Of the kept ones, 100, 200 and 300: 95% of the way from the first to the last is 290.
    assert found["thinking_tokens"] == {"p50": 200, "p95": 290}
    assert found["answer_tokens"] == {"p50": 20, "p95": 29}
    assert found["verified_later"] == 0
    assert client.get("/v1/runs/999999999/traces:summary").status_code == 404


def test_summary_of_a_run_without_traces_is_empty(
    client: TestClient, session: Session, run: Run
) -> None:
    session.commit()
    found = client.get(f"/v1/runs/{run.id}/traces:summary").json()
    assert (found["traces"], found["kept_share"], found["thinking_tokens"]) == (0, None, None)


def test_traces_that_a_later_run_verified_again_are_its_own(
    client: TestClient, session: Session, run: Run
) -> None:
    seed = create_seed(session)
    sample = create_sample(session, seed, "teacher", run_id=run.id)
    later = create_run(session, "traces")
    create_trace(session, seed, later, None, sample)
    session.commit()
    first = client.get(f"/v1/runs/{run.id}/traces:summary").json()
    second = client.get(f"/v1/runs/{later.id}/traces:summary").json()
    assert (first["traces"], first["verified_later"]) == (0, 1)
    assert (second["traces"], second["verified_later"]) == (1, 0)


def test_choice_is_one_kept_trace_for_each_living_seed(
    client: TestClient, session: Session, run: Run
) -> None:
    several, one, none, gone = (create_seed(session) for _ in range(4))
    create_trace(session, several, run, thinking_tokens=50)
    short = create_trace(session, several, run, thinking_tokens=20).sample_id
    create_trace(session, several, run, "wrong", thinking_tokens=1)
    only = create_trace(session, one, run, thinking_tokens=500).sample_id
    create_trace(session, none, run, "wrong")
    create_trace(session, gone, run)
    gone.withdrawn_at = func.now()
    session.commit()
    chosen = _items(client, "/v1/traces:chosen")
    assert [(found["seed_id"], found["kept"], found["sample_ids"]) for found in chosen] == [
        (several.id, 2, [short]), (one.id, 1, [only]),
    ]  # fmt: skip
    page = client.get("/v1/traces:chosen", params={"limit": 1}).json()
    following = _items(client, "/v1/traces:chosen", after=page["next"])
    assert page["items"] + following == chosen
    everything = _items(client, "/v1/traces:chosen", rule="all")
    assert [len(found["sample_ids"]) for found in everything] == [2, 1]
    random = [_items(client, "/v1/traces:chosen", rule="random") for _ in range(2)]
    assert random[0] == random[1]
    assert _items(client, "/v1/traces:chosen", run_id=create_run(session).id) == []


def test_traces_of_an_earlier_wording_are_not_chosen(
    client: TestClient, session: Session, run: Run
) -> None:
    seed = create_seed(session, "What is 6 times 7?", "42")
    create_trace(session, seed, run)
    add_revision(session, seed, "What is 6 times 9?", "54", "edit", create_user(session))
    session.commit()
    assert _items(client, "/v1/traces:chosen") == []
    assert len(_items(client, "/v1/traces", seed_id=seed.id)) == 1


def test_seed_counts_its_traces_and_their_cost_and_leaves_their_texts_out(
    client: TestClient, session: Session, run: Run
) -> None:
    seed = create_seed(session)
    create_sample(session, seed, "weak", cost=1)
    for index in range(2):
        sample = create_sample(session, seed, "teacher", index, cost=2, reasoning="long " * 9)
        create_trace(session, seed, run, None, sample)
    session.commit()
    evidence = client.get(f"/v1/seeds/{seed.id}").json()["evidence"]
    assert (evidence["traces"], evidence["cost"]) == (2, 5)
    assert [found["role"] for found in evidence["samples"]] == ["weak"]
