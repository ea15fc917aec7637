"""Lists that are too long to be shown whole: one is found by a part of its name, or its number."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.exports.tables import Export
from backend.mixtures.tables import MixtureVersion
from backend.training_runs.tables import Checkpoint, TrainingRun
from tests import mixtures
from tests.training_runs import create_export


def _names(client: TestClient, path: str, **query: object) -> list[str]:
    answer = client.get(path, params=query)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["items"]]


def _exports(session: Session, *names: str) -> list[Export]:
    made = [create_export(session, "pending") for _ in names]
    for export, name in zip(made, names, strict=True):
        export.name = name
    session.commit()
    return made


def test_export_is_found_by_a_part_of_its_name_or_by_its_number(
    client: TestClient, session: Session
) -> None:
    first, *_ = _exports(session, "Sums 100%", "sums, small", "100 proofs", "under_score")
    assert _names(client, "/v1/exports", matching="SUMS") == ["sums, small", "Sums 100%"]
    assert _names(client, "/v1/exports", matching=" 100% ") == ["Sums 100%"]
    assert _names(client, "/v1/exports", matching="r_s") == ["under_score"]
    assert "Sums 100%" in _names(client, "/v1/exports", matching=str(first.id))
    assert _names(client, "/v1/exports", matching="9" * 30) == []
    assert len(_names(client, "/v1/exports", matching="")) == 4
    found = client.get("/v1/exports", params={"matching": "s", "limit": 2}).json()
    assert [one["name"] for one in found["items"]] == ["under_score", "100 proofs"]
    assert _names(client, "/v1/exports", matching="s", after=found["next"]) == [
        "sums, small", "Sums 100%",
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["a\0b", "x" * 201])
def test_what_no_name_can_hold_is_refused(client: TestClient, typed: str) -> None:
    assert client.get("/v1/exports", params={"matching": typed}).status_code == 422


def test_mixture_and_its_version_are_found(client: TestClient, session: Session) -> None:
    made = [mixtures.made(client, name) for name in ("maths", "more maths", "code")]
    assert _names(client, "/v1/mixtures", matching="Maths") == ["more maths", "maths"]
    assert _names(client, "/v1/mixtures", matching=str(made[2]["id"])) == ["code"]
    for number in (1, 2, 3):
        session.add(
            MixtureVersion(
                mixture_id=made[0]["id"], number=number, recipe={},
                created_by=client.user.id,  # type: ignore[attr-defined]
            )
        )  # fmt: skip
    session.commit()
    path = f"/v1/mixtures/{made[0]['id']}/versions"
    found = client.get(path, params={"number": 2}).json()["items"]
    assert [one["number"] for one in found] == [2]
    assert client.get(path, params={"number": 4}).json()["items"] == []


def test_checkpoint_is_found_by_its_runs_name(client: TestClient, session: Session) -> None:
    [export] = _exports(session, "sums")
    run = TrainingRun(
        name="first", kind="sft", export_id=export.id, recipe={}, target={}, folder="1-first",
        created_by=export.created_by,
    )  # fmt: skip
    session.add(run)
    session.flush()
    for name, step in (("first, step 500", 500), ("first", 1000)):
        session.add(
            Checkpoint(
                run_id=run.id, export_id=export.id, name=name, step=step, is_final=step == 1000,
                path="p", metrics={}, recipe={}, files=[],
            )
        )  # fmt: skip
    session.commit()
    assert _names(client, "/v1/checkpoints", matching="first") == ["first", "first, step 500"]
    assert _names(client, "/v1/checkpoints", matching="step 5") == ["first, step 500"]
