"""The command line as a whole: help, keys, users, the sign-in link, and failures in words."""

import os
import stat
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import httpx
import pytest

from backend.accounts import service as accounts
from backend.cli.app import COMMANDS
from backend.database import session_scope
from backend.embedded.home import claimed, write_environment
from tests.backend.cli.conftest import Run


def test_help_names_every_command(run: Run) -> None:
    shown = run("--help").output
    assert all(name in shown for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_of_its_own(run: Run, name: str) -> None:
    assert "Usage:" in run(name, "--help").output
    command = COMMANDS[name]
    assert hasattr(import_module(command.module), command.name)


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from backend.cli.app import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "heavy = {'sqlalchemy', 'httpx', 'pyarrow', 'fastapi', 'pydantic', 'numpy'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=120)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_unknown_command_is_a_wrong_command_line(run: Run) -> None:
    assert "No such command 'sed'" in run("sed", status=2).output


def test_key_is_made_listed_used_and_revoked(
    run: Run, api_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("users", "create", "pipeline", "--role", "ingester")
    secret = run("keys", "create", "nightly", "--user", "pipeline").stdout.strip()
    assert secret.startswith("sb_")
    listed = run("keys", "list").stdout
    (line,) = [line for line in listed.splitlines() if "nightly" in line]
    assert "pipeline" in line
    key_id = line.split()[0]
    monkeypatch.setenv("SEEDBED_KEY", secret)
    run("keys", "list")
    run("users", "list", status=1)
    run("keys", "revoke", key_id)
    assert "unknown, expired or revoked" in run("keys", "list", status=1).stderr


def test_user_with_a_password_can_sign_in(run: Run, api_url: str) -> None:
    words = ("users", "create", "Ada", "--role", "curator", "--with-password")
    run(*words, input="correct horse\ncorrect horse\n")
    assert "Ada" in run("users", "list").stdout
    body = {"name": "Ada", "password": "correct horse"}
    assert httpx.post(f"{api_url}/v1/sign-in", json=body).status_code == 200


def test_wrong_field_is_told_in_words(run: Run, api_url: str) -> None:
    run("users", "create", "Ada", "--role", "viewer")
    message = run("users", "create", "Ada", "--role", "viewer", status=1).stderr
    assert message == "Refused: there is a user Ada already\n"


def test_api_that_is_away_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEEDBED_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SEEDBED_KEY", "sb_any")
    assert "The API at http://127.0.0.1:9 does not answer" in run("keys", "list", status=3).stderr


def test_missing_key_says_where_it_is_looked_for(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SEEDBED_KEY", raising=False)
    monkeypatch.setenv("SEEDBED_HOME", str(tmp_path))
    assert str(tmp_path / "key") in run("keys", "list", status=1).stderr


def test_link_signs_in_once_and_leaves_a_key_for_the_commands(
    run: Run, api_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SEEDBED_HOME", str(tmp_path))
    url = run("sign-in-link").stdout
    assert url.count("\n") == 1
    link = {"link": url.strip().partition("?link=")[2]}
    assert httpx.post(f"{api_url}/v1/sign-in", json=link).json()["user"]["role"] == "admin"
    assert httpx.post(f"{api_url}/v1/sign-in", json=link).status_code == 401
    key = tmp_path / "key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    monkeypatch.delenv("SEEDBED_KEY")
    run("users", "list")


def test_link_keeps_a_key_that_works_and_replaces_one_that_does_not(
    run: Run, committed: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SEEDBED_HOME", str(tmp_path))
    (tmp_path / "key").write_text("sb_of_another_database")
    run("sign-in-link")
    kept = (tmp_path / "key").read_text()
    run("sign-in-link")
    assert (tmp_path / "key").read_text() == kept
    with session_scope() as session:
        assert accounts.user_of_secret(session, kept, ("api",)).role == "admin"


def _link_without_a_database_url(home: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "SEEDBED_DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "backend.cli.app", "sign-in-link"],
        env={**environment, "SEEDBED_HOME": str(home)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_link_is_of_what_runs_in_the_home_folder(
    committed: None, database_url: str, tmp_path: Path
) -> None:
    known = {"SEEDBED_DATABASE_URL": database_url, "SEEDBED_DASHBOARD_URL": "http://here"}
    with claimed(tmp_path):
        write_environment(tmp_path, known)
        ended = _link_without_a_database_url(tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("http://here/?link=")


def test_link_without_a_database_says_what_to_set(tmp_path: Path) -> None:
    ended = _link_without_a_database_url(tmp_path)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "SEEDBED_DATABASE_URL" in ended.stderr
