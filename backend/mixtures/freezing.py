"""Write a version down: read once, plan, store row by row, and say last that it is whole."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from sqlalchemy import delete, func, update
from sqlalchemy.orm import Session

from backend.database import existing, session_scope
from backend.errors import Conflict
from backend.jobs.service import ClaimedJob
from backend.mixtures.counted_populations import read_counted
from backend.mixtures.facts import facts_of, remember_seeds
from backend.mixtures.figures import figures, without_copies
from backend.mixtures.planning import Plan, plan
from backend.mixtures.population import Population
from backend.mixtures.recipe import Recipe
from backend.mixtures.tables import (
    LEFT_OUT,
    MixtureLeftOut,
    MixtureRow,
    MixtureSeed,
    MixtureVersion,
)
from backend.mixtures.versions import line_of
from backend.row_sets import given_rows, insert_rows, parts
from backend.science.mixture_rows import Numbers, training_order

CHUNK: Final = 5000
_ROWS: Final = insert_rows(
    MixtureRow,
    ["version_id", "position", "seed_id", "revision_id", "sample_id", "copy", "weight", "split",
     "tokens", "family"],
)  # fmt: skip
_LEFT_OUT: Final = insert_rows(MixtureLeftOut, ["version_id", "seed_id", "reason"])
Row = dict[str, Any]


def freeze(job: ClaimedJob) -> None:
    """The job: a version that is whole is left alone, one that was begun is begun again.

    The seeds and traces are those of one moment: what changes while rows are written is not seen.

    Raises:
        Conflict: no row would be trained on.
        Invalid: the caps leave nothing.
    """
    version_id = job.payload["version_id"]
    with session_scope() as session:
        job.fence(session)
        version = existing(session, MixtureVersion, version_id, "mixture version")
        if version.frozen_at is not None:
            return
        recipe = Recipe.model_validate(version.recipe)
        _forget(session, version_id)
    population = read_counted(job, recipe)
    planned = plan(population, recipe)
    if not planned.copies[~population.held_out].any():
        raise Conflict("there is nothing to train on: preview the recipe, which says what it takes")
    rows_hash = _write(job, version_id, population, planned, recipe)
    with session_scope() as session:
        job.fence(session)
        remember_seeds(session, version_id)
        session.execute(
            update(MixtureVersion)
            .where(MixtureVersion.id == version_id)
            .values(
                facts=facts_of(session, version_id),
                figures=figures(population, planned, recipe).model_dump(mode="json"),
                rows_hash=rows_hash, frozen_at=func.now(),
            )
        )  # fmt: skip


def _forget(session: Session, version_id: int) -> None:
    for table in (MixtureRow, MixtureLeftOut, MixtureSeed):
        session.execute(delete(table).where(table.version_id == version_id))


def _write(
    job: ClaimedJob, version_id: int, population: Population, planned: Plan, recipe: Recipe
) -> str:
    digest = hashlib.sha256()
    total, done = int(planned.copies.sum()), 0
    for chunk in _chunks(version_id, population, planned, recipe):
        for row in chunk:
            digest.update(line_of(row))
        done += len(chunk)
        with session_scope() as session:
            job.fence(session)
            session.execute(_ROWS, given_rows(chunk))
            job.progress(session, done, total)
    for left in parts(_left_out(version_id, population, planned), CHUNK):
        with session_scope() as session:
            job.fence(session)
            session.execute(_LEFT_OUT, given_rows(left))
    return digest.hexdigest()


def _chunks(
    version_id: int, population: Population, planned: Plan, recipe: Recipe
) -> Iterator[Sequence[Row]]:
    """The rows in their order: those to train on, then those held out."""
    begun = 0
    families = families_in(population, planned)
    for split, which in (("train", ~population.held_out), ("validation", population.held_out)):
        copied = np.where(which, planned.copies, 0)
        order = training_order(population.examples, copied, recipe.random_seed)
        for start in range(0, len(order.example), CHUNK):
            example = order.example[start : start + CHUNK]
            copy = order.copy[start : start + CHUNK]
            first = begun + start
            yield _rows(version_id, first, split, example, copy, population, planned, families)
        begun += len(order.example)


def _rows(
    version_id: int,
    first: int,
    split: str,
    example: Any,
    copy: Any,
    population: Population,
    planned: Plan,
    families: Numbers,
) -> list[Row]:
    examples = population.examples
    columns = zip(
        population.seed[example].tolist(), examples.revision[example].tolist(),
        examples.sample[example].tolist(), examples.cell[example].tolist(), copy.tolist(),
        population.tokens[example].tolist(), families[example].tolist(), strict=True,
    )  # fmt: skip
    return [
        {
            "version_id": version_id, "position": first + at, "seed_id": seed,
            "revision_id": revision, "sample_id": sample or None, "copy": number,
            "weight": planned.epochs[cell] if split == "train" else 1.0, "split": split,
            "tokens": tokens, "family": family,
        }
        for at, (seed, revision, sample, cell, number, tokens, family) in enumerate(columns)
    ]  # fmt: skip


def families_in(population: Population, planned: Plan) -> Numbers:
    """Of each example, the least number of its family among the seeds that the version holds."""
    _, family = np.unique(population.family, return_inverse=True)
    held = planned.copies > 0
    least = np.full(family.max(initial=-1) + 1, np.iinfo(np.int64).max)
    np.minimum.at(least, family[held], population.seed[held])
    return least[family]


def _left_out(version_id: int, population: Population, planned: Plan) -> list[Row]:
    named = [(seed, LEFT_OUT[reason]) for seed, reason in population.left_out.tolist()]
    named += [(seed, "no_copies") for seed in without_copies(population, planned.copies).tolist()]
    return [{"version_id": version_id, "seed_id": seed, "reason": reason} for seed, reason in named]
