"""Hits over HTTP and as the seed's detail reads them."""

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.decontamination.hits import hits_of
from backend.seeds.service import add_revision
from tests.builders import create_hit, create_seed
from tests.conftest import ClientFactory


def test_hits_of_gives_each_revision_its_hits_widest_first(session: Session) -> None:
    found, clean = create_seed(session), create_seed(session)
    narrow = create_hit(session, found, coverage_item=0.6)
    wide = create_hit(session, found, coverage_item=1.0, item_text="An item.")
    hits = hits_of(session, [found.revision_id, clean.revision_id])
    assert [hit.id for hit in hits[found.revision_id]] == [wide.id, narrow.id]
    assert hits[clean.revision_id] == []
    [first, _] = hits[found.revision_id]
    assert (first.item_text, first.spans, first.state) == ("An item.", [(0, 4, 0, 4)], "open")
    assert first.benchmark.startswith("benchmark-")


def test_list_holds_hits_of_living_seeds_as_they_read_now(
    session: Session, client: TestClient
) -> None:
    seeds = [create_seed(session) for _ in range(3)]
    hits = [create_hit(session, seed) for seed in seeds]
    add_revision(session, seeds[1], "Another wording", None, "edit", None)
    seeds[2].withdrawn_at = seeds[2].created_at
    session.commit()
    items = client.get("/v1/hits").json()["items"]
    assert [(item["id"], item["seed_id"]) for item in items] == [(hits[0].id, seeds[0].id)]


def test_list_is_filtered_and_paged(session: Session, client: TestClient) -> None:
    seed = create_seed(session)
    hits = [create_hit(session, seed) for _ in range(3)]
    hits[1].state = "dismissed"
    session.commit()
    first = client.get("/v1/hits", params={"state": "open", "limit": 1}).json()
    query = {"state": "open", "limit": 1, "after": first["next"]}
    second = client.get("/v1/hits", params=query).json()
    assert [item["id"] for item in first["items"] + second["items"]] == [hits[2].id, hits[0].id]
    assert second["next"] is None
    name = first["items"][0]["benchmark"]
    of_one = client.get("/v1/hits", params={"benchmark": name}).json()["items"]
    assert [item["id"] for item in of_one] == [hits[2].id]
    assert client.get("/v1/hits", params={"state": "unknown"}).status_code == 422


def test_check_without_benchmarks_says_what_to_do(client: TestClient) -> None:
    answer = client.post("/v1/decontamination:check")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_benchmarks")


def test_check_can_be_asked_for(
    session: Session, client_as: ClientFactory, woken: list[int]
) -> None:
    create_hit(session, create_seed(session))
    curator = client_as("curator")
    job = curator.post("/v1/decontamination:check").json()
    assert (job["kind"], job["state"], woken) == ("decontamination.check", "queued", [job["id"]])
    assert client_as("viewer").post("/v1/decontamination:check").status_code == 403


def test_filters_and_counts_agree(session: Session, client: TestClient) -> None:
    web, book = create_seed(session, source="web"), create_seed(session, source="book")
    create_hit(session, web)
    create_hit(session, web, verdict="variant", action="review", method="retrieval")
    create_hit(session, book, verdict="variant", action="review", state="dismissed")
    session.commit()
    for filter, expected in (
        ({}, {"contaminated": (1, 0), "variant": (1, 1)}),
        ({"verdict": "variant"}, {"variant": (1, 1)}),
        ({"action": "block"}, {"contaminated": (1, 0)}),
        ({"method": "retrieval"}, {"variant": (1, 0)}),
        ({"source": "book", "state": "dismissed"}, {"variant": (0, 1)}),
    ):
        counts = client.get("/v1/hits/counts", params=filter).json()["counts"]
        found = {
            verdict: (of["open"], of["dismissed"])
            for verdict, of in counts.items()
            if any(of.values())
        }
        assert found == expected
        listed = client.get("/v1/hits", params=filter).json()["items"]
        assert len(listed) == sum(map(sum, expected.values()))
    for wrong in ({"verdict": "clean"}, {"action": "shout"}, {"method": "guess"}, {"no": 1}):
        assert client.get("/v1/hits", params=wrong).status_code == 422
