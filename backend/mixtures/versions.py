"""Frozen versions: ask for one, read it, and what was taken down since."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, CompoundSelect, func, select, true, union
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import existing
from backend.errors import Conflict
from backend.jobs.service import OPEN, enqueue
from backend.jobs.tables import Job
from backend.mixtures.recipe import Recipe
from backend.mixtures.schemas import (
    MixtureFigures,
    Verified,
    VersionDetail,
    VersionOut,
    VersionRow,
)
from backend.mixtures.tables import Mixture, MixtureRow, MixtureVersion
from backend.paging import Page, PageQuery, rows_by_number
from backend.seeds.tables import Seed
from backend.takedowns.tables import SeedTakedown

FREEZE: Final = "mixture.freeze"
HASHED: Final = ("position", "seed_id", "revision_id", "sample_id", "copy", "weight", "split")


def ask_for_version(session: Session, user: User, mixture_id: int) -> VersionDetail:
    """Have the mixture frozen as its recipe stands; a job writes it down.

    Raises:
        NotFound: there is no such mixture.
    """
    mixture = existing(session, Mixture, mixture_id, "mixture")
    session.refresh(mixture, with_for_update=True)  # versions are numbered one after the other
    last = select(func.max(MixtureVersion.number)).where(MixtureVersion.mixture_id == mixture_id)
    version = MixtureVersion(
        mixture_id=mixture_id, number=(session.scalar(last) or 0) + 1, recipe=mixture.recipe,
        created_by=user.id,
    )  # fmt: skip
    session.add(version)
    session.flush()
    job = enqueue(session, FREEZE, {"version_id": version.id}, created_by=user.id)
    version.job_id = job.id
    session.flush()
    return get_version(session, version.id)


def line_of(row: Mapping[str, Any]) -> bytes:
    """What a version's hash is over, row by row."""
    said = ("" if row[name] is None else str(row[name]) for name in HASHED)
    return ("\t".join(said) + "\n").encode()


def get_version(session: Session, version_id: int) -> VersionDetail:
    """One version with its recipe and figures, or NotFound."""
    version = existing(session, MixtureVersion, version_id, "mixture version")
    [row] = _rows(session, [version.id])
    return VersionDetail(
        **_fields(row, _withdrawn_of(session, [version_id]).get(version_id, 0)),
        recipe=Recipe.model_validate(version.recipe),
        figures=version.figures and MixtureFigures.model_validate(version.figures),
    )


def list_versions(
    session: Session, mixture_id: int, page: PageQuery, number: int | None
) -> Page[VersionOut]:
    """The versions of a mixture, newest first; only that of a number."""
    existing(session, Mixture, mixture_id, "mixture")
    wanted = select(MixtureVersion).where(MixtureVersion.mixture_id == mixture_id)
    if number is not None:
        wanted = wanted.where(MixtureVersion.number == number)
    shown, following = rows_by_number(session, wanted, MixtureVersion.id, page, newest_first=True)
    return Page(items=named(session, [version.id for version in shown]), next=following)


def list_rows(session: Session, version_id: int, page: PageQuery) -> Page[VersionRow]:
    """What a version holds, in the order it is trained on."""
    existing(session, MixtureVersion, version_id, "mixture version")
    wanted = select(MixtureRow).where(MixtureRow.version_id == version_id)
    shown, following = rows_by_number(
        session, wanted, MixtureRow.position, page, newest_first=False
    )  # fmt: skip
    return Page(items=[_row(row) for row in shown], next=following)


