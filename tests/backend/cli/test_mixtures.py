"""`seedbed mixtures` and `seedbed takedowns`, against the real API."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.cli import mixtures, tokenizers
from backend.jobs import service as jobs
from backend.scoring.tables import Sample
from tests.mixtures import made, taught, work_off
from tests.tokenizers import words_file
from workers.tasks.tokens import count_tokens

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
    assert (
        "2 rows are as they were frozen."
        in seedbed("mixtures", "verify", before.stdout.strip()).stderr
    )
    only = ("takedowns", "add", "--reason", "licence", "--seed", str(seed.id))
    assert "1 seeds would be taken down." in seedbed(*only, "--dry-run").stderr
    batch = seedbed(*only).stdout
    blocked = seedbed("takedowns", "versions", batch.strip()).stdout
    assert "first" in blocked
    assert batch.strip() in seedbed("takedowns", "batches").stdout
    assert "licence" in seedbed("takedowns", "list").stdout
    assert "BLOCKED: 1 of its seeds" in seedbed("mixtures", "show", before.stdout.strip()).stderr
    after = seedbed("mixtures", "freeze", "first").stdout
    told = seedbed("mixtures", "compare", before.stdout.strip(), after.strip()).stdout
    assert "taken_down" in told
    assert str(kept.id) not in told.split("after")[-1]
    assert "may be used again" in seedbed("takedowns", "lift", batch.strip()).stderr
    assert seedbed("mixtures", "versions", "first").stdout.count("frozen") == 3  # and the heading
    seedbed("takedowns", "add", "--reason", "other", status=2)
    none = seedbed("takedowns", "add", "--reason", "other", "--import", "77")
    assert "0 seeds were taken down." in none.stderr


def test_tokenizers_are_registered_and_count(
    seedbed: Any,
    session: Session,
    woken: list[int],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    taught(session)
    session.commit()
    file = tmp_path / "tokenizer.json"
    file.write_bytes(words_file())
    number = seedbed("tokenizers", "add", "words", str(file), "--template-tokens", "3").stdout
    assert number.strip() in seedbed("tokenizers", "list").stdout

    def work(api: Any, job: Any) -> None:
        claimed = jobs.claim(job["id"], 30, "host/1")
        assert claimed is not None
        count_tokens(claimed)

    monkeypatch.setattr(tokenizers, "follow", work)
    counted = seedbed("tokenizers", "count", "words")
    assert "2 prompts and traces are counted, 0 are not." in counted.stderr
    assert "no tokenizer x" in seedbed("tokenizers", "count", "x", status=1).stderr
    file.write_text("{}")
    assert "no tokenizer.json" in seedbed("tokenizers", "add", "y", str(file), status=1).stderr


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


class Letters:
    """A tokenizer of one letter a token."""

    def __init__(self, file: str) -> None:
        if "broken" in file:
            raise ValueError("no JSON")

    def encode(self, text: str, add_special_tokens: bool) -> Any:
        assert not add_special_tokens
        return SimpleNamespace(ids=list(text))


def test_token_scale_is_measured_on_kept_traces(
    seedbed: Any, session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By hand: 7 + 16 + 10 letters to 2 + 90 + 10 tokens as counted here."""
    library = ModuleType("tokenizers")
    library.Tokenizer = SimpleNamespace(from_file=Letters)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tokenizers", library)
    file, broken = tmp_path / "tokenizer.json", tmp_path / "broken.json"
    for path in (file, broken):
        path.write_text("{}")
    seedbed("mixtures", "token-scale", str(file), status=1)
    taught(session, prompt="1234567")
    session.commit()
    [trace] = session.scalars(select(Sample))
    assert (len(trace.reasoning or ""), len(trace.response)) == (16, 10)
    found = seedbed("mixtures", "token-scale", str(file))
    assert found.stdout.strip() == f"{33 / 102:.3f}"
    assert "is no tokenizer" in seedbed("mixtures", "token-scale", str(broken), status=1).stderr
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    missing = seedbed("mixtures", "token-scale", str(file), status=1)
    assert "requirements/training.txt" in missing.stderr
