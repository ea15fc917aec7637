"""From buckets to groups: what shares a bucket is compared exactly, and joins or leads."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.duplicates.bands import Flags, Integers, new_neighbours, stored_neighbours
from backend.duplicates.sketching import RULE, Sketched
from backend.duplicates.tables import DuplicateGroup, DuplicateMember, DuplicateSketch
from backend.row_sets import among
from backend.science.near_duplicates import Match, Membership, join_groups, numbers_in
from backend.science.shingles import ShingleSets, jaccard, shingle_sets
from backend.science.word_hashes import hashed_words
from backend.seeds.tables import SeedRevision

_TEXTS_AT_ONCE: Final = 2000


class Found(NamedTuple):
    """What became of a batch.

    Attributes:
        memberships: who joins whom, by places among `seed_ids`.
        seed_ids: the numbers of the batch's seeds, and after them those of stored leaders.
        crowded: of every text of the batch, whether a bucket held more than it was compared with.
    """

    memberships: Sequence[Membership]
    seed_ids: Sequence[int]
    crowded: Flags


def match(session: Session, sketched: Sketched, current: Flags) -> Found:
    """Compare texts with the leaders and with each other, and have them join or lead.

    Args:
        session: the caller's, whose transaction keeps other searches out.
        sketched: the batch.
        current: which of its texts take part.
    """
    taking_part = current & sketched.worded()
    stored = stored_neighbours(session, sketched.keys, taking_part, RULE.bucket_limit)
    new = new_neighbours(sketched.keys, taking_part, RULE.bucket_limit)
    leader_ids, places = np.unique(stored.others, return_inverse=True)
    count = len(sketched.seeds)
    left = np.concatenate([stored.texts, new.texts])
    right = np.concatenate([places + count, new.others])
    sets = _joined([sketched.shingles, *_shingles_of(session, leader_ids)])
    matches = _matches(sets, left, right)
    memberships = join_groups(
        count, matches, *_told_apart(session, sketched, leader_ids.tolist(), matches)
    )
    seed_ids = [*(seed.id for seed in sketched.seeds), *leader_ids.tolist()]
    return Found(memberships, seed_ids, stored.crowded | new.crowded)


def _matches(sets: ShingleSets, left: Integers, right: Integers) -> dict[int, list[Match]]:
    similarities = jaccard(sets, left, right)
    similar = similarities >= RULE.banding.threshold
    matches: dict[int, list[Match]] = defaultdict(list)
    found = zip(left[similar], right[similar], similarities[similar], strict=True)
    for text, other, similarity in found:
        matches[int(text)].append(Match(int(other), float(similarity)))
    return matches


def _told_apart(
    session: Session,
    sketched: Sketched,
    leader_ids: Sequence[int],
    matches: dict[int, list[Match]],
) -> tuple[dict[int, tuple[str, ...]], frozenset[int]]:
    """The numbers of all texts that match, and which of the stored leaders are variants."""
    count = len(sketched.seeds)
    matching = set(matches) | {match.place for found in matches.values() for match in found}
    stored = {leader_ids[place - count]: place for place in matching if place >= count}
    numbers = {
        place: numbers_in(sketched.seeds[place].prompt) for place in matching if place < count
    }
    for seed_id, prompt in _prompts(session, stored).items():
        numbers[stored[seed_id]] = numbers_in(prompt)
    variants = session.scalars(
        select(DuplicateMember.seed_id)
        .join(DuplicateGroup, DuplicateGroup.id == DuplicateMember.group_id)
        .where(DuplicateGroup.kind == "variants", among(DuplicateMember.seed_id, stored))
    )
    return numbers, frozenset(stored[seed_id] for seed_id in variants)


def _shingles_of(session: Session, seed_ids: Integers) -> Iterator[ShingleSets]:
    for begin in range(0, len(seed_ids), _TEXTS_AT_ONCE):
        some = seed_ids[begin : begin + _TEXTS_AT_ONCE].tolist()
        prompts = _prompts(session, some)
        yield shingle_sets(hashed_words([prompts[seed_id] for seed_id in some]))


def _prompts(session: Session, seed_ids: Iterable[int]) -> dict[int, str]:
    """Prompts as they were sketched, which the seed may have left since."""
    wanted = (
        select(DuplicateSketch.seed_id, SeedRevision.prompt)
        .join(SeedRevision, SeedRevision.id == DuplicateSketch.revision_id)
        .where(among(DuplicateSketch.seed_id, seed_ids))
    )
    return {row.seed_id: row.prompt for row in session.execute(wanted)}


def _joined(parts: Sequence[ShingleSets]) -> ShingleSets:
    sizes = np.concatenate([part.sizes() for part in parts])
    return ShingleSets(
        np.concatenate([part.values for part in parts]),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
    )
