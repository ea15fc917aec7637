"""Exports for `benchmarks.learning`, made by Seedbed from reasoning-gym's sums.

    .venv/bin/python -m benchmarks.learning_exports FOLDER --random-seed 0

Seeds with known answers lie accepted in the tables of a Postgres of its own, with kept traces of
two runs: in the first every sum is worked out, in the second every other one is called easy. Then
four exports are asked for and written, as the API and a worker do it: `sft`, `mixed`, `rl`,
`unseen`. No endpoint is called: the traces are written by rule.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NamedTuple

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from backend.embedded import postgres
from backend.embedded.folders import ROOT

DRAWN: Final = 60_000
SIDES: Final = {"train": 6000, "rewards": 1200, "unseen": 400}
WORKED_OUT, HALF_EASY = 1, 2
_NOBODY: Final = """
    insert into user_account (name, role) values ('bench', 'curator');
    insert into source (name) values ('reasoning-gym');
    insert into endpoint (name, base_url, model, role, sampling)
    values ('rule', 'http://127.0.0.1:9/v1', 'rule', 'teacher', '{}');
    insert into policy (name, version, settings) values ('default', 1, '{}') on conflict do nothing;
    insert into run (id, name, kind, filter, settings, policy_id, created_by)
    select n, 'run ' || n, 'traces', '{}', '{}', (select min(id) from policy), id
    from user_account, generate_series(1, 2) n
"""
_REVISION: Final = """
    insert into seed_revision (id, seed_id, number, prompt, answer, content_hash, origin)
    values (:id, :id, 1, cast(:prompt as text), :answer,
        sha256(convert_to(cast(:prompt as text), 'UTF8')), 'import')
"""
_SEED: Final = """
    insert into seed (id, source_id, external_id, revision_id, content_hash, domain, licence,
        status)
    values (:id, 1, :external_id, :id, sha256(convert_to(cast(:prompt as text), 'UTF8')), :side,
        'Apache-2.0', 'accepted')
"""
_SAMPLE: Final = """
    insert into sample (id, revision_id, endpoint_id, template_hash, settings_hash, sample_index,
        max_tokens, response, reasoning, prompt_tokens, completion_tokens, cost, latency_ms)
    values (:sample, :id, 1, 't', 's', :run, 64, :response, :thinking, 20, 30, 0, 1)
"""
_TRACE: Final = """
    insert into trace (sample_id, revision_id, endpoint_id, run_id, state, evidence,
        thinking_tokens, answer_tokens, key_origin, reference_answer, reference_key)
    values (:sample, :id, 1, :run, 'kept', '{}', 24, 6, 'given', cast(:answer as text),
        'integer:' || cast(:answer as text))
"""


class Sum(NamedTuple):
    """A problem of reasoning-gym's, with its place in its data set."""

    place: int
    prompt: str
    terms: tuple[int, int]
    answer: str


