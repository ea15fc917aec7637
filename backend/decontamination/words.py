"""Curators' words on hits, and how a word holds for every pair of the same two texts.

A word is given on one hit. Hits on the same prompt and the same item text that have no word of
their own inherit the newest one: in another seed, in another benchmark, found later. They follow
it, so what is undone or overruled changes for all of them.
"""

import hashlib
from collections.abc import Collection
from typing import Final, NamedTuple

from sqlalchemy import Select, and_, func, not_, select, update
from sqlalchemy.orm import Session, aliased

from backend.database import Json
from backend.decontamination.standing import waiting_hits
from backend.decontamination.tables import DecontaminationHit
from backend.seeds.tables import Seed, SeedRevision

_LOCK: Final = 7_217_733_005


_HAS_WORD: Final = and_(
    DecontaminationHit.state != "open", DecontaminationHit.inherited_from.is_(None)
)


class Pair(NamedTuple):
    """What makes two hits the same: SHA-256 of the prompt, and of the item's text."""

    content_hash: bytes
    item_hash: bytes


class Word(NamedTuple):
    """What a curator said of a pair, and the hit that it was said on."""

    hit_id: int
    state: str


def hash_of(item_text: str) -> bytes:
    """What tells the texts of items apart: SHA-256."""
    return hashlib.sha256(item_text.encode()).digest()


def hold_words(session: Session) -> None:
    """Keep checks from inheriting words until the transaction ends, because one will change.

    To be called before any seed is locked: whoever checks holds words first, then seeds.
    """
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def read_words(session: Session) -> None:
    """Keep words from changing until the transaction ends; other checks may read them too."""
    session.execute(select(func.pg_advisory_xact_lock_shared(_LOCK)))


def words_on(
    session: Session, pairs: Collection[Pair], besides: int | None = None
) -> dict[Pair, Word]:
    """The newest word on each pair that has one, on hits but for one."""
    said = (
        select(
            SeedRevision.content_hash, DecontaminationHit.item_hash, DecontaminationHit.id,
            DecontaminationHit.state,
        )
        .join(SeedRevision, SeedRevision.id == DecontaminationHit.revision_id)
        .where(
            DecontaminationHit.item_hash.in_({pair.item_hash for pair in pairs}),
            _HAS_WORD,
            DecontaminationHit.id.is_distinct_from(besides),
        )
        .order_by(DecontaminationHit.settled_at.asc().nulls_first(), DecontaminationHit.id)
    )  # fmt: skip
    wanted = set(pairs)
    words = {}
    for content_hash, item_hash, hit_id, state in session.execute(said):
        if (pair := Pair(content_hash, item_hash)) in wanted:
            words[pair] = Word(hit_id, state)
    return words


def seeds_meant(session: Session, hit_ids: Collection[int]) -> list[int]:
    """The seeds with a hit on the same two texts as one of these hits."""
    origin, its_revision = aliased(DecontaminationHit), aliased(SeedRevision)
    meant = (
        select(SeedRevision.seed_id)
        .join(DecontaminationHit, DecontaminationHit.revision_id == SeedRevision.id)
        .join(origin, origin.item_hash == DecontaminationHit.item_hash)
        .join(its_revision, its_revision.id == origin.revision_id)
        .where(origin.id.in_(hit_ids), its_revision.content_hash == SeedRevision.content_hash)
    )
    return list(session.scalars(meant.distinct()))


def settle(session: Session, hit: DecontaminationHit, changes: Json) -> Json:
    """Set the state of a hit, and have the others on the same two texts follow.

    The caller holds words, and then the seeds that are meant.

    Args:
        session: the caller's; flushed, not committed.
        hit: what a curator speaks of.
        changes: `hit_state`, and `inherited_from` where that changes too.

    Returns:
        The same fields as they were before.
    """
    before = {"hit_state": hit.state, "inherited_from": hit.inherited_from}
    hit.state, hit.settled_at = changes["hit_state"], func.clock_timestamp()
    hit.inherited_from = changes.get("inherited_from", hit.inherited_from)
    session.flush()
    pair = _pair_of(session, hit)
    word = words_on(session, [pair]).get(pair)
    session.execute(
        update(DecontaminationHit)
        .where(
            SeedRevision.id == DecontaminationHit.revision_id,
            SeedRevision.content_hash == pair.content_hash,
            DecontaminationHit.item_hash == pair.item_hash,
            not_(_HAS_WORD),
        )
        .values(state=word.state if word else "open", inherited_from=word and word.hit_id)
        .execution_options(synchronize_session="fetch")
    )
    recount(session, seeds_meant(session, [hit.id]))
    return {field: before[field] for field in changes}


def _pair_of(session: Session, hit: DecontaminationHit) -> Pair:
    return Pair(session.get_one(SeedRevision, hit.revision_id).content_hash, hit.item_hash)


def own_word(hit: DecontaminationHit, changes: Json) -> Json:
    """The changes of a decision on a hit, which is inherited no longer."""
    return changes if hit.inherited_from is None else {**changes, "inherited_from": None}


def as_it_stands(session: Session, hit: DecontaminationHit, changes: Json) -> Json:
    """The changes that take a hit's own word away: it has what is said of its texts by now."""
    if changes.get("hit_state") != "open" and changes.get("inherited_from") is None:
        # An earlier word of its own, also where the hit follows another's by now.
        return own_word(hit, changes) if "hit_state" in changes else changes
    pair = _pair_of(session, hit)
    word = words_on(session, [pair], besides=hit.id).get(pair)
    if word is not None:
        return {**changes, "hit_state": word.state, "inherited_from": word.hit_id}
    without_word: Json = {**changes, "hit_state": "open"}
    if "inherited_from" in changes:
        without_word["inherited_from"] = None
    return without_word


def recount(session: Session, seed_ids: Collection[int] | Select[int]) -> None:
    """Count the hits that wait in seeds, as they read now."""
    session.execute(
        update(Seed)
        .where(Seed.id.in_(seed_ids))
        .values(open_hits=waiting_hits(Seed.revision_id.expression))
        .execution_options(synchronize_session="fetch")
    )
