"""Where rows come from: asked of rows that were frozen and exported for real."""

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend.config import settings
from backend.lineage.tables import ExportRow
from backend.mixtures.tables import MixtureVersion
from backend.overview import snapshots
from tests.builders import create_hit, create_sample, create_seed
from tests.lineages import (
    ASKED,
    RECIPE,
    REWORDED,
    TWICE,
    Json,
    decide,
    exported,
    get,
    lived,
    make_child,
)
from tests.mixtures import frozen, made, rows, taught, version


def test_row_tells_all_that_it_comes_from(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    life = lived(session, client)
    held = frozen(client, woken, made(client, "maths", **TWICE)["id"])
    listed = rows(client, held["id"])
    assert len(listed) == 4
    found = get(client, "rows", version_id=held["id"], position=2)
    place, row = found["version"], listed[2]
    assert (found["seed_id"], found["wording"]["id"]) == (row["seed_id"], row["revision_id"])
    assert (place["mixture"], place["split"], place["weight"], place["copy_number"]) == (
        "maths", "train", 2.0, row["copy_number"],
    )  # fmt: skip
    quality = place["quality"]
    assert (quality["part"], quality["tier"], quality["epochs"]) == ("all", "medium", 2.0)
    assert set(quality["parts"]) == {"verdict", "judges", "traces", "source"}
    assert _in_short(found["imports"][0], "label", "recipe", "what", "undone_at") == [
        "big.jsonl", RECIPE, "brought", None,
    ]  # fmt: skip
    assert found["source"]["licence"] == "apache-2.0"
    assert [one["prompt"] for one in found["wordings"]] == [ASKED, REWORDED]
    assert found["wording"]["prompt"] == REWORDED
    [rewrite] = found["rewrites"]
    assert (rewrite["state"], rewrite["base_revision_id"]) == ("approved", life.first)
    assert rewrite["approvals"] == [rewrite["decided_by"]]
    assert [(one["kind"], one["reason"]) for one in found["decisions"]] == [
        ("rewrite", "A number can be checked."), ("reject", "too easy"), ("undo", None),
        ("accept", "good after all"),
    ]  # fmt: skip
    assert found["decisions"][1]["undone_by"] == found["decisions"][2]["id"]
    [verdict] = found["verdicts"]
    assert verdict["plurality"]["classes"][0]["count"] == 2
    [judged] = found["judgments"]
    assert (judged["steps"], judged["difficulty"]) == (3, 2)
    assert found["uses"]["versions"][0]["positions"] == [0, 1, 2, 3]


def test_row_tells_its_response_and_what_it_was_verified_against(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    life = lived(session, client)
    held = frozen(client, woken, made(client, **TWICE)["id"])
    for position, row in enumerate(rows(client, held["id"])):
        found = get(client, "rows", version_id=held["id"], position=position)
        said, trace = found["response"], found["trace"]
        assert said["id"] == trace["sample_id"] == row["sample_id"]
        assert said["id"] in life.traces
        assert (said["endpoint"], said["model"]) == (life.teacher, "wise")
        assert said["settings"]["temperature"] == 0.6
        assert _in_short(trace, "state", "key_origin", "reference_answer", "judge_score") == [
            "kept", "given", "42", 0.75,
        ]  # fmt: skip
        assert trace["judgments"] == [
            {"judge": "mild", "score": 0.75, "follows": None, "reveals": None}
        ]


def test_money_is_told_by_stage_and_shares_add_up(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    life = lived(session, client)
    held = frozen(client, woken, made(client, **TWICE)["id"])
    found = [get(client, "rows", version_id=held["id"], position=n) for n in range(4)]
    stages = {one["stage"]: one["cost"] for one in found[0]["money"]["stages"]}
    assert stages == pytest.approx(
        {"reference": 0.04, "weak": 0.001, "judge": 0.002, "teacher": 0.4, "rewrite": 0.05,
         "augmentation": 0.2}
    )  # fmt: skip
    assert found[0]["money"]["total"] == pytest.approx(0.693)
    # Each trace has two copies: 0.1 / 2 + (0.693 - 0.4) / 4 and 0.3 / 2 + the same.
    cheap, dear = life.traces
    shares = {one["response"]["id"]: one["share"]["share"] for one in found}
    assert shares == pytest.approx({cheap: 0.12325, dear: 0.22325})
    assert sum(one["share"]["share"] for one in found) == pytest.approx(0.693)


def test_exported_row_is_found_by_its_place_and_by_what_it_carries(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    life = lived(session, client)
    create_seed(session, answer="1", status="accepted")  # a seed without a trace has no row
    export = exported(client, woken, layout="sft", traces="all")
    lines = (settings().home / "exports" / export["folder"] / "data.jsonl").read_bytes()
    written = [orjson.loads(line) for line in lines.splitlines()]
    assert [row["sample_id"] for row in written] == life.traces
    for position, row in enumerate(written):
        found = get(client, "rows", export_id=export["id"], position=position)
        assert (found["seed_id"], found["response"]["id"]) == (life.seed.id, row["sample_id"])
        assert (found["export"]["folder"], found["version"]) == (export["folder"], None)
        # A trace has one row here: its own cost and half of all else.
        assert found["share"]["share"] == pytest.approx((0.1, 0.3)[position] + 0.293 / 2)
        carried = {name: row[name] for name in ("seed_id", "revision_id", "sample_id")}
        alone = get(client, "rows", **carried)
        assert alone["trace"] == found["trace"]
        assert (alone["share"], alone["export"], alone["as_of"]) == (None, None, None)
    [use] = get(client, f"seeds/{life.seed.id}")["uses"]["exports"]
    assert (use["export_id"], use["rows"], use["positions"]) == (export["id"], 2, [0, 1])


def test_synthetic_seed_leads_to_its_root_and_the_reply_that_made_it(
    session: Session, client: TestClient
) -> None:
    root, middle, leaf = (
        create_seed(session, source=source, licence=licence)
        for source, licence in (("forum", "CC-BY"), ("made", None), ("made", None))
    )
    make_child(session, root, middle, cost=0.5)
    reply = make_child(session, middle, leaf, cost=0.25)
    session.commit()
    found = get(client, f"seeds/{leaf.id}")
    assert [one["seed_id"] for one in found["ancestors"]] == [middle.id, root.id]
    assert found["ancestors"][0]["sample_id"] == reply.id
    assert _in_short(found["ancestors"][1], "source", "licence", "child_id", "cost") == [
        "forum", "CC-BY", middle.id, 0.5,
    ]  # fmt: skip
    # Paid for its parent: so it is in no total of its own, and in no two totals.
    assert (found["money"]["total"], found["money"]["making"]) == (0, 0.25)
    assert get(client, f"seeds/{middle.id}")["money"]["total"] == 0.25


def test_hits_are_told_with_the_words_on_them(session: Session, client: TestClient) -> None:
    seed = create_seed(session, answer="1")
    hit = create_hit(session, seed)
    seed.checked_index, seed.open_hits = hit.index_id, 1
    session.commit()
    decide(client, seed, "dismiss_hit", hit_id=hit.id, reason="another problem")
    found = get(client, f"seeds/{seed.id}")
    assert found["checked"]["index_id"] == hit.index_id
    [told] = found["hits"]
    assert (told["state"], told["verdict"]) == ("dismissed", "contaminated")
    [event] = found["decisions"]
    assert (event["hit_id"], event["reason"]) == (hit.id, "another problem")


def _in_short(found: Json, *names: str) -> list[object]:
    return [found[name] for name in names]


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ({}, 422, "name a place"),
        ({"version_id": 1}, 422, "at which position"),
        ({"version_id": 1, "export_id": 1, "position": 0}, 422, "not both"),
        ({"seed_id": 1, "revision_id": 1, "position": 3}, 422, "of which version or export"),
        ({"version_id": 999, "position": 0}, 404, "no mixture version 999"),
        ({"export_id": 999, "position": 0}, 404, "no export 999"),
        ({"seed_id": 999, "revision_id": 1}, 404, "no seed 999"),
        ({"seed_id": 1, "revision_id": 1, "surname": "x"}, 422, "surname"),
        ({"version_id": -1, "position": 0}, 422, "version_id"),
    ],
)
def test_questions_that_are_none_are_refused(
    client: TestClient, query: Json, status: int, says: str
) -> None:
    assert says in str(get(client, "rows", status, **query))


def test_row_that_does_not_fit_together_is_refused(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    life = lived(session, client)
    other = create_seed(session, answer="1")
    sample = create_sample(session, other)
    session.commit()
    held = frozen(client, woken, made(client)["id"])
    assert "is of seed" in str(
        get(client, "rows", 422, seed_id=other.id, revision_id=life.seed.revision_id)
    )
    assert "is about revision" in str(
        get(client, "rows", 422, seed_id=life.seed.id, revision_id=life.first, sample_id=sample.id)
    )
    there = {"version_id": held["id"], "position": 0}
    assert get(client, "rows", **there, seed_id=life.seed.id)["seed_id"] == life.seed.id
    assert "stands seed_id" in str(get(client, "rows", 422, **there, seed_id=other.id))
    assert "no position 9" in str(get(client, "rows", 404, version_id=held["id"], position=9))


def test_places_without_rows_say_why(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    create_seed(session, answer="1", status="accepted")
    export = exported(client, woken)
    assert "none at 1" in str(get(client, "rows", 404, export_id=export["id"], position=1))
    session.execute(delete(ExportRow))  # as of an export from before
    session.commit()
    refused = get(client, "rows", 409, export_id=export["id"], position=0)
    assert (refused["code"], "ask by the row itself" in refused["detail"]) == ("not_recorded", True)
    waiting = client.post("/v1/exports", json={"name": "w", "layout": "rl"}).json()
    assert get(client, "rows", 409, export_id=waiting["id"], position=0)["code"] == "not_finished"
    asked = client.post(f"/v1/mixtures/{made(client)['id']}:freeze").json()
    assert version(client, asked["id"])["state"] == "freezing"
    assert get(client, "rows", 409, version_id=asked["id"], position=0)["code"] == "not_frozen"
    assert session.get(MixtureVersion, asked["id"]) is not None
    assert get(client, "seeds/999", 404)["detail"] == "there is no seed 999"


def test_source_that_came_after_the_sources_were_counted(
    session: Session, client: TestClient, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts are kept for a while where there are many seeds."""
    monkeypatch.setattr(snapshots, "FRESH_UP_TO", 0)
    taught(session, source="old")
    session.commit()
    first = frozen(client, woken, made(client, "first")["id"])
    get(client, "rows", version_id=first["id"], position=0)
    taught(session, source="new")
    session.commit()
    second = frozen(client, woken, made(client, "second")["id"])
    found = [get(client, "rows", version_id=second["id"], position=at) for at in (0, 1)]
    parts = {one["source"]["name"]: one["version"]["quality"]["parts"] for one in found}
    assert parts["new"]["source"] == 0.5