def sums(random_seed: int) -> list[Sum]:
    """Different sums of two numbers of two digits; differences are left aside."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # a library of reasoning-gym's has some
        # A SAT solver that only one task asks for, and that needs a C compiler to install.
        sys.modules.setdefault("pycosat", ModuleType("pycosat"))
        import reasoning_gym

    drawn = reasoning_gym.create_dataset(
        "chain_sum", seed=random_seed, size=DRAWN, min_terms=2, max_terms=2, min_digits=2,
        max_digits=2,
    )  # fmt: skip
    found: dict[str, Sum] = {}
    for place, item in enumerate(drawn):
        expression = item["question"].rpartition(":")[2].strip(" =\n")
        if "+" in expression:
            first, second = (int(term) for term in expression.split("+"))
            found.setdefault(
                item["question"], Sum(place, item["question"], (first, second), item["answer"])
            )
    wanted = sum(SIDES.values())
    if len(found) < wanted:
        raise SystemExit(f"{len(found):,} different sums were drawn; {wanted:,} are needed")
    return random.Random(random_seed).sample(list(found.values()), wanted)


def worked_out(a: int, b: int) -> str:
    """A sum digit by digit: ones with what is carried, tens, then both."""
    ones = a % 10 + b % 10
    carry = ones // 10
    tens = a // 10 + b // 10 + carry
    return (
        f"{a % 10}+{b % 10}={ones} c{carry}; {a // 10}+{b // 10}+{carry}={tens}; {tens}|{ones % 10}"
    )


def fill(connection: Connection, problems: list[Sum]) -> None:
    """Put seeds and traces into the tables, as imports and verification leave them."""
    connection.execute(text("set session_replication_role = replica"))
    for statement in _NOBODY.split(";\n"):
        connection.execute(text(statement))
    sides = [side for side, count in SIDES.items() for _ in range(count)]
    rows = [
        {"id": number, "side": side, "prompt": problem.prompt, "answer": problem.answer,
         "external_id": f"chain_sum-{problem.place}"}
        for number, (side, problem) in enumerate(zip(sides, problems, strict=True), start=1)
    ]  # fmt: skip
    for statement in (_REVISION, _SEED):
        connection.execute(text(statement), rows)
    traces = list(_traces(problems[: SIDES["train"]]))
    for statement in (_SAMPLE, _TRACE):
        connection.execute(text(statement), traces)


def _traces(problems: list[Sum]) -> Iterator[dict[str, Any]]:
    for number, problem in enumerate(problems, start=1):
        for run in (WORKED_OUT, HALF_EASY):
            is_easy = run == HALF_EASY and number % 2
            thinking = "easy" if is_easy else worked_out(*problem.terms)
            yield {
                "id": number, "run": run, "sample": 2 * number + run, "thinking": thinking,
                "response": rf"\boxed{{{problem.answer}}}", "answer": problem.answer,
            }  # fmt: skip


def write(folder: Path) -> None:
    """Ask for the four exports and write them; their folders are moved to `folder`."""
    # Only now: the settings are read when these are imported.
    from backend.accounts.tables import User
    from backend.config import settings
    from backend.database import session_scope
    from backend.exports.schemas import ExportCreate
    from backend.exports.service import create_export, get_export
    from backend.exports.verify import verify
    from backend.jobs import service as jobs
    from workers.tasks.exports import write as write_export

    asked: dict[str, dict[str, Any]] = {
        "sft": {"layout": "sft", "traces": "all", "trace_run_id": WORKED_OUT, "side": "train"},
        "mixed": {"layout": "sft", "traces": "all", "trace_run_id": HALF_EASY, "side": "train"},
        "rl": {"layout": "rl", "side": "rewards"},
        "unseen": {"layout": "rl", "side": "unseen"},
    }
    for name, wanted in asked.items():
        side = wanted.pop("side")
        body = ExportCreate.model_validate({"name": name, "filter": {"domain": side}} | wanted)
        with session_scope() as session:
            export = create_export(session, session.get_one(User, 1), body)
        assert export.job_id is not None
        job = jobs.claim(export.job_id, 3600, "bench/1")
        assert job is not None
        write_export(job)
        jobs.finish(job)
        with session_scope() as session:
            written = settings().home / "exports" / str(get_export(session, export.id).folder)
        if faults := verify(written):
            raise SystemExit("; ".join(faults))
        shutil.move(written, folder / name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--random-seed", type=int, default=0)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        url = postgres.start(Path(scratch) / "postgres", settings=postgres.SCRATCH_SETTINGS).url()
        os.environ |= {
            "SEEDBED_DATABASE_URL": url, "SEEDBED_BROKER_URL": "memory://",
            "SEEDBED_HOME": str(Path(scratch) / "home"),
        }  # fmt: skip
        try:
            _fill_and_write(wanted.folder, wanted.random_seed)
        finally:
            postgres.stop(Path(scratch) / "postgres")
    print(json.dumps({"folder": str(wanted.folder), "seeds": sum(SIDES.values())}))


def _fill_and_write(folder: Path, random_seed: int) -> None:
    from backend.database import engine

    folder.mkdir(parents=True, exist_ok=True)
    command.upgrade(Config(ROOT / "alembic.ini"), "head")
    with engine().begin() as connection:
        fill(connection, sums(random_seed))
    write(folder)
    engine().dispose()


if __name__ == "__main__":
    main()
