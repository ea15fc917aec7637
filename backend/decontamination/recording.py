"""Hits on their way into the database: new ones, known ones found again, and lost ones."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.decontamination.index import LoadedIndex
from backend.decontamination.policies import action_of
from backend.decontamination.tables import BenchmarkItem, DecontaminationHit
from backend.decontamination.words import Pair, hash_of, words_on
from backend.review.tables import Decision
from backend.science.contamination import Hit

_EVIDENCE: Final = (
    "verdict", "method", "action", "score", "coverage_item", "coverage_seed", "longest_words",
    "spans", "seed_numbers", "item_numbers", "evidence", "index_id",
)  # fmt: skip


class DueSeed(NamedTuple):
    """A seed to check, as it was read; items up to version `since` it was compared with already."""

    id: int
    revision_id: int
    content_hash: bytes
    checked_index: int | None
    since: int
    prompt: str


class CheckedSeed(NamedTuple):
    """A seed and what was found in it."""

    seed: DueSeed
    hits: Sequence[Hit]


def write_hits(session: Session, loaded: LoadedIndex, checked: Iterable[CheckedSeed]) -> None:
    """Add hits, born with the word on their pair where there is one; renew known ones' evidence."""
    found = [(row.seed, hit, _pair(loaded, row.seed, hit)) for row in checked for hit in row.hits]
    words = words_on(session, {pair for _, _, pair in found})
    there = _held_items(session, {int(hit.item_id) for _, hit, _ in found})
    rows = []
    for seed, hit, pair in found:
        if int(hit.item_id) in there:
            word = words.get(pair)
            said = {"state": word.state, "inherited_from": word.hit_id} if word else _NOTHING_SAID
            rows.append(_row(loaded, seed, hit) | {"item_hash": pair.item_hash} | said)
    if rows:
        new = insert(DecontaminationHit)
        session.execute(
            new.on_conflict_do_update(
                constraint="uq_decontamination_hit_pair",
                set_={name: new.excluded[name] for name in _EVIDENCE},
            ),
            rows,
        )


def remove_lost(session: Session, loaded: LoadedIndex, checked: Iterable[CheckedSeed]) -> None:
    """Remove open hits that are found no longer in the items that seeds were compared with.

    Those that the history speaks of stay.
    """
    by_since: dict[int, list[CheckedSeed]] = defaultdict(list)
    for row in checked:
        by_since[row.seed.since].append(row)
    key = tuple_(
        DecontaminationHit.revision_id, DecontaminationHit.item_id, DecontaminationHit.item_hash
    )
    spoken_of = select(Decision.id).where(Decision.hit_id == DecontaminationHit.id)
    for since, rows in by_since.items():
        compared = select(BenchmarkItem.id).where(
            BenchmarkItem.id == DecontaminationHit.item_id, BenchmarkItem.version > since
        )
        found = [_key(loaded, row.seed, hit) for row in rows for hit in row.hits]
        session.execute(
            delete(DecontaminationHit).where(
                DecontaminationHit.revision_id.in_([row.seed.revision_id for row in rows]),
                DecontaminationHit.state == "open",
                compared.exists(),
                key.not_in(found),
                ~spoken_of.exists(),
            )
        )


_NOTHING_SAID: Final = {"state": "open", "inherited_from": None}


def _pair(loaded: LoadedIndex, seed: DueSeed, hit: Hit) -> Pair:
    return Pair(seed.content_hash, hash_of(loaded.texts[int(hit.item_id)]))


def _key(loaded: LoadedIndex, seed: DueSeed, hit: Hit) -> tuple[int, int, bytes]:
    return seed.revision_id, int(hit.item_id), _pair(loaded, seed, hit).item_hash


def _held_items(session: Session, item_ids: Collection[int]) -> set[int]:
    """Those of the items that are still there, and stay until the transaction ends."""
    wanted = select(BenchmarkItem.id).where(BenchmarkItem.id.in_(item_ids))
    return set(session.scalars(wanted.order_by(BenchmarkItem.id).with_for_update(key_share=True)))


def _row(loaded: LoadedIndex, seed: DueSeed, hit: Hit) -> dict[str, Any]:
    return {
        "revision_id": seed.revision_id, "item_id": int(hit.item_id), "verdict": hit.verdict,
        "method": hit.method, "action": action_of(loaded.settings, hit),
        "score": hit.score, "coverage_item": hit.coverage_item,
        "coverage_seed": hit.coverage_seed, "longest_words": hit.longest_shared_words,
        "spans": [list(span) for span in hit.spans],
        "seed_numbers": [list(number) for number in hit.seed_numbers],
        "item_numbers": [list(number) for number in hit.item_numbers],
        "evidence": hit.evidence, "index_id": loaded.id,
    }  # fmt: skip
