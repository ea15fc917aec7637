"""How long a mixture takes to preview and to freeze, and how much memory that needs.

python -m benchmarks.mixtures --seeds 100000
"""

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from backend.embedded import postgres
from backend.embedded.folders import ROOT

SEEDS = """
    insert into user_account (name, role) values ('bench', 'curator');
    insert into source (name) select 'source ' || n from generate_series(1, 12) n;
    insert into endpoint (name, base_url, model, role, sampling)
    values ('teacher', 'http://127.0.0.1:9/v1', 'm', 'teacher', '{}'),
        ('judge', 'http://127.0.0.1:9/v1', 'm', 'judge', '{}');
    insert into policy (name, version, settings) values ('default', 1, '{}') on conflict do nothing;
    insert into run (name, kind, filter, settings, policy_id, created_by)
    select 'r', 'traces', '{}', '{}', (select min(id) from policy), id from user_account;
    insert into seed_revision (id, seed_id, number, prompt, content_hash, origin)
    select n, n, 1, 'Problem ' || n || repeat(' and a few words', 12),
        sha256(convert_to(n::text, 'UTF8')), 'import'
    from generate_series(1, :seeds) n;
    insert into seed (id, source_id, external_id, revision_id, content_hash, domain, licence,
        status, verdict, agreement)
    select n, 1 + n % 12, n::text, n, sha256(convert_to(n::text, 'UTF8')),
        (array['algebra', 'geometry', 'code', 'law', null])[1 + n % 5],
        (array['mit', 'cc-by', null])[1 + n % 3], 'accepted',
        (array['teachable', 'hard', 'easy'])[1 + n % 3], random()
    from generate_series(1, :seeds) n;
    insert into sample (id, revision_id, endpoint_id, template_hash, settings_hash, sample_index,
        max_tokens, response, prompt_tokens, completion_tokens, cost, latency_ms)
    select n, 1 + n / 3, case when n % 3 = 2 then 2 else 1 end, 't', 's', n % 3, 1, 'x', 1, 1, 0, 1
    from generate_series(0, 3 * :seeds - 1) n;
    insert into trace (sample_id, revision_id, endpoint_id, run_id, state, evidence,
        thinking_tokens, answer_tokens, key_origin, reference_answer, reference_key)
    select n, 1 + n / 3, 1, (select min(id) from run), 'kept', '{}', 200 + n % 9000, 100, 'given',
        '1', 'integer:1'
    from generate_series(0, 3 * :seeds - 1) n where n % 3 < 2;
    insert into judgment (sample_id, revision_id, rubric_hash, well_posed, verifiable)
    select n, 1 + n / 3, 'r', 1 + n % 5, 1 + n % 4
    from generate_series(0, 3 * :seeds - 1) n where n % 3 = 2;
"""


def main() -> None:
    """Fill a database of its own, preview and freeze, and say how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100_000)
    seeds = parser.parse_args().seeds
    with tempfile.TemporaryDirectory() as folder:
        url = postgres.start(Path(folder) / "postgres", settings=postgres.SCRATCH_SETTINGS).url()
        os.environ |= {"SEEDBED_DATABASE_URL": url, "SEEDBED_BROKER_URL": "memory://"}
        try:
            figures = _measured(seeds)
        finally:
            postgres.stop(Path(folder) / "postgres")
    print(f"{'what':<28}{'value':>12}")
    for name, value in figures.items():
        print(f"{name:<28}{value:>12,.1f}")
    print(json.dumps(figures))


def _measured(seeds: int) -> dict[str, float]:
    # Only now: the settings are read when these are imported.
    from backend.accounts.tables import User
    from backend.database import engine, session_scope
    from backend.jobs.service import claim
    from backend.mixtures import service, versions
    from backend.mixtures.freezing import freeze
    from backend.mixtures.recipe import Recipe

    command.upgrade(Config(ROOT / "alembic.ini"), "head")
    with engine().begin() as connection:
        connection.execute(text("set session_replication_role = replica"))
        for statement in SEEDS.split(";\n"):
            if statement.strip():
                connection.execute(text(statement), {"seeds": seeds})
    with engine().connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("vacuum analyze"))
    recipe = Recipe(validation_share=0.02)
    recipe.parts[0].default_epochs = 2.5
    before = _memory()
    with session_scope() as session:
        preview = _timed(lambda: service.preview(session, recipe))
    with session_scope() as session:
        user = session.get_one(User, 1)
        mixture = service.create_mixture(session, user, "bench", recipe)
        version = versions.ask_for_version(session, user, mixture.id)
    job = claim(version.job_id or 0, 3600, "bench/1")
    assert job is not None
    took = _timed(lambda: freeze(job))
    with session_scope() as session:
        rows = versions.get_version(session, version.id).figures
        assert rows is not None
        total = rows.train.rows + rows.validation.rows
    engine().dispose()
    return {
        "seeds": seeds, "rows": total, "preview_seconds": preview, "freeze_seconds": took,
        "memory_mb": _memory() - before,
    }  # fmt: skip


def _timed(work: Callable[[], Any]) -> float:
    begun = time.monotonic()
    work()
    return round(time.monotonic() - begun, 2)


def _memory() -> float:
    """The most that this process has ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
