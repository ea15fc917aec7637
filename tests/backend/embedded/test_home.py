"""Who holds a home, and what becomes of the rest of a killed run."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backend.embedded import home as homes
from backend.embedded.folders import lock


def test_claim_of_a_held_home_tells_where_it_runs(tmp_path: Path) -> None:
    with homes.claimed(tmp_path):
        homes.write_environment(tmp_path, {"SEEDBED_DASHBOARD_URL": "http://127.0.0.1:8301"})
        with pytest.raises(homes.AlreadyRunning) as running, homes.claimed(tmp_path):
            pass
        assert running.value.environment == {"SEEDBED_DASHBOARD_URL": "http://127.0.0.1:8301"}
    assert homes.read_environment(tmp_path) == {}


def test_claim_again_after_release_works(tmp_path: Path) -> None:
    for _ in range(2):
        with homes.claimed(tmp_path):
            pass


def test_claim_ends_what_a_killed_run_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homes, "LEFTOVER_PATIENCE", 1.0)
    with lock(tmp_path / "run.lock") as held:
        sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
        left = subprocess.Popen(sleeper, pass_fds=[held.fileno()])
    with homes.claimed(tmp_path):
        assert left.wait(timeout=10) == -signal.SIGKILL


def test_environment_of_a_killed_run_counts_for_nothing(tmp_path: Path) -> None:
    homes.write_environment(tmp_path, {"SEEDBED_API_URL": "http://127.0.0.1:8300"})
    assert homes.read_environment(tmp_path) == {}


def test_published_environment_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    homes.write_environment(tmp_path, {"SEEDBED_DATABASE_URL": "postgresql+psycopg://u:secret@h/d"})
    assert (tmp_path / "run.json").stat().st_mode & 0o777 == 0o600
