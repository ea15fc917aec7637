"""From weights to copies: exactly what the recipe asks for, whatever the population."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backend.mixtures.planning import plan
from backend.mixtures.population import CellKey, Population
from backend.mixtures.recipe import ClusterEpochs, Part, Recipe
from backend.science.mixture_plan import Cluster
from backend.science.mixture_rows import Examples, ranks

TIERS = ("high", "medium", "low")
CELLS = [
    CellKey(0, Cluster("maths", tier), source, None) for tier in TIERS for source in ("a", "b")
]
ROWS = st.lists(
    st.tuples(st.integers(0, len(CELLS) - 1), st.booleans(), st.integers(1, 5000)),
    min_size=1,
    max_size=60,
)
WHOLE = st.tuples(*(st.integers(0, 5) for _ in TIERS))
ANY = st.tuples(*(st.floats(0, 5) for _ in TIERS))


def population_of(rows: list[tuple[int, bool, int]], key: int) -> Population:
    """Examples with their cell, whether they are held out, and their tokens."""
    numbers = np.arange(1, len(rows) + 1)
    cell, held_out, tokens = (np.array(column) for column in zip(*rows, strict=True))
    rank = np.zeros(len(rows), np.int64)
    trained = Examples(numbers[~held_out], numbers[~held_out], cell[~held_out])
    rank[~held_out] = ranks(trained, key)
    return Population(
        CELLS, Examples(numbers, numbers, cell), numbers, tokens, held_out, numbers, rank,
        np.zeros((0, 2), np.int64), 0,
    )  # fmt: skip


def recipe_of(epochs: tuple[float, ...], **fields: int) -> Recipe:
    clusters = [
        ClusterEpochs(domain="maths", tier=tier, epochs=each)  # type: ignore[arg-type]
        for tier, each in zip(TIERS, epochs, strict=True)
    ]
    return Recipe(parts=[Part(clusters=clusters)], **fields)


def asked(population: Population, epochs: tuple[float, ...]) -> list[float]:
    """The epochs of each example's cluster."""
    tiers = [CELLS[cell].cluster.tier for cell in population.examples.cell.tolist()]
    return [epochs[TIERS.index(tier)] for tier in tiers]


@given(ROWS, WHOLE, st.integers(0, 9))
def test_whole_epochs_are_as_many_copies_of_each_example(
    rows: list[tuple[int, bool, int]], epochs: tuple[int, ...], key: int
) -> None:
    population = population_of(rows, key)
    found = plan(population, recipe_of(epochs)).copies.tolist()
    for copies, held_out, each in zip(
        found, population.held_out, asked(population, epochs), strict=True
    ):
        assert copies == (1 if held_out else each)


@given(ROWS, ANY, st.integers(0, 9))
def test_fractions_are_next_to_what_is_asked_and_the_sum_is_the_nearest(
    rows: list[tuple[int, bool, int]], epochs: tuple[float, ...], key: int
) -> None:
    """A cell's rows are the epochs of all its examples, rounded up or down; so are an example's."""
    population = population_of(rows, key)
    planned = plan(population, recipe_of(epochs))
    trained = ~population.held_out
    wanted = np.array(asked(population, epochs))
    copies, cells = planned.copies[trained], population.examples.cell[trained]
    total = math.fsum(wanted[trained])
    assert abs(copies.sum() - total) <= 0.5 + 1e-9 * max(total, 1)
    for cell in set(cells.tolist()):
        mine = wanted[trained][cells == cell]
        here = copies[cells == cell]
        # Weights such as 0.1 are no exact binary fractions: a sum may be off by its last bits.
        assert abs(here.sum() - math.fsum(mine)) < 1 + 1e-9
        assert here.max() - here.min() <= 1
        assert math.floor(mine[0] - 1e-9) - 1 <= here.min() <= here.max() <= math.ceil(mine[0]) + 1
        assert planned.epochs[cell] == mine[0]


@given(ROWS, ANY, st.integers(0, 9), st.integers(1, 200_000))
def test_budget_holds_for_the_epochs_and_binds_only_where_it_is_reached(
    rows: list[tuple[int, bool, int]], epochs: tuple[float, ...], key: int, budget: int
) -> None:
    """Before rows are made whole, that is; one that is not reached changes nothing."""
    population = population_of(rows, key)
    planned = plan(population, recipe_of(epochs, budget_tokens=budget))
    exact = sum(c.tokens * e for c, e in zip(planned.cells, planned.epochs, strict=True))
    assert exact <= budget * (1 + 1e-9)
    free = plan(population, recipe_of(epochs))
    if sum(c.tokens * e for c, e in zip(free.cells, free.epochs, strict=True)) <= budget:
        assert (planned.copies == free.copies).all()
