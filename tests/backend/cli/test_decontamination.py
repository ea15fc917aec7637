"""`seedbed decontamination`, against the real API."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from tests.builders import create_hit, create_seed


@pytest.fixture
def hit_seeds(session: Session) -> None:
    for state in ("confirmed", "dismissed", "open"):
        create_hit(session, create_seed(session), state=state)
    session.commit()


def test_policy_is_changed_shown_and_listed(seedbed: Any, client: TestClient) -> None:
    made = seedbed(
        "decontamination", "policy", "create", "default", "--set", "ngram_words=10",
        "--variant", "block",
    )  # fmt: skip
    policy = client.get("/v1/decontamination/policy").json()
    assert (str(policy["id"]), policy["settings"]["ngram_words"]) == (made.stdout.strip(), 10)
    assert policy["settings"]["actions"] == {
        "contaminated": "block", "variant": "block", "related": "ignore",
    }  # fmt: skip
    shown = seedbed("decontamination", "policy", "show")
    assert ["ngram_words", "10"] in [line.split() for line in shown.stdout.splitlines()]
    listed = seedbed("decontamination", "policy", "list").stdout.splitlines()
    assert [line.split()[1:3] for line in listed[1:]] == [["default", "2"], ["default", "1"]]


def test_new_policy_says_which_job_checks_the_seeds(
    seedbed: Any,
    hit_seeds: None,
    woken: list[int],
) -> None:
    made = seedbed("decontamination", "policy", "create", "default")
    assert f"Job {woken[-1]} checks all seeds" in made.stderr


def test_wrong_setting_is_refused_by_name(seedbed: Any) -> None:
    refused = seedbed(
        "decontamination", "policy", "create", "default", "--set", "ngram_words=0", status=1
    )
    assert "ngram_words" in refused.stderr
    unread = seedbed(
        "decontamination", "policy", "create", "default", "--set", "ngram_words=ten", status=2
    )
    assert "the value in JSON" in unread.stderr


def test_report_gives_precision_with_its_interval(seedbed: Any, hit_seeds: None) -> None:
    lines = seedbed("decontamination", "report").stdout.splitlines()
    assert len(lines) == 4  # each in a benchmark of its own
    # One of one was wrong: Wilson gives 0 to z² / (1 + z²) = 0.79.
    assert lines[1].endswith("0.00 (0.00 to 0.79)")
