"""Recipes under names: kept, changed by one at a time, written as YAML, concatenated, varied."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.paging import encode_cursor
from tests.conftest import ClientFactory
from tests.mixtures import made, taught


def test_recipe_is_kept_and_listed(client: TestClient) -> None:
    first = made(client, "maths", parts=[{"filter": {"domain": "maths"}}])
    made(client, "code")
    assert [one["name"] for one in client.get("/v1/mixtures").json()["items"]] == ["code", "maths"]
    again = client.get(f"/v1/mixtures/{first['id']}").json()
    assert again["recipe"]["parts"][0]["filter"]["domain"] == "maths"
    taken = client.post("/v1/mixtures", json={"name": "maths"})
    assert (taken.status_code, taken.json()["code"]) == (409, "name_taken")


def test_nobody_overwrites_what_they_have_not_seen(client: TestClient) -> None:
    mixture = made(client)
    path, change = f"/v1/mixtures/{mixture['id']}", {"edition": 1, "recipe": {"random_seed": 5}}
    assert client.put(path, json=change).json()["edition"] == 2
    stale = client.put(path, json=change)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_edition")
    assert client.get(path).json()["recipe"]["random_seed"] == 5


@pytest.mark.parametrize(
    ("recipe", "field"),
    [
        ({"validation_share": 0.9}, "recipe.validation_share"),
        ({"parts": []}, "recipe.parts"),
        ({"parts": [{"name": "a"}, {"name": "a"}]}, "recipe"),
        ({"parts": [{"clusters": [{"tier": "high", "epochs": 1}] * 2}]}, "recipe.parts.0"),
        ({"parts": [{"clusters": [{"tier": "best", "epochs": 1}]}]}, "parts.0.clusters.0.tier"),
        ({"parts": [{"filter": {"status": "rejected"}}]}, "recipe.parts.0"),
        ({"parts": [{"min_difficulty": 0.5, "max_difficulty": 0.1}]}, "recipe.parts.0"),
    ],
)
def test_wrong_recipe_is_refused_by_field(
    client: TestClient, recipe: dict[str, object], field: str
) -> None:
    answer = client.post("/v1/mixtures", json={"name": "x", "recipe": recipe})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].endswith(field)


def test_yaml_is_the_same_document(client: TestClient) -> None:
    mixture = made(
        client, random_seed=7, safety={"share": 0.05},
        parts=[{"clusters": [{"domain": "maths", "tier": "high", "epochs": 2.5}],
                "source_caps": {"*": {"share": 0.3}}}],
    )  # fmt: skip
    text = client.get(f"/v1/mixtures/{mixture['id']}/recipe.yaml")
    assert text.headers["content-type"].startswith("text/plain")
    assert "random_seed: 7\n" in text.text
    assert "- domain: maths\n    tier: high\n    epochs: 2.5" in text.text
    read = client.post("/v1/mixtures:read-yaml", json={"yaml": text.text})
    assert read.json() == mixture["recipe"]


@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        ("parts: [", "yaml", "line 1"),
        ("validation_share: 2", "validation_share", "0.5"),
        ("- 1", "yaml", "dictionary"),
        ("!!python/object:os.system {}", "yaml", "python"),
    ],
)
def test_yaml_that_is_no_recipe_says_where(
    client: TestClient, text: str, field: str, message: str
) -> None:
    answer = client.post("/v1/mixtures:read-yaml", json={"yaml": text})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == field
    assert message in error["message"]


def test_mixtures_are_concatenated(client: TestClient) -> None:
    maths = made(client, "maths", parts=[{"filter": {"domain": "maths"}}])
    code = made(client, "code", parts=[{"filter": {"domain": "code"}, "budget_tokens": 9}])
    body = {"name": "both", "mixture_ids": [maths["id"], code["id"]]}
    parts = client.post("/v1/mixtures:compose", json=body).json()["recipe"]["parts"]
    assert [(part["name"], part.get("budget_tokens")) for part in parts] == [
        ("maths", None), ("code", 9),
    ]  # fmt: skip


def test_mixtures_that_differ_as_a_whole_are_not_concatenated(client: TestClient) -> None:
    one, other = made(client, "one"), made(client, "other", random_seed=2)
    body = {"name": "both", "mixture_ids": [one["id"], other["id"]]}
    answer = client.post("/v1/mixtures:compose", json=body)
    assert answer.json()["errors"][0]["field"] == "random_seed"
    assert answer.json()["detail"] == "other has another random_seed: 2, not 0"


def test_names_and_cursors_that_postgres_does_not_hold_are_refused(client: TestClient) -> None:
    for name in ("\x00", "a\x00b"):
        recipe = {"parts": [{"source_caps": {name: {"share": 0.3}}}]}
        answer = client.post("/v1/mixtures", json={"name": "caps", "recipe": recipe})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    for value in (2**63, True, "a"):
        answer = client.get("/v1/mixtures", params={"after": encode_cursor([value])})
        assert answer.json()["errors"][0]["field"] == "after"


def test_parts_that_make_no_recipe_together_are_refused(client: TestClient) -> None:
    one = made(client, "one")
    many = made(client, "many", parts=[{"name": f"part {number}"} for number in range(50)])
    for numbers, words in (
        ([one["id"], one["id"]], "has two parts named one"),
        ([one["id"], many["id"]], "at most 50 items"),
    ):
        body = {"name": "both", "mixture_ids": numbers}
        answer = client.post("/v1/mixtures:compose", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "mixture_ids"
        assert words in answer.json()["detail"]


def test_siblings_differ_in_one_cluster_each(session: Session, client: TestClient) -> None:
    taught(session)
    taught(session, domain="code")
    session.commit()
    out = [{"domain": "code", "tier": "high", "epochs": 0}]
    mixture = made(client, "base", random_seed=3, parts=[{"clusters": out, "default_epochs": 2}])
    path = f"/v1/mixtures/{mixture['id']}:siblings"
    siblings = client.post(path, json={"change": "in_or_out"}).json()
    assert [one["name"] for one in siblings] == [
        "base with code, high", "base without maths, high",
    ]  # fmt: skip
    assert {one["parent_id"] for one in siblings} == {mixture["id"]}
    assert {one["recipe"]["random_seed"] for one in siblings} == {3}
    changed = [one["recipe"]["parts"][0]["clusters"][-1]["epochs"] for one in siblings]
    assert changed == [1.0, 0.0]
    louder = client.post(path, json={"change": "up_and_down", "factor": 4}).json()
    assert [one["recipe"]["parts"][0]["clusters"][-1]["epochs"] for one in louder] == [8.0, 0.5]
    again = client.post(path, json={"change": "in_or_out"})
    assert again.status_code == 409
    assert len(client.get("/v1/mixtures").json()["items"]) == 5


def test_viewers_read_and_reckon(client_as: ClientFactory, client: TestClient) -> None:
    made(client)
    viewer = client_as("viewer")
    assert viewer.post("/v1/mixtures:preview", json={}).status_code == 200
    assert viewer.get("/v1/mixtures").status_code == 200
    assert viewer.post("/v1/mixtures", json={"name": "mine"}).status_code == 403
