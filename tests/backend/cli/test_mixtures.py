"""`seedbed mixtures` and `seedbed takedowns`, against the real API."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.cli import mixtures
from tests.mixtures import made, taught, work_off

RECIPE = """
random_seed: 4
parts:
- clusters:
  - {domain: maths, tier: high, epochs: 3}
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE)
    return str(path)


def test_recipe_goes_in_and_out_as_yaml(
    seedbed: Any, session: Session, file: str, tmp_path: Path
) -> None:
    for _ in range(2):
        taught(session)
    session.commit()
    shown = seedbed("mixtures", "preview", file)
    assert "maths" in shown.stdout
    assert "train: 2 seeds, 6 rows, " in shown.stderr
    assert "Warning: test is 100% of all tokens." in shown.stderr
    seedbed("mixtures", "create", "first", file)
    written = seedbed("mixtures", "recipe", "first").stdout
    assert "random_seed: 4" in written
    other = tmp_path / "other.yaml"
    other.write_text(written.replace("random_seed: 4", "random_seed: 5"))
    assert "edition 2" in seedbed("mixtures", "update", "first", str(other)).stderr
    assert "random_seed: 5" in seedbed("mixtures", "recipe", "first").stdout
    assert "first" in seedbed("mixtures", "list").stdout


def test_wrong_recipe_and_unknown_mixture_end_the_command(seedbed: Any, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("validation_share: 7")
    assert "Refused" in seedbed("mixtures", "preview", str(wrong), status=1).stderr
    gone = seedbed("mixtures", "freeze", "unheard-of", status=1)
    assert "There is no mixture unheard-of." in gone.stderr


def test_freeze_waits_and_prints_the_version(
    seedbed: Any,
    session: Session,
    client: TestClient,
    woken: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seed, kept = taught(session), taught(session)
    session.commit()
    made(client, "first")
    monkeypatch.setattr(mixtures, "follow", lambda api, job: work_off(job["id"]))
    before = seedbed("mixtures", "freeze", "first")
    assert "Version 1 of first, hash " in before.stderr
    batch = seedbed("takedowns", "add", "--reason", "licence", "--seed", str(seed.id)).stdout
    assert "licence" in seedbed("takedowns", "list").stdout
    assert "BLOCKED: 1 of its seeds" in seedbed("mixtures", "show", before.stdout.strip()).stderr
    after = seedbed("mixtures", "freeze", "first").stdout
    told = seedbed("mixtures", "compare", before.stdout.strip(), after.strip()).stdout
    assert "taken_down" in told
    assert str(kept.id) not in told.split("after")[-1]
    assert "may be used again" in seedbed("takedowns", "lift", batch.strip()).stderr
    assert seedbed("mixtures", "versions", "first").stdout.count("frozen") == 3  # and the heading
    seedbed("takedowns", "add", "--reason", "other", status=2)


def test_siblings_and_compositions_are_made(
    seedbed: Any, session: Session, client: TestClient
) -> None:
    taught(session)
    session.commit()
    made(client, "one")
    made(client, "two", parts=[{"filter": {"domain": "code"}}])
    assert "one without maths, high" in seedbed("mixtures", "siblings", "one").stdout
    number = seedbed("mixtures", "compose", "both", "one", "two").stdout.strip()
    assert "name: two" in seedbed("mixtures", "recipe", number).stdout


def test_clusters_are_listed_and_seeds_moved(
    seedbed: Any, session: Session, tmp_path: Path
) -> None:
    taught(session, prompt="Is seven prime?", domain=None)
    taught(session, prompt="A triangle?", domain=None)
    session.commit()
    assert "(none)" in seedbed("mixtures", "clusters").stdout
    rules = tmp_path / "rules.yaml"
    rules.write_text("- {filter: {q: prime}, domain: numbers}\n- {domain: other, tier: low}")
    words = ("seeds", "move", "--reason", "sorting", "--rules", str(rules), "--no-domain")
    assert "2 seeds would be moved." in seedbed(*words, "--dry-run").stderr
    assert "2 seeds were moved." in seedbed(*words).stderr
    listed = seedbed("mixtures", "clusters").stdout.splitlines()
    assert [line.split()[:3] for line in listed[1:]] == [
        ["numbers", "high", "1"], ["other", "low", "1"],
    ]  # fmt: skip
    one = ("seeds", "move", "--reason", "sorting", "--domain", "other", "--to-tier", "formula")
    assert "1 seeds were moved." in seedbed(*one).stderr
    seedbed("seeds", "move", "--reason", "nowhere", status=2)
    rules.write_text("- [")
    seedbed(*words, status=2)
