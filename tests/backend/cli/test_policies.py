"""`seedbed policies` and `seedbed runs calibration`, against the real API."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.cli import client as cli_client
from backend.jobs.tables import Job
from tests.backend.scoring.test_calibration_report import Measured
from tests.scored_seeds import Scored


@pytest.fixture
def worker(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ends whatever job a command waits for."""

    def work(seconds: float) -> None:
        session.execute(update(Job).values(state="done", done_count=4))
        session.commit()

    monkeypatch.setattr(cli_client.time, "sleep", work)


def test_policies_are_made_from_presets_and_options_and_listed(
    seedbed: Any, client: TestClient
) -> None:
    assert "Qwen2.5-Math" in seedbed("policies", "presets").stdout
    made = seedbed(
        "policies", "create", "mine", "--preset", "LIMO", "--high", "0.5",
        "--set", "weak_prior=[1, 1]",
    )  # fmt: skip
    settings = client.get(f"/v1/policies/{made.stdout.strip()}").json()["settings"]
    assert (settings["low"], settings["high"]) == (1 / 32, 0.5)
    assert settings["weak_prior"] == [1, 1]
    (line,) = [row for row in seedbed("policies", "list").stdout.splitlines() if "mine" in row]
    assert line.split()[1:6] == ["mine", "1", "0.0312", "0.5", "0.9"]


def test_wrong_settings_are_refused_in_words(seedbed: Any) -> None:
    assert "There is no preset X; there are: Phi-4" in (
        seedbed("policies", "create", "p", "--preset", "X", status=1).stderr
    )
    assert (
        "write NAME=VALUE" in seedbed("policies", "preview", "--set", "low=much", status=2).stderr
    )
    assert "low: must be in [0, 1)" in seedbed("policies", "preview", "--low", "2", status=1).stderr
    assert "There is no policy x:3" in seedbed("policies", "apply", "x:3", status=1).stderr


def test_preview_prints_the_matrix_and_how_many_change(seedbed: Any, session: Session) -> None:
    Scored(session, count=8)
    shown = seedbed("policies", "preview", "--low", "0.1", "--high", "0.8", "--threshold", "0.9")
    assert "0 of 8 seeds would change verdict." in shown.stderr
    lines = shown.stdout.splitlines()
    assert lines[0].split() == [
        "now", "\\", "then", "suspect", "hard", "teachable", "easy", "unsettled", "all",
    ]  # fmt: skip
    assert lines[-1].split()[-1] == "8"
    against = seedbed("policies", "preview", "--base", "default", "--domain", "logic")
    assert "0 of" in against.stderr


def test_policy_is_applied_by_name_and_waited_for(
    seedbed: Any, session: Session, worker: None
) -> None:
    number = seedbed("policies", "create", "strict").stdout.strip()
    assert "4 verdicts were computed." in seedbed("policies", "apply", "strict:1").stderr
    assert session.scalars(select(Job.payload)).all() == [{"policy_id": int(number)}]


def test_calibration_is_printed_and_fitted_again_on_request(
    seedbed: Any, session: Session, worker: None
) -> None:
    measured = Measured(session)
    measured.gold("55555555", "5555", count=3)
    run_id = str(measured.run.id)
    shown = seedbed("runs", "calibration", run_id)
    assert "Only 3 seeds with a known answer" in shown.stderr
    assert "share_log_odds" in shown.stdout
    assert ["gold", "seeds", "3"] in [line.split() for line in shown.stdout.splitlines()]
    again = seedbed("runs", "calibration", run_id, "--again")
    assert "4 verdicts were computed again." in again.stderr
    assert session.scalars(select(Job.kind)).all() == ["run.recalibrate"]
