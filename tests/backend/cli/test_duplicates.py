"""`seedbed duplicates` against the real API."""

from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from backend.cli import client as cli_client
from backend.cli import duplicates
from backend.cli.client import Api
from backend.duplicates.tables import DuplicateGroup, DuplicateSketch
from backend.jobs.tables import Job
from backend.seeds.tables import Seed
from tests.builders import create_seed
from tests.duplicates import DUCKS, OTHER_NUMBERS, run_find


@pytest.fixture
def run(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SEEDBED_KEY", "unused: the client of the tests is signed in")

    def request(_: Api, method: str, path: str, **options: Any) -> httpx.Response:
        return client.request(method, path, **options)

    def run(*arguments: str | int) -> Result:
        result = CliRunner().invoke(duplicates.app, [str(argument) for argument in arguments])
        assert result.exit_code == 0, result.output
        return result

    monkeypatch.setattr(Api, "request", request)
    return run


@pytest.fixture
def seeds(session: Session) -> list[Seed]:
    made = [
        create_seed(session, DUCKS),
        create_seed(session, DUCKS.replace("old", "new"), domain="farms"),
        create_seed(session, OTHER_NUMBERS),
    ]
    run_find(session)
    return made


def copies(session: Session) -> int:
    return session.scalars(select(DuplicateGroup.id).where(DuplicateGroup.kind == "copies")).one()


def test_find_waits_and_says_what_was_found(
    run: Any, session: Session, seeds: list[Seed], monkeypatch: pytest.MonkeyPatch
) -> None:
    session.execute(update(DuplicateSketch).values(crowded=True))

    def work(_: float) -> None:
        session.execute(update(Job).values(state="done", done_count=12))
        session.commit()

    monkeypatch.setattr(cli_client.time, "sleep", work)
    found = run("find")
    assert "12 seeds were looked at" in found.stderr
    assert "1 groups of copies and 1 of variants among 3 seeds" in found.stderr
    assert "2 share boilerplate with more than 50 others" in found.stderr


def test_list_and_show_tell_seeds_apart(run: Any, session: Session, seeds: list[Seed]) -> None:
    listed = run("list", "--kind", "copies", "--undecided")
    [row] = listed.stdout.splitlines()[1:]
    assert row.split()[:6] == [
        str(copies(session)),
        "copies",
        "2",
        "0.829",
        "yes",
        str(seeds[0].id),
    ]
    shown = run("show", copies(session)).stdout.splitlines()
    assert [line.split()[0] for line in shown[1:]] == [str(seeds[0].id), str(seeds[1].id)]
    assert "farms" in shown[2]
    assert " new " in shown[2]
    [variants] = [line.split()[0] for line in run("list").stdout.splitlines() if "variants" in line]
    assert "numbers: 29" in run("show", variants).stdout


def test_keep_and_its_undo(run: Any, session: Session, seeds: list[Seed]) -> None:
    kept = run("keep", copies(session), seeds[0].id)
    assert "It took over: domain, metadata." in kept.stderr
    session.expire_all()
    assert session.get_one(Seed, seeds[1].id).status == "rejected"
    undone = run("undo", kept.stdout.strip())
    assert "2 decisions were taken back, 0 left alone" in undone.stderr
    session.expire_all()
    assert session.get_one(Seed, seeds[1].id).status == "pending"


def test_dismissed_group_is_no_longer_undecided(
    run: Any, session: Session, seeds: list[Seed]
) -> None:
    run("dismiss", copies(session))
    listed = run("list", "--kind", "copies", "--undecided")
    assert listed.stdout.splitlines()[1:] == []
