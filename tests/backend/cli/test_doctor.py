"""`seedbed doctor` on this machine and with what it should complain about."""

import pytest
import typer
from typer.testing import CliRunner, Result

from backend.cli.doctor import doctor
from backend.database import session_scope
from backend.jobs import service
from tests.builders import create_endpoint


def examine() -> Result:
    app = typer.Typer()
    app.command()(doctor)
    return CliRunner().invoke(app, [])


def test_doctor_where_all_is_well_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SEEDBED_DATABASE_URL", "SEEDBED_BROKER_URL"):
        monkeypatch.delenv(name)
    result = examine()
    assert result.exit_code == 0, result.output
    assert result.output.count("starts and stops") == 2


def test_doctor_with_a_dead_database_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEEDBED_DATABASE_URL", "postgresql+psycopg://u:secret@127.0.0.1:1/d")
    result = examine()
    assert result.exit_code == 1
    assert "SEEDBED_DATABASE_URL does not answer" in result.output
    assert "secret" not in result.output


@pytest.mark.usefixtures("committed")
def test_doctor_misses_a_gpu_worker_where_an_endpoint_needs_one() -> None:
    def said() -> str:
        return next(line for line in examine().output.splitlines() if "GPU worker" in line)

    assert "not needed" in said()
    with session_scope() as session:
        create_endpoint(session, base_url="vllm:", name="own model")
    assert "none was ever seen; own model cannot be asked" in said()
    service.beat("host/1", ["seedbed"])
    assert "none was ever seen" in said(), "an ordinary worker is none"
    service.beat("host/2", ["gpu"])
    assert "lives" in said()


def test_doctor_says_how_far_programs_are_kept_in() -> None:
    [line] = [line for line in examine().output.splitlines() if "sandbox" in line]
    assert "namespaces" in line or "limits only" in line
