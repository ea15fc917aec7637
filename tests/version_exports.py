"""Exports of frozen versions: asked for over HTTP, written as a worker does it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from backend.config import settings
from backend.exports.table_files import read_rows
from backend.jobs import service as jobs
from tests.mixtures import frozen, made
from workers.tasks.exports import write_version

Json = dict[str, Any]


def frozen_version(client: TestClient, woken: list[int], name: str = "maths", **recipe: Any) -> int:
    """The number of a version of a new mixture of all accepted seeds."""
    return int(frozen(client, woken, made(client, name, **recipe)["id"])["id"])


def asked(client: TestClient, version_id: int, **wanted: Any) -> Json:
    body = {"name": "First one!", "format": "trl-sft"} | wanted
    created = client.post(f"/v1/mixture-versions/{version_id}/exports", json=body)
    assert created.status_code == 201, created.text
    found: Json = created.json()
    return found


def refused(client: TestClient, version_id: int, **wanted: Any) -> Json:
    body = {"name": "First one!", "format": "trl-sft"} | wanted
    answer = client.post(f"/v1/mixture-versions/{version_id}/exports", json=body)
    assert answer.status_code in (404, 409, 422), answer.text
    found: Json = answer.json()
    return found


def work_off(job_id: int) -> str | None:
    """Do what a worker does with a job that exports a version; returns its error."""
    job = jobs.claim(job_id, 30, "host/1")
    assert job is not None
    try:
        write_version(job)
    except Exception as error:
        jobs.finish(job, f"{type(error).__name__}: {error}")
        return str(error)
    jobs.finish(job)
    return None


def exported(client: TestClient, woken: list[int], version_id: int, **wanted: Any) -> Json:
    """An export that is whole."""
    export = asked(client, version_id, **wanted)
    error = work_off(woken[-1])
    assert error is None, error
    found: Json = client.get(f"/v1/exports/{export['id']}").json()
    return found


def folder_of(export: Json) -> Path:
    return settings().home / "exports" / str(export["folder"])


def data_files(folder: Path) -> list[Path]:
    return sorted((folder / "data").iterdir(), key=lambda path: path.name)


def rows_of(export: Json) -> Iterator[Json]:
    """All rows in the order of the manifest's files."""
    for entry in export["manifest"]["files"]:
        if entry["name"].startswith("data/"):
            with (folder_of(export) / entry["name"]).open("rb") as file:
                yield from read_rows(file, entry["name"])


def contents(folder: Path) -> dict[str, bytes]:
    """All files but the manifest, by their paths."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
