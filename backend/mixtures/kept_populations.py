"""The population that a designer tries weights on, kept where reading it takes long.

Weights, caps and budgets do not change who is in a population, so that a slider that moves needs
no second reading. Up to `FRESH_UP_TO` examples are read anew each time; of larger ones the last is
kept in this process, for twenty times as long as it took to read.
"""

import threading
import time
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy.orm import Session

from backend.mixtures.population import Population, read_population
from backend.mixtures.recipe import Recipe

FRESH_UP_TO: Final = 20_000
KEPT_FOR_EACH_SECOND: Final = 20.0
WEIGHTS: Final = {"default_epochs", "clusters", "source_caps", "licence_caps", "budget_tokens"}


class Read(NamedTuple):
    """A population, and when it was read."""

    population: Population
    at: datetime


class _Kept(NamedTuple):
    key: str
    read: Read
    until: float


_lock = threading.Lock()
_kept: list[_Kept] = []


def population_for(session: Session, recipe: Recipe) -> Read:
    """The recipe's population: of this moment, or the one that is kept."""
    key = _key(recipe)
    with _lock:  # also so that two readers do not read the same at once
        for kept in _kept:
            if kept.key == key and kept.until > time.monotonic():
                return kept.read
        begun = time.monotonic()
        read = Read(read_population(session, recipe), datetime.now(UTC))
        took = time.monotonic() - begun
        if len(read.population.seed) > FRESH_UP_TO:
            _kept[:] = [_Kept(key, read, time.monotonic() + KEPT_FOR_EACH_SECOND * took)]
        return read


def _key(recipe: Recipe) -> str:
    """All of a recipe but what is weighed."""
    weighed: dict[str, Any] = {
        "budget_tokens": True, "context_tokens": True, "safety": {"share"},
        "parts": {"__all__": WEIGHTS},
    }  # fmt: skip
    return recipe.model_dump_json(exclude=weighed)
