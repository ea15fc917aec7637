"""Candidates as columns of numbers: some 50 bytes an example, whatever its texts weigh."""

from array import array
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row
from sqlalchemy.orm import Session

from backend.duplicates.sketching import count_due
from backend.mixtures.candidates import SAFETY_PART, read_candidates, read_pairs, read_sources
from backend.mixtures.recipe import Part, Recipe
from backend.mixtures.tables import LEFT_OUT
from backend.science.mixture_plan import Cluster
from backend.science.mixture_rows import Examples, Numbers, ranks
from backend.science.quality_tiers import QualityEvidence, Shown, tier
from backend.science.seed_families import Families, is_held_out
from backend.science.trace_choice import Candidate, choose
from backend.tokenizers.service import named

Flags = NDArray[np.bool_]
_NEXT_TO: Final = 1e-9


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
        family: of each example; of its own seed alone where families were not read.
        rank: its place among those of its cell to train on; 0 of those held out.
        left_out: seeds that are not among them, as (seed, number of the reason in `LEFT_OUT`).
        duplicates_due: seeds whose near-duplicates are still to be looked for; 0 without a split.
        uncounted: examples that the recipe's tokenizer has not counted: their tokens are scaled.
    """

    cells: list[CellKey]
    examples: Examples
    seed: Numbers
    tokens: Numbers
    held_out: Flags
    family: Numbers
    rank: Numbers
    left_out: Numbers
    duplicates_due: int
    uncounted: int = 0


def read_population(session: Session, recipe: Recipe, *, with_families: bool = False) -> Population:
    """Read it from the database as it is now; families are read for a split, or on request.

    Raises:
        Invalid: the recipe names a tokenizer that is not registered.
    """
    tokenizer = None if recipe.tokenizer is None else named(session, recipe.tokenizer)
    template_tokens = None if tokenizer is None else tokenizer.template_tokens
    reader = _Reader(recipe, read_sources(session), template_tokens)
    for row in read_candidates(session, recipe, None if tokenizer is None else tokenizer.id):
        reader.take(row)
    # Later than the seeds, so that no link among them is missed.
    splits = bool(recipe.validation_share)
    families = Families(read_pairs(session) if splits or with_families else ())
    return reader.population(families, count_due(session) if splits else 0)


def quality_evidence(row: Row[Any], sources: Mapping[str, Shown]) -> QualityEvidence:
    """What is known of a candidate's quality."""
    shown = Shown(len(row.kept or ()), row.verified)
    # A source that came after the sources were counted is one of which nothing is known.
    of_source = sources.get(row.source, Shown(0, 0))
    return QualityEvidence(row.verdict, row.level, shown, of_source)


class _Reader:
    def __init__(
        self, recipe: Recipe, sources: dict[str, Shown], template_tokens: int | None
    ) -> None:
        self._recipe, self._sources = recipe, sources
        self._template_tokens, self._uncounted = template_tokens, 0
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
            self._tokens.append(self._tokens_of(row, sample_id, tokens))

    def _tokens_of(self, row: Row[Any], sample_id: int, tokens: int) -> int:
        """As the recipe's tokenizer has counted prompt and trace, else scaled."""
        if self._template_tokens is not None:
            counts = dict(zip(row.kept or (), row.kept_counted or (), strict=True))
            counted = counts.get(sample_id) if sample_id else 0
            if counted is not None and row.prompt_counted is not None:
                return int(row.prompt_counted + counted + self._template_tokens)
            self._uncounted += 1
        counted_here: int = row.prompt_tokens + tokens
        return round(counted_here * self._recipe.token_scale)

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

    def population(self, families: Families, duplicates_due: int) -> Population:
        columns = {name: np.array(values) for name, values in self._columns.items()}
        examples = Examples(columns["revision"], columns["sample"], columns["cell"])
        family = _families(columns["seed"], families)
        held_out = self._held_out(family)
        rank = np.zeros(len(held_out), np.int64)
        trained = Examples(*(column[~held_out] for column in examples))
        rank[~held_out] = ranks(trained, self._recipe.random_seed)
        return Population(
            list(self._cells), examples, columns["seed"], np.array(self._tokens), held_out,
            family, rank, np.array(self._left_out).reshape(-1, 2), duplicates_due,
            self._uncounted,
        )  # fmt: skip

    def _held_out(self, family: Numbers) -> Flags:
        share, key = self._recipe.validation_share, self._recipe.random_seed
        if not share:
            return np.zeros(len(family), np.bool_)
        held = (is_held_out(one, key, share) for one in family.tolist())
        return np.fromiter(held, np.bool_, len(family))


def _families(seeds: Numbers, families: Families) -> Numbers:
    return np.fromiter((families.of(seed) for seed in seeds.tolist()), np.int64, len(seeds))


def _limits(part: Part) -> tuple[float, float]:
    least, most = part.min_difficulty, part.max_difficulty
    return (0.0 if least is None else least, 1.0 if most is None else most)


def _difficulty_against(row: Row[Any], least: float, most: float) -> str | None:
    if row.agreement is None:
        return "no_difficulty"
    difficulty = 1 - row.agreement
    # Shares such as 4 of 5 are no exact binary fractions: both limits are within.
    is_within = least - _NEXT_TO <= difficulty <= most + _NEXT_TO
    return None if is_within else "difficulty"
