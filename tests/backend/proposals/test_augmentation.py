"""New seeds from accepted ones over HTTP: how runs start, and what parents and children say."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.exports.selection import accepted_seeds
from backend.proposals.augmenting import SeedMaker
from backend.proposals.reading import read_replies
from backend.science.augmentation_templates import KINDS, augmentation_template
from backend.scoring.line_up import line_up_of
from backend.seeds.filters import SeedFilter
from backend.seeds.tables import Seed
from tests.builders import create_endpoint, create_sample, create_seed
from tests.conftest import ClientFactory
from tests.proposal_runs import reply

NEW = "What is the sum of the first 40 odd numbers?"


@pytest.fixture
def parent(session: Session) -> Seed:
    """An accepted seed, beside one that is not."""
    create_seed(session, "Is it pending?")
    seed = create_seed(session, "What is 6 times 7?", "42", status="accepted", domain="algebra")
    create_endpoint(session, "teacher", name="sage")
    session.commit()
    return seed


@pytest.fixture
def body(session: Session, parent: Seed) -> dict[str, Any]:
    """What starts a run."""
    return {"endpoint_id": session.scalars(select(Endpoint.id)).one(), "kind": "variation"}


def _grown(client: TestClient, session: Session, body: Any, parent: Seed, *texts: str) -> Any:
    """A run that has these replies about the parent, and has read them."""
    run = client.post("/v1/augmentation-runs", json=body).json()
    [entry] = line_up_of(run["settings"])
    asked = session.get_one(Endpoint, entry.endpoint_id)
    for index, text in enumerate(texts):
        create_sample(
            session, parent, index=index, key=None, response=text, endpoint=asked,
            template_hash=entry.template_hash, settings_hash=entry.settings_hash,
            max_tokens=entry.sampling.max_tokens, run_id=run["id"], answer=None, cost=1,
        )  # fmt: skip
    maker = SeedMaker("variation", entry, run["settings"]["import_id"])
    assert read_replies(session, run["id"], entry, [parent.revision_id], maker) == {}
    session.commit()
    return run


def test_each_kind_has_words_of_its_own() -> None:
    assert len({augmentation_template(kind).hash_with() for kind in KINDS}) == len(KINDS)


def test_run_is_over_accepted_seeds_and_has_an_import_of_its_own(
    client: TestClient, body: dict[str, Any]
) -> None:
    answer = client.post("/v1/augmentation-runs", json=body | {"candidates": 2})
    assert answer.status_code == 201, answer.text
    run = answer.json()
    assert (run["kind"], run["seeds_total"], run["filter"]) == (
        "augmentation", 1, {"status": "accepted"},
    )  # fmt: skip
    [entry] = run["settings"]["line_up"]
    assert entry["template_hash"] == augmentation_template("variation").hash_with()
    [made] = client.get("/v1/imports").json()["items"]
    assert (made["id"], made["label"]) == (
        run["settings"]["import_id"], f"new seeds of run {run['id']}",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"filter": {"status": "pending"}}, "filter.status"),
        ({"filter": {"domain": "none"}}, "filter"),
        ({"kind": "composition"}, "kind"),
        ({"endpoint_id": 10**9}, "endpoint_id"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    client: TestClient, body: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    for path in ("/v1/augmentation-runs", "/v1/augmentation-runs:forecast"):
        answer = client.post(path, json=body | change)
        if answer.status_code == 200:  # no seed costs nothing
            assert (answer.json()["seeds"], field) == (0, "filter")
            continue
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert client.get("/v1/imports").json()["items"] == []


def test_viewers_reckon_and_do_not_start(client_as: ClientFactory, body: dict[str, Any]) -> None:
    viewer = client_as("viewer")
    assert viewer.post("/v1/augmentation-runs", json=body).status_code == 403
    found = viewer.post("/v1/augmentation-runs:forecast", json=body).json()
    assert (found["seeds"], found["calls"]) == (1, 3)


def test_child_names_its_parent_and_the_parent_its_children(
    client: TestClient, session: Session, body: dict[str, Any], parent: Seed
) -> None:
    run = _grown(client, session, body, parent, reply(NEW), reply("What is 8 times 9?", "72"))
    known = client.get(f"/v1/seeds/{parent.id}").json()
    first, second = known["children"]
    assert (known["synthetic"], first["kind"], first["status"]) == (None, "variation", "pending")
    child = client.get(f"/v1/seeds/{second['id']}").json()
    assert (child["answer"], child["source"], child["children"]) == (None, "augmentation", [])
    origin = child["synthetic"]
    assert (origin["parent_id"], origin["parent_revision_id"]) == (parent.id, parent.revision_id)
    assert (origin["endpoint"], origin["proposed_answer"]) == ("sage", "72")
    sources = {row["name"]: row["synthetic"] for row in client.get("/v1/sources").json()}
    assert sources == {"test": False, "augmentation": True}
    summary = client.get(f"/v1/runs/{run['id']}/proposals:summary").json()
    assert (summary["made"], summary["standing"]) == (2, {"pending": 2})
    replies = client.get(f"/v1/runs/{run['id']}/proposals").json()["items"]
    assert [row["made_seed_id"] for row in replies] == [first["id"], second["id"]]


@pytest.mark.parametrize("role", ["teacher", "reference"])
def test_replies_are_no_answers_to_their_seed_but_cost(
    client: TestClient, session: Session, body: dict[str, Any], parent: Seed, role: str
) -> None:
    session.get_one(Endpoint, body["endpoint_id"]).role = role
    session.commit()
    _grown(client, session, body, parent, reply(NEW))
    evidence = client.get(f"/v1/seeds/{parent.id}").json()["evidence"]
    assert (evidence["traces"], evidence["samples"], evidence["cost"]) == (0, [], 1)


def test_seeds_are_filtered_by_origin(
    client: TestClient, session: Session, body: dict[str, Any], parent: Seed
) -> None:
    _grown(client, session, body, parent, reply(NEW))
    listed = lambda **query: [  # noqa: E731
        row["prompt"] for row in client.get("/v1/seeds", params=query).json()["items"]
    ]
    assert listed(synthetic=True) == [NEW]
    assert NEW not in listed(synthetic=False)
    assert listed(parent=parent.id) == [NEW]
    assert listed(parent=10**9) == []


def test_export_carries_the_parent(
    client: TestClient, session: Session, body: dict[str, Any], parent: Seed
) -> None:
    _grown(client, session, body, parent, reply(NEW))
    [child] = client.get("/v1/seeds", params={"synthetic": True}).json()["items"]
    session.get_one(Seed, child["id"]).status = "accepted"
    session.flush()
    assert {seed.seed_id: seed.parent_id for seed in accepted_seeds(session, SeedFilter())} == {
        parent.id: None, child["id"]: parent.id,
    }  # fmt: skip


def test_seeds_that_come_back_after_an_undo_keep_their_parent(
    client: TestClient, session: Session, body: dict[str, Any], parent: Seed
) -> None:
    run = _grown(client, session, body, parent, reply(NEW))
    [child] = client.get("/v1/seeds", params={"synthetic": True}).json()["items"]
    assert client.post(f"/v1/imports/{run['settings']['import_id']}:undo").status_code == 200
    assert client.get(f"/v1/seeds/{parent.id}").json()["children"] == []
    _grown(client, session, body, parent)
    assert [row["id"] for row in client.get(f"/v1/seeds/{parent.id}").json()["children"]] == [
        child["id"]
    ]
