"""Where a row stands, and why the seed is in its cluster."""

from collections.abc import Callable
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.exports.tables import Export, ExportShard
from backend.lineage.finding import Subject
from backend.lineage.use_schemas import ExportPlace, Quality, VersionPlace
from backend.mixtures.candidates import SAFETY_PART, read_candidate, read_sources
from backend.mixtures.population import quality_evidence
from backend.mixtures.recipe import Recipe
from backend.mixtures.tables import Mixture, MixtureVersion
from backend.overview.snapshots import Part, read, renew
from backend.science.quality_tiers import Shown, quality, quality_parts, tier, tier_by_hand

SAFETY: Final = "safety"


class SourceCounts(BaseModel):
    """By source, how many of its seeds were accepted, and decided."""

    sources: dict[str, tuple[int, int]]


def version_place(
    session: Session, subject: Subject, later: Callable[..., None]
) -> VersionPlace | None:
    """The place of a row in its version; None for a row of no version.

    `later` is given what to do after the answer.
    """
    row = subject.version_row
    if row is None:
        return None
    version = session.get_one(MixtureVersion, row.version_id)
    return VersionPlace.model_validate(
        {
            "version_id": version.id, "mixture_id": version.mixture_id,
            "mixture": session.get_one(Mixture, version.mixture_id).name,
            "number": version.number, "rows_hash": version.rows_hash,
            "frozen_at": version.frozen_at,
            "frozen_by": session.get_one(User, version.created_by).name,
            "position": row.position, "split": row.split, "copy_number": row.copy,
            "weight": row.weight, "tokens": row.tokens,
            "quality": _quality(session, version, row.seed_id, later),
        }
    )  # fmt: skip


def export_place(session: Session, subject: Subject, position: int | None) -> ExportPlace | None:
    """The place of a row in its export; None for a row of none."""
    export: Export | None = subject.export
    if export is None or position is None:
        return None
    return ExportPlace(
        export_id=export.id, name=export.name, layout=export.layout,
        file=_file(session, export.id, position),
        by=session.get_one(User, export.created_by).name, created_at=export.created_at,
        finished_at=export.finished_at, folder=export.folder, position=position,
    )  # fmt: skip


def _file(session: Session, export_id: int, position: int) -> str | None:
    return session.scalar(
        select(ExportShard.path).where(
            ExportShard.export_id == export_id,
            ExportShard.first_position <= position,
            ExportShard.end_position > position,
        )
    )


def _quality(
    session: Session, version: MixtureVersion, seed_id: int, later: Callable[..., None]
) -> Quality | None:
    """The seed's cluster under the version's recipe, as things stand; None for a withdrawn seed."""
    recipe = Recipe.model_validate(version.recipe)
    row = read_candidate(session, seed_id, recipe)
    if row is None:
        return None
    evidence = quality_evidence(row, _sources(session, later))
    part, found = _part(recipe, row.part), tier(evidence, row.tags)
    return Quality(
        part=part, domain=row.domain, tier=found, by_hand=tier_by_hand(row.tags) is not None,
        quality=quality(evidence), parts=quality_parts(evidence),
        epochs=_epochs(version.figures or {}, part, row.domain, found),
    )  # fmt: skip


def _part(recipe: Recipe, number: int | None) -> str | None:
    if number is None:
        return None
    return SAFETY if number == SAFETY_PART else recipe.parts[number].name


def _epochs(figures: dict[str, Any], *cluster: str | None) -> float | None:
    """What the version gave a cluster."""
    for one in figures.get("clusters", []):
        if (one["part"], one["domain"], one["tier"]) == cluster:
            return float(one["epochs"])
    return None


def _sources(session: Session, later: Callable[..., None]) -> dict[str, Shown]:
    """Of each source, how it fared: counted anew only where that is quick."""
    taken = read(session, _COUNTED)
    if taken.due:
        later(renew, _COUNTED)
    return {name: Shown(*counts) for name, counts in taken.body.sources.items()}


def _count(session: Session) -> SourceCounts:
    return SourceCounts(sources={name: tuple(one) for name, one in read_sources(session).items()})


_COUNTED: Final = Part("sources", SourceCounts, _count)
