"""Exports in an object store that speaks S3, by a server of this machine."""

from collections.abc import Iterator

import boto3
import pytest
from fastapi.testclient import TestClient
from moto.server import ThreadedMotoServer
from sqlalchemy.orm import Session

from backend.config import settings
from backend.exports import storage, version_writing
from backend.exports.export_place import VersionExport
from backend.exports.files import sha256_of
from backend.exports.storage import NotStored
from backend.exports.verify_version import faults_of_version
from tests.backend.exports.test_version_refusals import take_down
from tests.mixtures import taught
from tests.version_exports import (
    asked,
    contents,
    exported,
    folder_of,
    frozen_version,
    refused,
    work_off,
)

BUCKET = "training"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def store(s3: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """The store's own client; the workers' credentials are in the environment alone."""
    for name, value in {
        "AWS_ENDPOINT_URL": s3, "AWS_ACCESS_KEY_ID": "the-key", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_SECRET_ACCESS_KEY": "the-secret", "SEEDBED_EXPORT_SCHEMES": "s3://, memory",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    yield client
    for found in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=found["Key"])
    monkeypatch.undo()
    settings.cache_clear()


def keys(store: object) -> list[str]:
    found = store.list_objects_v2(Bucket=BUCKET)  # type: ignore[attr-defined]
    return [each["Key"] for each in found.get("Contents", [])]


def test_files_lie_in_the_store_and_are_the_same_as_in_a_folder(
    store: object, session: Session, client: TestClient, woken: list[int]
) -> None:
    for _ in range(30):
        taught(session)
    session.commit()
    version_id = frozen_version(client, woken, validation_share=0.2)
    sent = exported(
        client, woken, version_id, shard_tokens=1000, destination=f"s3://{BUCKET}/runs/"
    )
    here = exported(client, woken, version_id, shard_tokens=1000)
    assert sent["destination"] == f"s3://{BUCKET}/runs"
    prefix = f"runs/{sent['folder']}/"
    names = [entry["name"] for entry in sent["manifest"]["files"]]
    assert sorted(keys(store)) == sorted([f"{prefix}{name}" for name in [*names, "manifest.json"]])
    local = contents(folder_of(here))
    for name in names:
        body = store.get_object(Bucket=BUCKET, Key=prefix + name)["Body"]  # type: ignore[attr-defined]
        assert body.read() == local[name]
    url = f"s3://{BUCKET}/{prefix}"
    assert list(faults_of_version(VersionExport(url), [], None)) == []
    store.put_object(Bucket=BUCKET, Key=prefix + names[0], Body=b"x")  # type: ignore[attr-defined]
    [fault] = faults_of_version(VersionExport(url), [], None)
    assert fault.startswith(f"{names[0]} has 1 bytes, ")
    shown = client.get(f"/v1/exports/{sent['id']}").text
    assert "the-key" not in shown
    assert "the-secret" not in shown
    data = client.get(f"/v1/exports/{sent['id']}/files/{names[0]}")
    assert (data.status_code, data.json()["code"]) == (409, "conflict")
    assert client.get(f"/v1/exports/{sent['id']}/files/README.md").status_code == 200


def test_takedown_meanwhile_leaves_nothing_in_the_store(
    store: object, session: Session, client: TestClient, woken: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    seed = taught(session)
    session.commit()
    version_id = frozen_version(client, woken)
    asked(client, version_id, destination=f"s3://{BUCKET}")
    job_id, publish = woken[-1], version_writing.publish

    def meanwhile(*given: object) -> None:
        assert len(keys(store)) == 1
        take_down(client, seed)
        publish(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(version_writing, "publish", meanwhile)
    assert "taken down" in (work_off(job_id) or "")
    assert keys(store) == []


def test_shard_that_lies_there_is_not_sent_again_and_a_broken_one_is(
    store: object, session: Session, client: TestClient, woken: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for _ in range(30):
        taught(session)
    session.commit()
    version_id = frozen_version(client, woken)
    export = asked(client, version_id, shard_tokens=1000, destination=f"s3://{BUCKET}")
    job_id, send, sent = woken[-1], version_writing.send, []

    class Killed(BaseException):
        """The process ends here."""

    def counted(local: object, url: str) -> None:
        if len(sent) == 2:
            raise Killed
        send(local, url)  # type: ignore[arg-type]
        sent.append(url)

    monkeypatch.setattr(version_writing, "send", counted)
    with pytest.raises(Killed):
        work_off(job_id)
    store.delete_object(Bucket=BUCKET, Key=sent[0].removeprefix(f"s3://{BUCKET}/"))  # type: ignore[attr-defined]
    from backend.jobs import service as jobs

    jobs.release_jobs_of("host/1")
    again: list[str] = []
    monkeypatch.setattr(
        version_writing, "send", lambda local, url: (again.append(url), send(local, url))
    )
    assert work_off(job_id) is None
    assert sent[0] in again
    assert sent[1] not in again
    url = f"s3://{BUCKET}/{export['folder']}"
    assert list(faults_of_version(VersionExport(url), [], None)) == []


def test_file_that_is_another_in_the_store_is_an_error(
    store: object, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = settings().home / "sent.bin"
    path.write_bytes(b"what was meant")
    storage.send(path, f"s3://{BUCKET}/sent.bin")
    assert storage.stored_size(f"s3://{BUCKET}/sent.bin") == 14
    monkeypatch.setattr(storage, "sha256_of", lambda path: "another")
    monkeypatch.setattr(storage, "_md5_of", lambda path: "another")
    with pytest.raises(NotStored, match="is not what was sent"):
        storage.send(path, f"s3://{BUCKET}/sent.bin")
    assert len(sha256_of(path)) == 64


@pytest.mark.parametrize(
    ("destination", "words"),
    [
        ("gs://bucket/x", "allowed are s3://, memory://"),
        ("/tmp/x", "exports may not go to a path"),
        ("s3://key:secret@bucket/x", "credentials and options belong in"),
        ("s3://bucket/x?endpoint=evil", "credentials and options belong in"),
        ("s3://", "it names no place"),
        ("s3://bucket/../x", "it leads upwards"),
        ("s3://bucket/x?", "credentials and options belong in"),
        ("S3://bucket/x", "exports may not go to S3://"),
        ("s3://[bucket/x", "it is no URL"),
        ("s3://bucket/x\x00", "signs that cannot be seen"),
        (" s3://bucket/x", "signs that cannot be seen"),
        ("s3://bucket/a\nb", "signs that cannot be seen"),
        ("s3://bucket/a::file:///tmp/x", "`::` joins two places"),
    ],
)
def test_destinations_that_are_refused(
    store: object, session: Session, client: TestClient, woken: list[int], destination: str,
    words: str,
) -> None:  # fmt: skip
    taught(session)
    session.commit()
    problem = refused(client, frozen_version(client, woken), destination=destination)
    assert problem["errors"][0]["field"] == "destination"
    assert words in problem["detail"]


def test_nothing_is_allowed_unless_an_administrator_says_so(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    taught(session)
    session.commit()
    problem = refused(client, frozen_version(client, woken), destination="s3://bucket/x")
    assert "allowed are none" in problem["detail"]


def test_takedown_leaves_nothing_of_an_attempt_on_another_host(
    store: object, session: Session, client: TestClient, woken: list[int]
) -> None:
    """It had sent the manifest when its host was lost, and what lies here is not its folder."""
    seed = taught(session)
    session.commit()
    version_id = frozen_version(client, woken)
    export = asked(client, version_id, destination=f"s3://{BUCKET}")
    for name in ("manifest.json", "README.md", "croissant.json"):
        store.put_object(Bucket=BUCKET, Key=f"{export['folder']}/{name}", Body=b"{}")  # type: ignore[attr-defined]
    take_down(client, seed)
    assert "taken down" in (work_off(woken[-1]) or "")
    assert keys(store) == []
