"""Which seeds are near-duplicates, by exact comparison of a sample with all; for a benchmark."""

from collections import defaultdict
from typing import Any, Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import psycopg

from backend.duplicates.sketching import RULE
from backend.science.near_duplicates import numbers_in
from backend.science.shingles import ShingleSets, shingle_sets
from backend.science.word_hashes import hashed_words

_RANDOM_SEED: Final = 3
_AT_ONCE: Final = 50_000

Integers = npt.NDArray[np.int64]


class Figures(NamedTuple):
    """What `near_duplicates` says of the groups; the groups and their members are those stored."""

    groups: int
    members: int
    sampled_with_duplicates: int
    seed_recall: float
    pair_recall: float
    confirmed: float
    pair_precision: float


class Stored(NamedTuple):
    """The seeds in Postgres and their groups.

    Attributes:
        shingles: of all seeds; a seed's place is its place here.
        prompts: of all seeds.
        leaders: for each kind of group, the place of each seed's leader; its own where it has none.
        grouped: which seeds are in a group.
        groups: how many there are.
        members: how many seeds they have besides their leaders.
    """

    shingles: ShingleSets
    prompts: list[str]
    leaders: dict[str, Integers]
    grouped: npt.NDArray[np.bool_]
    groups: int
    members: int

    @classmethod
    def read(cls, connection: psycopg.Connection[Any]) -> Self:
        """Everything that the search has left."""
        seeds = connection.execute(
            "select seed.id, prompt from seed join seed_revision r on r.id = revision_id order by 1"
        ).fetchall()
        numbers, prompts = np.array([seed[0] for seed in seeds]), [seed[1] for seed in seeds]
        rows = connection.execute(
            "select kind, leader_id, seed_id from duplicate_group join duplicate_member m "
            "on m.group_id = id"
        ).fetchall()
        leaders = {kind: np.arange(len(seeds)) for kind in ("copies", "variants")}
        grouped = np.zeros(len(seeds), dtype=bool)
        for kind in leaders:
            pairs = np.array([row[1:] for row in rows if row[0] == kind], dtype=np.int64)
            leader, seed = np.searchsorted(numbers, pairs.reshape(-1, 2)).T
            leaders[kind][seed] = leader
            grouped[leader] = grouped[seed] = True
        groups = len({row[:2] for row in rows})
        return cls(_shingles(prompts), prompts, leaders, grouped, groups, len(rows))


def measured(stored: Stored, sample: int) -> Figures:
    """Hold the groups against the exact similarities of a sample of seeds to all seeds."""
    chance = np.random.default_rng(_RANDOM_SEED)
    sampled = np.sort(chance.choice(len(stored.prompts), min(sample, len(stored.prompts)), False))
    similar = similar_to(stored.shingles, sampled)
    with_duplicates = [place for place in sampled.tolist() if similar[place]]
    copies = [
        (place, other)
        for place in with_duplicates
        for other in similar[place]
        if numbers_in(stored.prompts[place]) == numbers_in(stored.prompts[other])
    ]
    together, led = _grouped_pairs(stored, sampled)
    leaders = stored.leaders["copies"]
    return Figures(
        groups=stored.groups,
        members=stored.members,
        sampled_with_duplicates=len(with_duplicates),
        seed_recall=_share([bool(stored.grouped[place]) for place in with_duplicates]),
        pair_recall=_share([bool(leaders[one] == leaders[other]) for one, other in copies]),
        confirmed=_share([other in similar[place] for place, other in led]),
        pair_precision=_share([other in similar[place] for place, other in together]),
    )


def similar_to(sets: ShingleSets, sampled: Integers) -> dict[int, set[int]]:
    """For each sampled text all others that are similar enough, by the shingles they share."""
    sizes = sets.sizes()
    owners = np.repeat(np.arange(len(sizes)), sizes)
    ours = np.isin(owners, sampled)
    values, texts = sets.values[ours], owners[ours]
    order = np.argsort(values, kind="stable")
    values, texts = values[order], texts[order]
    hits = np.flatnonzero(np.isin(sets.values, values))
    begin = np.searchsorted(values, sets.values[hits], "left")
    counts = np.searchsorted(values, sets.values[hits], "right") - begin
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    one = texts[np.repeat(begin, counts) + within]
    pairs, shared = np.unique(
        one * len(sizes) + np.repeat(owners[hits], counts), return_counts=True
    )
    one, other = np.divmod(pairs, len(sizes))
    enough = shared >= RULE.banding.threshold * (sizes[one] + sizes[other] - shared)
    found: dict[int, set[int]] = defaultdict(set)
    for text, like in zip(one[enough].tolist(), other[enough].tolist(), strict=True):
        if text != like:
            found[text].add(like)
    return found


def _grouped_pairs(
    stored: Stored, sampled: Integers
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Of sampled seeds, the pairs in one group, and of these the pairs of a leader and a member."""
    together, led = [], []
    for leaders in stored.leaders.values():
        by_leader: dict[int, list[int]] = defaultdict(list)
        wanted = set(leaders[sampled].tolist())
        for place in np.flatnonzero(np.isin(leaders, list(wanted))).tolist():
            by_leader[int(leaders[place])].append(place)
        for place in sampled.tolist():
            leader = int(leaders[place])
            pairs = [(place, other) for other in by_leader[leader] if other != place]
            together += pairs
            led += [pair for pair in pairs if leader in pair]
    return together, led


def _shingles(prompts: list[str]) -> ShingleSets:
    parts = [
        shingle_sets(hashed_words(prompts[begin : begin + _AT_ONCE]))
        for begin in range(0, len(prompts), _AT_ONCE)
    ]
    sizes = np.concatenate([part.sizes() for part in parts])
    return ShingleSets(
        np.concatenate([part.values for part in parts]),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
    )


def _share(outcomes: list[bool]) -> float:
    return sum(outcomes) / len(outcomes) if outcomes else float("nan")
