"""`seedbed export mixture` and `verify`, against a real API."""

from pathlib import Path

import pytest
import typer
from sqlalchemy import select

from backend.accounts import service as accounts
from backend.cli import export_version
from backend.cli.client import Api
from backend.database import session_scope
from backend.jobs import service as jobs
from backend.jobs.tables import Job
from backend.mixtures import service, versions
from backend.mixtures.freezing import freeze
from backend.mixtures.recipe import Recipe
from backend.mixtures.tables import Mixture
from backend.seeds.tables import Seed
from tests.backend.cli.conftest import Run
from tests.builders import create_hit
from tests.mixtures import taught
from tests.version_exports import work_off


@pytest.fixture
def version(api_url: str) -> None:
    """A frozen version, and one that is still to be frozen."""
    with session_scope() as session:
        admin = accounts.first_admin(session)
        for _ in range(5):
            taught(session)
        mixture = service.create_mixture(session, admin, "maths", Recipe())
        asked = versions.ask_for_version(session, admin, mixture.id)
    job = jobs.claim(asked.job_id or 0, 60, "test/1")
    assert job is not None
    freeze(job)
    jobs.finish(job)
    with session_scope() as session:
        versions.ask_for_version(session, accounts.first_admin(session), mixture.id)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exports are written while the command waits."""

    def sleep(_: float) -> None:
        with session_scope() as session:
            wanted = select(Job.id).where(Job.kind == "export.version", Job.state == "queued")
            found = session.scalars(wanted).all()
        for job_id in found:
            work_off(job_id)

    monkeypatch.setattr(export_version.time, "sleep", sleep)


def test_newest_frozen_version_is_exported_downloaded_and_verified(
    run: Run, version: None, worker: None, tmp_path: Path
) -> None:
    made = run("export", "mixture", "maths", "--format", "trl-sft", "--to", str(tmp_path))
    assert made.stderr.startswith("train: 5 rows, ")
    folder = Path(made.stdout.strip())
    assert folder.parent == tmp_path
    assert {path.name for path in folder.rglob("*") if path.is_file()} == {
        "README.md", "croissant.json", "manifest.json", "train-00000-of-00001.parquet"
    }  # fmt: skip
    said = run("export", "verify", str(folder)).stdout
    assert f"{folder} is whole: 5 rows." in said
    assert "None of its seeds was taken down, none has a benchmark hit now." in said
    with session_scope() as session:
        create_hit(session, session.scalars(select(Seed).order_by(Seed.id)).all()[0])
    assert "has a benchmark hit now" in run("export", "verify", str(folder), status=1).stdout
    alone = run("export", "verify", str(folder), "--offline").stdout
    assert "NOT asked: whether seeds were taken down" in alone
    again = run("export", "mixture", "maths", "--format", "trl-sft", status=1)
    assert "have an open or confirmed benchmark hit" in again.stderr
    assert "maths" in run("export", "list").stdout


def test_what_is_not_there_is_refused(run: Run, version: None) -> None:
    wanted = ("export", "mixture", "--format", "trl-sft")
    assert "There is no mixture law." in run(*wanted, "law", status=1).stderr
    assert "maths has no version 7." in run(*wanted, "maths", "--version", "7", status=1).stderr
    assert "not frozen" in run(*wanted, "maths", "--version", "2", status=1).stderr
    both = run(*wanted, "maths", "--to", "x", "--destination", "s3://b", status=2)
    assert "leave out --destination" in both.stderr


def test_mixture_is_meant_by_its_number_first(run: Run, version: None) -> None:
    """As by the commands of mixtures: one whose name is another's number is called by its own."""
    with session_scope() as session:
        admin = accounts.first_admin(session)
        maths = session.scalars(select(Mixture.id)).one()
        service.create_mixture(session, admin, str(maths), Recipe())
        service.create_mixture(session, admin, "2026", Recipe())
    wanted = ("export", "mixture", "--format", "trl-sft", "--version", "9")
    assert "maths has no version 9." in run(*wanted, str(maths), status=1).stderr
    assert "2026 has no version 9." in run(*wanted, "2026", status=1).stderr


def test_verify_without_an_answer_says_so(
    run: Run, version: None, worker: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run("export", "mixture", "maths", "--format", "trl-sft", "--to", str(tmp_path))
    folder = made.stdout.strip()
    monkeypatch.setenv("SEEDBED_API_URL", "http://127.0.0.1:9")
    said = run("export", "verify", folder, "--without-guidelines", status=3)
    assert "The API at http://127.0.0.1:9 does not answer" in said.stderr
    elsewhere = run("export", "verify", "nowhere://export", status=1)
    assert "nowhere://export cannot be read: " in elsewhere.stderr


def test_file_that_cannot_be_fetched_is_told_in_words(
    run: Run, version: None, worker: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("export", "mixture", "maths", "--format", "trl-sft")
    export = Api().get("/v1/exports/1")
    export["manifest"]["files"].append({"name": "gone.txt"})
    with pytest.raises(typer.Exit):
        export_version.download(Api(), export, tmp_path)
    assert "Refused: export 1 has no file gone.txt" in capsys.readouterr().err
