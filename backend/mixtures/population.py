"""Candidates as columns of numbers: some 50 bytes an example, whatever its texts weigh."""

from array import array
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row
from sqlalchemy.orm import Session

from backend.mixtures.candidates import SAFETY_PART, read_candidates, read_pairs, read_sources
from backend.mixtures.recipe import Part, Recipe
from backend.mixtures.tables import LEFT_OUT
from backend.science.mixture_plan import Cluster
from backend.science.mixture_rows import Examples, Numbers, ranks
from backend.science.quality_tiers import QualityEvidence, Shown, tier
from backend.science.seed_families import Families, is_held_out
from backend.science.trace_choice import Candidate, choose

Flags = NDArray[np.bool_]


class CellKey(NamedTuple):
    """What the examples of a cell have in common; the part is its number, -1 for safety."""

    part: int
    cluster: Cluster
    source: str
    licence: str | None


class Population(NamedTuple):
    """All that a mixture may draw from.

    Attributes:
        cells: what the numbers in `examples.cell` stand for.
        examples: those to train on and those held out, in no order that matters.
        seed: the seed of each example.
        tokens: of each example: prompt and trace.
        held_out: whether it is of a family that is held out.
        rank: its place among those of its cell to train on; 0 of those held out.
        left_out: seeds that are not among them, as (seed, number of the reason in `LEFT_OUT`).
    """

    cells: list[CellKey]
    examples: Examples
    seed: Numbers
    tokens: Numbers
    held_out: Flags
    rank: Numbers
    left_out: Numbers


def read_population(session: Session, recipe: Recipe) -> Population:
    """Read it from the database as it is now."""
    reader = _Reader(recipe, read_sources(session))
    for row in read_candidates(session, recipe):
        reader.take(row)
    # Later than the seeds, so that no link among them is missed.
    families = Families(read_pairs(session) if recipe.validation_share else ())
    return reader.population(families)


def quality_evidence(row: Row[Any], sources: Mapping[str, Shown]) -> QualityEvidence:
    """What is known of a candidate's quality."""
    shown = Shown(len(row.kept or ()), row.verified)
    return QualityEvidence(row.verdict, row.level, shown, sources[row.source])


class _Reader:
    def __init__(self, recipe: Recipe, sources: dict[str, Shown]) -> None:
        self._recipe, self._sources = recipe, sources
        self._cells: dict[CellKey, int] = {}
        self._columns = {name: array("q") for name in ("seed", "revision", "sample", "cell")}
        self._tokens, self._left_out = array("q"), array("q")

    def take(self, row: Row[Any]) -> None:
        reason = self._reason_against(row)
        chosen = [] if reason else list(self._chosen(row))
        if not chosen:
            self._left_out.extend((row.id, LEFT_OUT.index(reason or "no_trace")))
            return
        key = CellKey(row.part, self._cluster(row), row.source, row.licence)
        cell = self._cells.setdefault(key, len(self._cells))
        for sample_id, tokens in chosen:
            for name, value in zip(
                self._columns, (row.id, row.revision_id, sample_id, cell), strict=True
            ):
                self._columns[name].append(value)
            self._tokens.append(round((row.prompt_tokens + tokens) * self._recipe.token_scale))

    def _reason_against(self, row: Row[Any]) -> str | None:
        if row.taken_down:
            return "taken_down"
        if row.stopped:
            return "hit"
        if row.part == SAFETY_PART:
            return None
        part = self._recipe.parts[row.part]
        return None if _limits(part) == (0.0, 1.0) else _difficulty_against(row, *_limits(part))

    def _cluster(self, row: Row[Any]) -> Cluster:
        evidence = quality_evidence(row, self._sources)
        return Cluster(row.domain, tier(evidence, row.tags))

    def _chosen(self, row: Row[Any]) -> Iterator[tuple[int, int]]:
        """Trace and tokens of each example that the seed makes; 0 for no trace."""
        rule = self._recipe.trace
        if rule == "none":
            yield 0, 0
            return
        kept = zip(row.kept or (), row.kept_tokens or (), row.kept_scores or (), strict=True)
        key = f"seed {row.id} mixture {self._recipe.random_seed}"
        for candidate in choose([Candidate(*each) for each in kept], rule, key):
            yield candidate.id, candidate.tokens

    def population(self, families: Families) -> Population:
        columns = {name: np.array(values) for name, values in self._columns.items()}
        examples = Examples(columns["revision"], columns["sample"], columns["cell"])
        held_out = self._held_out(columns["seed"], families)
        rank = np.zeros(len(held_out), np.int64)
        trained = Examples(*(column[~held_out] for column in examples))
        rank[~held_out] = ranks(trained, self._recipe.random_seed)
        return Population(
            list(self._cells), examples, columns["seed"], np.array(self._tokens), held_out, rank,
            np.array(self._left_out).reshape(-1, 2),
        )  # fmt: skip

    def _held_out(self, seeds: Numbers, families: Families) -> Flags:
        share, key = self._recipe.validation_share, self._recipe.random_seed
        if not share:
            return np.zeros(len(seeds), np.bool_)
        held = (is_held_out(families.of(seed), key, share) for seed in seeds.tolist())
        return np.fromiter(held, np.bool_, len(seeds))


def _limits(part: Part) -> tuple[float, float]:
    least, most = part.min_difficulty, part.max_difficulty
    return (0.0 if least is None else least, 1.0 if most is None else most)


def _difficulty_against(row: Row[Any], least: float, most: float) -> str | None:
    if row.agreement is None:
        return "no_difficulty"
    return None if least <= 1 - row.agreement <= most else "difficulty"
