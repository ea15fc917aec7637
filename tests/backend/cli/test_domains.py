"""`seedbed domains`, against the real API."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from tests.builders import create_endpoint, create_seed


@pytest.fixture
def file(tmp_path: Path, session: Session) -> str:
    """A list of domains, beside a judge, a seed without a domain and one with."""
    create_endpoint(session, "judge", name="sorter")
    create_seed(session)
    create_seed(session, domain="law")
    session.commit()
    path = tmp_path / "domains.yaml"
    path.write_text("algebra: equations\ngeometry:\n")
    return str(path)


def test_run_is_started_over_seeds_without_a_domain(
    seedbed: Any, client: TestClient, file: str
) -> None:
    told = seedbed("domains", "start", "--model", "sorter", "--domains", file, "--forecast")
    assert "1 seeds" in told.stderr
    assert client.get("/v1/runs").json()["items"] == []
    order = ("domains", "start", "--model", "sorter", "--domains", file, "--max-calls", "5")
    seedbed(*order, "--apply")
    [run] = client.get("/v1/runs", params={"kind": "domains"}).json()["items"]
    assert (run["seeds_total"], run["max_calls"], run["settings"]["apply"]) == (1, 5, True)
    assert run["settings"]["domains"][1] == {"name": "geometry", "description": ""}
    assert "0 replies of sorter" in seedbed("domains", "summary", str(run["id"])).stderr
    tried = seedbed("domains", "apply", str(run["id"]), "--dry-run")
    assert "0 seeds would get another domain." in tried.stderr
    batch = seedbed("domains", "apply", str(run["id"])).stdout.strip()
    assert "0 seeds are as they were." in seedbed("domains", "undo", batch).stderr
    seedbed(*order, "--all")
    newest = client.get("/v1/runs").json()["items"][0]
    assert newest["seeds_total"] == 2


def test_list_that_is_none_ends_the_command(seedbed: Any, file: str) -> None:
    Path(file).write_text("- algebra\n")
    told = seedbed("domains", "start", "--model", "sorter", "--domains", file, status=2)
    assert "a line for each domain" in told.stderr