def verify(session: Session, version_id: int) -> Verified:
    """Compute a version's hash again from the rows as they stand.

    Raises:
        NotFound: there is no such version.
        Conflict: it is not frozen yet.
    """
    version = existing(session, MixtureVersion, version_id, "mixture version")
    if version.rows_hash is None:
        raise Conflict(f"version {version.number} is not frozen", code="not_frozen")
    columns = [getattr(MixtureRow, name) for name in HASHED]
    wanted = select(*columns).where(MixtureRow.version_id == version_id)
    digest = hashlib.sha256()
    rows = 0
    for row in session.execute(
        wanted.order_by(MixtureRow.position), execution_options={"yield_per": 10_000}
    ):
        digest.update(line_of(row._asdict()))
        rows += 1
    found = digest.hexdigest()
    return Verified(
        same=found == version.rows_hash, rows=rows, rows_hash=version.rows_hash, found=found
    )


def named(session: Session, version_ids: Sequence[int]) -> list[VersionOut]:
    """Versions by their numbers, the newest first."""
    withdrawn = _withdrawn_of(session, version_ids)
    return [
        VersionOut(**_fields(row, withdrawn.get(row.MixtureVersion.id, 0)))
        for row in _rows(session, version_ids)
    ]


def withdrawn_seeds(version_id: int) -> CompoundSelect[int]:
    """The seeds of a version that were taken down since, or whose import was taken back."""
    held = select(MixtureRow.version_id).where(MixtureRow.version_id == version_id)
    return withdrawn_among(lambda seed_id: held.where(MixtureRow.seed_id == seed_id).exists())


def withdrawn_among(
    holds: Callable[[ColumnElement[int]], ColumnElement[bool]],
) -> CompoundSelect[int]:
    """The seeds among some, told by their numbers, that must not be used any more."""
    taken_down = select(SeedTakedown.seed_id).where(
        SeedTakedown.lifted_at.is_(None), holds(SeedTakedown.seed_id.expression)
    )
    taken_back = select(Seed.id).where(Seed.withdrawn_at.is_not(None), holds(Seed.id.expression))
    return union(taken_down, taken_back)


def _rows(session: Session, version_ids: Sequence[int]) -> Sequence[Any]:
    wanted = (
        select(
            MixtureVersion, Mixture.name, User.name.label("user"), Job.state, Job.error,
        )
        .join(Mixture, Mixture.id == MixtureVersion.mixture_id)
        .join(User, User.id == MixtureVersion.created_by)
        .outerjoin(Job, Job.id == MixtureVersion.job_id)
        .where(MixtureVersion.id.in_(version_ids))
        .order_by(MixtureVersion.id.desc())
        .execution_options(populate_existing=True)
    )  # fmt: skip
    return session.execute(wanted).all()


def _withdrawn_of(session: Session, version_ids: Sequence[int]) -> dict[int, int]:
    """Of versions that hold such, how many seeds must not be used any more: one look for all."""
    barred = withdrawn_among(lambda _: true()).subquery()
    counted = (
        select(MixtureRow.version_id, func.count(MixtureRow.seed_id.distinct()))
        .join(barred, barred.c[0] == MixtureRow.seed_id)
        .where(MixtureRow.version_id.in_(version_ids))
        .group_by(MixtureRow.version_id)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def _fields(row: Any, withdrawn: int) -> Mapping[str, Any]:
    version: MixtureVersion = row.MixtureVersion
    names = ("id", "mixture_id", "number", "rows_hash", "job_id", "created_at", "frozen_at")
    return {name: getattr(version, name) for name in names} | {
        "mixture": row.name,
        "state": _state(version, row.state),
        "error": None if version.frozen_at else row.error or _stopped(row.state),
        "created_by": row.user,
        "withdrawn": withdrawn,
        "blocked": withdrawn > 0,
    }


def _stopped(job_state: str | None) -> str | None:
    return None if job_state in OPEN else "its job was stopped"


def _state(version: MixtureVersion, job_state: str | None) -> str:
    if version.frozen_at is not None:
        return "frozen"
    return "freezing" if job_state in OPEN else "failed"


def _row(row: MixtureRow) -> VersionRow:
    names = ("position", "seed_id", "revision_id", "sample_id", "weight", "split", "tokens")
    return VersionRow(copy_number=row.copy, **{name: getattr(row, name) for name in names})
