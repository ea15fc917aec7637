"""A freeze outlives its worker: the version comes out whole, as if nothing had happened."""

from typing import Any

from sqlalchemy import func, select, text

from backend.accounts.tables import User
from backend.database import session_scope
from backend.jobs.service import ClaimedJob
from backend.jobs.tables import Job
from backend.mixtures.freezing import CHUNK, freeze
from backend.mixtures.recipe import Recipe
from backend.mixtures.service import create_mixture
from backend.mixtures.tables import MixtureLeftOut, MixtureRow, MixtureVersion
from backend.mixtures.versions import ask_for_version, verify
from tests.backend.embedded.waiting import wait_until
from tests.builders import create_source, create_user
from tests.durability.conftest import Worker

SEEDS, EPOCHS = 20_000, 4
ROWS = SEEDS // 2 * EPOCHS
KILLS = (0.0, 0.1, 0.3)
PATIENCE = 120.0
# Every other one is hard; the limit of the recipe leaves it out.
_MANY = text("""
    with added as (
        insert into seed
            (id, source_id, revision_id, content_hash, status, domain, agreement)
        overriding system value
        select number, :source_id, number, int8send(number), 'accepted',
            case when number % 3 = 0 then 'code' else 'maths' end, (number % 2)::float
        from generate_series(1, :seeds) number
        returning id, content_hash
    )
    insert into seed_revision (id, seed_id, number, prompt, content_hash, origin)
    overriding system value
    select id, id, 1, 'seed ' || id, content_hash, 'import' from added
""")


def _asked(wanted: Any) -> Any:
    with session_scope() as session:
        return session.scalar(wanted)


def _version(user_id: int, mixture_id: int) -> int:
    with session_scope() as session:
        return ask_for_version(session, session.get_one(User, user_id), mixture_id).id


def _undisturbed(version_id: int) -> None:
    """Freeze in this process, holding the version's job as a worker does."""
    with session_scope() as session:
        version = session.get_one(MixtureVersion, version_id)
        job = session.get_one(Job, version.job_id)
        job.state, job.attempt = "running", 1
        claimed = ClaimedJob(job.id, job.kind, 1, job.payload, None)
    freeze(claimed)
    with session_scope() as session:
        claimed.done(session)


def _progress(version_id: int) -> float:
    """How much of it the present attempt has written; below 0 before it has begun."""
    job = select(Job.state).join(MixtureVersion, MixtureVersion.job_id == Job.id)
    if _asked(job.where(MixtureVersion.id == version_id)) != "running":
        return -1.0
    return _rows(version_id) / ROWS


def _rows(version_id: int) -> int:
    return int(_asked(select(func.count()).where(MixtureRow.version_id == version_id)))


def _hash(version_id: int) -> str | None:
    found: str | None = _asked(
        select(MixtureVersion.rows_hash).where(MixtureVersion.id == version_id)
    )
    return found


def test_freeze_that_is_killed_again_and_again_comes_out_as_undisturbed(worker: Worker) -> None:
    recipe = Recipe.model_validate(
        {"trace": "none", "validation_share": 0.0, "random_seed": 3,
         "parts": [{"default_epochs": EPOCHS, "max_difficulty": 0.5}]}
    )  # fmt: skip
    with session_scope() as session:
        user_id = create_user(session).id
        session.execute(_MANY, {"source_id": create_source(session).id, "seeds": SEEDS})
        user = session.get_one(User, user_id)
        mixture_id = create_mixture(session, user, "whole", recipe).id
    expected = _version(user_id, mixture_id)
    _undisturbed(expected)
    version_id = _version(user_id, mixture_id)
    for share in KILLS:
        worker.start()
        wait_until(lambda share=share: _progress(version_id) >= share, PATIENCE)
        worker.kill()
        assert _rows(version_id) < ROWS
        assert _hash(version_id) is None
    worker.start()
    wait_until(lambda: _hash(version_id) is not None, PATIENCE)
    worker.stop()
    assert _hash(version_id) == _hash(expected)
    job = select(Job.attempt).join(MixtureVersion, MixtureVersion.job_id == Job.id)
    assert _asked(job.where(MixtureVersion.id == version_id)) == len(KILLS) + 1
    with session_scope() as session:
        checked = verify(session, version_id)
        positions = session.execute(
            select(func.min(MixtureRow.position), func.max(MixtureRow.position)).where(
                MixtureRow.version_id == version_id
            )
        ).one()
    assert (checked.same, checked.rows, tuple(positions)) == (True, ROWS, (0, ROWS - 1))
    left_out = select(func.count()).where(MixtureLeftOut.version_id == version_id)
    assert _asked(left_out) == SEEDS - SEEDS // 2
    assert ROWS > 4 * CHUNK  # else no kill could have fallen between two of its transactions
