"""Frozen versions: ask for one, read it, and what was taken down since."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, CompoundSelect, func, select, union
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import existing
from backend.jobs.service import OPEN, enqueue
from backend.jobs.tables import Job
from backend.mixtures.recipe import Recipe
from backend.mixtures.schemas import MixtureFigures, VersionDetail, VersionOut, VersionRow
from backend.mixtures.tables import Mixture, MixtureRow, MixtureVersion
from backend.paging import Page, PageQuery, rows_by_number
from backend.seeds.tables import Seed
from backend.takedowns.tables import SeedTakedown

FREEZE: Final = "mixture.freeze"


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


def get_version(session: Session, version_id: int) -> VersionDetail:
    """One version with its recipe and figures, or NotFound."""
    version = existing(session, MixtureVersion, version_id, "mixture version")
    [row] = _rows(session, [version.id])
    return VersionDetail(
        **_fields(session, row),
        recipe=Recipe.model_validate(version.recipe),
        figures=version.figures and MixtureFigures.model_validate(version.figures),
    )


def list_versions(session: Session, mixture_id: int, page: PageQuery) -> Page[VersionOut]:
    """The versions of a mixture, newest first."""
    existing(session, Mixture, mixture_id, "mixture")
    wanted = select(MixtureVersion).where(MixtureVersion.mixture_id == mixture_id)
    shown, following = rows_by_number(session, wanted, MixtureVersion.id, page, newest_first=True)
    rows = _rows(session, [version.id for version in shown])
    return Page(items=[VersionOut(**_fields(session, row)) for row in rows], next=following)


def list_rows(session: Session, version_id: int, page: PageQuery) -> Page[VersionRow]:
    """What a version holds, in the order it is trained on."""
    existing(session, MixtureVersion, version_id, "mixture version")
    wanted = select(MixtureRow).where(MixtureRow.version_id == version_id)
    shown, following = rows_by_number(
        session, wanted, MixtureRow.position, page, newest_first=False
    )  # fmt: skip
    return Page(items=[_row(row) for row in shown], next=following)


def withdrawn_seeds(version_id: int) -> CompoundSelect[int]:
    """The seeds of a version that were taken down since, or whose import was taken back."""
    taken_down = select(SeedTakedown.seed_id).where(
        SeedTakedown.lifted_at.is_(None), _holds(version_id, SeedTakedown.seed_id.expression)
    )
    taken_back = select(Seed.id).where(
        Seed.withdrawn_at.is_not(None), _holds(version_id, Seed.id.expression)
    )
    return union(taken_down, taken_back)


def _holds(version_id: int, seed_id: ColumnElement[int]) -> ColumnElement[bool]:
    held = select(MixtureRow.version_id).where(MixtureRow.version_id == version_id)
    return held.where(MixtureRow.seed_id == seed_id).exists()


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


def _fields(session: Session, row: Any) -> Mapping[str, Any]:
    version: MixtureVersion = row.MixtureVersion
    counted = select(func.count()).select_from(withdrawn_seeds(version.id).subquery())
    withdrawn = session.scalar(counted) or 0
    names = ("id", "mixture_id", "number", "rows_hash", "job_id", "created_at", "frozen_at")
    return {name: getattr(version, name) for name in names} | {
        "mixture": row.name,
        "state": _state(version, row.state),
        "error": None if version.frozen_at else row.error,
        "created_by": row.user,
        "withdrawn": withdrawn,
        "blocked": withdrawn > 0,
    }


def _state(version: MixtureVersion, job_state: str | None) -> str:
    if version.frozen_at is not None:
        return "frozen"
    return "freezing" if job_state in OPEN else "failed"


def _row(row: MixtureRow) -> VersionRow:
    names = ("position", "seed_id", "revision_id", "sample_id", "weight", "split", "tokens")
    return VersionRow(copy_number=row.copy, **{name: getattr(row, name) for name in names})
