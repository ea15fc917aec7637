"""What stands against an export of a version, now: asked before it begins and before it ends."""

from typing import Any, Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.database import existing
from backend.decontamination.item_names import item_names
from backend.decontamination.standing import STOPPING
from backend.decontamination.tables import DecontaminationHit
from backend.errors import Conflict, Invalid
from backend.exports.examples import ExportFormat
from backend.exports.schemas import ExportOut, StandingHit, VersionStanding
from backend.lineage.tables import ExportRow
from backend.mixtures.tables import Mixture, MixtureRow, MixtureVersion
from backend.mixtures.versions import withdrawn_among, withdrawn_seeds

LISTED: Final = 1000
_ANEW: Final = "freeze the mixture anew: new versions leave such seeds out"


class VersionName(NamedTuple):
    """A version as people call it."""

    version: MixtureVersion
    mixture: str

    def __str__(self) -> str:
        return f"version {self.version.number} of {self.mixture}"


def frozen_version(session: Session, version_id: int) -> VersionName:
    """A version that is whole.

    Raises:
        NotFound: there is no such version.
        Conflict: it is not frozen.
    """
    version = existing(session, MixtureVersion, version_id, "mixture version")
    session.refresh(version)
    named = VersionName(version, session.get_one(Mixture, version.mixture_id).name)
    if version.frozen_at is None:
        message = f"{named} is not frozen: an export is of what changes no more"
        raise Conflict(message, code="not_frozen")
    return named


def refuse_format(named: VersionName, wanted: ExportFormat) -> None:
    """Refuse a format that a version has nothing for.

    Raises:
        Invalid: it wants responses, and the version is of prompts alone.
    """
    if wanted.layout == "sft" and named.version.recipe.get("trace") == "none":
        message = f"{named} is of prompts alone: {wanted.name} wants responses"
        raise Invalid(message, field="format", code="no_responses")


def refuse_now(session: Session, named: VersionName) -> None:
    """Refuse what must not be used any more.

    Raises:
        Conflict: seeds of the version were taken down or taken back, or have hits.
    """
    found = standing(session, named.version.id)
    if found.withdrawn:
        message = (
            f"{named} is blocked: {_count(found.withdrawn, 'seed')} were taken down or taken back "
            f"since, first seed {found.withdrawn_seeds[0]}; {_ANEW}"
        )
        raise Conflict(message, code="blocked")
    if found.hit_seeds:
        first = found.hits[0]
        message = (
            f"{_count(found.hit_rows, 'row')} ({_count(found.hit_seeds, 'seed')}) of {named} have "
            f"an open or confirmed benchmark hit, first seed {first.seed_id} at position "
            f"{first.position}, with {first.item}; {_ANEW}"
        )
        raise Conflict(message, code="contaminated")


def refuse_withdrawn(session: Session, export: ExportOut) -> None:
    """Refuse to make anything new of an export that holds what must not be used any more.

    Of exports from before their rows were kept, nothing is known.

    Raises:
        Conflict: seeds of it were taken down or taken back.
    """
    held = select(ExportRow.export_id).where(ExportRow.export_id == export.id)
    seeds = (
        withdrawn_among(lambda seed_id: held.where(ExportRow.seed_id == seed_id).exists())
        if export.version_id is None
        else withdrawn_seeds(export.version_id)
    ).subquery()
    count, first = session.execute(select(func.count(), func.min(seeds.c[0]))).one()
    if count:
        message = (
            f"export {export.id} is blocked: {_count(count, 'seed')} of it were taken down or "
            f"taken back since, first seed {first}; make another without them"
        )
        raise Conflict(message, field="export_id", code="blocked")


def standing(session: Session, version_id: int) -> VersionStanding:
    """What stands against a frozen version now.

    Raises:
        NotFound: there is no such version.
        Conflict: it is not frozen.
    """
    named = frozen_version(session, version_id)
    withdrawn = withdrawn_seeds(version_id).subquery()
    seeds = session.scalars(select(withdrawn).order_by(withdrawn.c[0]).limit(LISTED)).all()
    stopped = (
        select(MixtureRow.seed_id, MixtureRow.position)
        .where(
            MixtureRow.version_id == version_id,
            MixtureRow.revision_id.in_(select(DecontaminationHit.revision_id).where(STOPPING)),
        )
        .subquery()
    )
    rows, of = session.execute(
        select(func.count(), func.count(stopped.c.seed_id.distinct()))
    ).one()  # fmt: skip
    return VersionStanding(
        version_id=version_id,
        rows_hash=named.version.rows_hash or "",
        withdrawn=session.scalar(select(func.count()).select_from(withdrawn)) or 0,
        withdrawn_seeds=list(seeds),
        hit_rows=rows,
        hit_seeds=of,
        hits=_hits(session, version_id) if rows else [],
    )


def _hits(session: Session, version_id: int) -> list[StandingHit]:
    """A hit of each seed, in the order of rows."""
    first = func.min(MixtureRow.position)
    found = session.execute(
        select(MixtureRow.seed_id, first, func.min(DecontaminationHit.item_id))
        .join(DecontaminationHit, DecontaminationHit.revision_id == MixtureRow.revision_id)
        .where(MixtureRow.version_id == version_id, STOPPING)
        .group_by(MixtureRow.seed_id)
        .order_by(first)
        .limit(LISTED)
    ).all()
    names = item_names(session, {item_id for _, _, item_id in found})
    return [
        StandingHit(seed_id=seed_id, position=position, item=_called(names[item_id]))
        for seed_id, position, item_id in found
    ]


def _called(item: dict[str, Any]) -> str:
    return " ".join(str(part) for part in item.values() if part)


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
