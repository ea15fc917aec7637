"""PROV-JSON that another program reads, and that says of a row what its lineage says."""

import json
from collections import deque
from uuid import uuid4

from fastapi.testclient import TestClient
from prov.model import (
    ProvAgent,
    ProvDerivation,
    ProvDocument,
    ProvElement,
    ProvGeneration,
    ProvInvalidation,
    ProvRelation,
    ProvUsage,
)
from sqlalchemy.orm import Session

from tests.builders import create_seed
from tests.lineages import exported, get, lived, make_child
from tests.mixtures import frozen, made, rows


def read(client: TestClient, **query: int) -> ProvDocument:
    """The document, as the reference reader of PROV-JSON has it."""
    answer = client.get("/v1/lineage/prov.json", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return ProvDocument.deserialize(content=answer.text)  # type: ignore[no-any-return]


def names(document: ProvDocument, kind: type) -> set[str]:
    return {str(one.identifier) for one in document.get_records(kind)}


def edges(document: ProvDocument, kind: type) -> set[tuple[str, str]]:
    """Both ends of each relation of a kind."""
    return {(str(r.args[0]), str(r.args[1])) for r in document.get_records(kind)}


def reached(document: ProvDocument, start: str) -> set[str]:
    """All that a thing rests on, over any relation."""
    found, waiting = {start}, deque([start])
    links = edges(document, ProvRelation)
    while waiting:
        at = waiting.popleft()
        for end in {to for since, to in links if since == at} - found:
            found.add(end)
            waiting.append(end)
    return found


def test_row_leads_to_source_run_model_and_curator(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    life = lived(session, client)
    held = frozen(client, woken, made(client)["id"])
    [row] = rows(client, held["id"])
    document = read(client, version_id=held["id"], position=0)
    start = f"item:row-{held['id']}-0"
    assert (start, f"item:trace-{row['sample_id']}") in edges(document, ProvDerivation)
    assert (start, f"item:freeze-{held['id']}") in edges(document, ProvGeneration)
    resting = reached(document, start)
    said = get(client, "rows", version_id=held["id"], position=0)
    sample, step = said["response"], said["imports"][0]
    assert {
        f"item:revision-{life.seed.revision_id}", f"item:revision-{life.first}",
        f"item:rewrite-{life.rewrite_id}", f"item:import-{step['import_id']}",
        f"item:sample-{sample['id']}", f"item:run-{sample['run_id']}",
        f"item:endpoint-{sample['endpoint_id']}", f"item:user-{step['by']}",
        f"item:source-{said['source']['name']}", f"item:seedbed-{said['seedbed']}",
    } <= resting  # fmt: skip
    decisions = {f"item:decision-{event['id']}" for event in said["decisions"]}
    assert decisions < names(document, ProvElement)


def test_every_end_of_a_relation_is_described(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    life = lived(session, client)
    child = create_seed(session)
    make_child(session, life.seed, child)
    session.commit()
    held = frozen(client, woken, made(client)["id"])
    export = exported(client, woken)
    for query in (
        {"version_id": held["id"], "position": 0}, {"export_id": export["id"], "position": 0},
        {"seed_id": life.seed.id}, {"seed_id": child.id},
    ):  # fmt: skip
        document = read(client, **query)
        known = names(document, ProvElement)
        ends = {end for edge in edges(document, ProvRelation) for end in edge}
        assert ends <= known
        assert all(one.get_asserted_types() for one in document.get_records(ProvElement))
        again = client.get("/v1/lineage/prov.json", params=query).text
        assert ProvDocument.deserialize(content=document.serialize()) == document
        assert again == client.get("/v1/lineage/prov.json", params=query).text


def test_form_is_that_of_the_submission(session: Session, client: TestClient) -> None:
    life = lived(session, client)
    text = client.get("/v1/lineage/prov.json", params={"seed_id": life.seed.id}).text
    found = json.loads(text)
    assert found["prefix"] == {"seedbed": "urn:seedbed:term:", "item": "urn:seedbed:item:"}
    assert {"entity", "activity", "agent", "used", "wasGeneratedBy", "wasDerivedFrom",
            "wasAttributedTo", "wasAssociatedWith"} <= found.keys()  # fmt: skip
    sample = found["entity"][f"item:sample-{life.traces[0]}"]
    assert sample["prov:type"] == {"$": "seedbed:sample", "type": "xsd:QName"}
    assert sample["seedbed:cost"] == {"$": "0.1", "type": "xsd:double"}


def test_names_that_people_chose_stay_names(session: Session, client: TestClient) -> None:
    seed = create_seed(session, source="Fräulein's 50% <set>: a/b #1", licence='"quoted"')
    session.commit()
    document = read(client, seed_id=seed.id)
    [source] = [one for one in names(document, ProvElement) if one.startswith("item:source-")]
    assert not set(source) & set(' <>"#')
    assert {str(a.identifier) for a in document.get_records(ProvAgent)} == set()


def test_takedown_that_was_lifted_makes_nothing_invalid(
    session: Session, client: TestClient
) -> None:
    seed = create_seed(session)
    session.commit()
    token = str(uuid4())
    body = {"token": token, "reason": "licence", "seed_ids": [seed.id]}
    client.post("/v1/takedowns", json=body)
    name = f"item:seed-{seed.id}"
    assert [since for since, _ in edges(read(client, seed_id=seed.id), ProvInvalidation)] == [name]
    client.post(f"/v1/takedowns/{token}:lift")
    document = read(client, seed_id=seed.id)
    assert edges(document, ProvInvalidation) == set()
    [usage] = [end for since, end in edges(document, ProvUsage) if "takedown" in since]
    assert usage == name
