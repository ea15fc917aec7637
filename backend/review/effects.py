"""What a decision does to a seed and its hit. Whoever calls holds the seed's row."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from backend.database import Json
from backend.decontamination.standing import BLOCKING, any_hit
from backend.decontamination.tables import DecontaminationHit
from backend.decontamination.words import hold_words, own_word, recount, seeds_meant, settle
from backend.errors import Conflict, NotFound
from backend.seeds.state import apply_state
from backend.seeds.tables import Seed

CHANGES: Final[dict[str, Json]] = {
    "accept": {"status": "accepted"},
    "reject": {"status": "rejected"},
    "needs_rewrite": {"status": "needs_rewrite"},
    "skip": {},
    "flag": {"flagged": True},
    "unflag": {"flagged": False},
    "confirm_hit": {"hit_state": "confirmed"},
    "dismiss_hit": {"hit_state": "dismissed"},
}
HIT_FIELDS: Final = frozenset({"hit_state", "inherited_from"})
TRACE_FIELDS: Final = frozenset({"trace_word", "trace_reason"})


def lock_seeds(
    session: Session, seed_ids: Sequence[int], hit_ids: Sequence[int] = ()
) -> dict[int, Seed]:
    """Hold seeds for this transaction, in one order for all, so that nobody waits in a circle.

    Args:
        session: the caller's.
        seed_ids: the seeds.
        hit_ids: hits that will be settled, so that the seeds whose hits follow are held too.
    """
    meant = set(seed_ids)
    if hit_ids:
        hold_words(session)
        meant |= set(seeds_meant(session, hit_ids))
    wanted = (
        select(Seed)
        .where(Seed.id.in_(meant))
        .order_by(Seed.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {seed.id: seed for seed in session.scalars(wanted)}


def living(seed: Seed | None, seed_id: int) -> Seed:
    """The seed.

    Raises:
        NotFound: there is none of this number.
        Conflict: its import was taken back.
    """
    if seed is None:
        raise NotFound(f"there is no seed {seed_id}", field="seed_id")
    if seed.withdrawn_at is not None:
        raise Conflict(f"seed {seed_id} was taken back", field="seed_id", code="withdrawn")
    return seed


def changes_of(kind: str, seed: Seed, hit: DecontaminationHit | None) -> Json:
    """The fields that a decision sets; confirming a hit that blocks ends an acceptance."""
    if hit is None:
        return CHANGES[kind]
    changes = own_word(hit, CHANGES[kind])
    if kind == "confirm_hit" and hit.action == "block" and seed.status == "accepted":
        return {**changes, "status": "rejected"}
    return changes


def apply(session: Session, seed: Seed, hit: DecontaminationHit | None, changes: Json) -> Json:
    """Set the fields of a seed and its hit.

    Returns:
        The same fields as they were before.
    """
    of_hit = {field: value for field, value in changes.items() if field in HIT_FIELDS}
    of_seed = {field: value for field, value in changes.items() if field not in HIT_FIELDS}
    before = apply_state(session, seed.id, of_seed) if of_seed else {}
    if hit is not None and of_hit:
        before |= settle(session, hit, of_hit)
    if "revision_id" in changes:  # another wording, with hits of its own
        recount(session, [seed.id])
    return before


def refuse_contaminated(session: Session, seed: Seed) -> None:
    """Refuse to accept a seed with hits that stop it.

    Raises:
        Conflict: `open_hits` or `confirmed_hits`.
    """
    if seed.open_hits:
        message = f"seed {seed.id} has {seed.open_hits} open hits: confirm or dismiss them first"
        raise Conflict(message, code="open_hits")
    if session.scalar(select(any_hit(literal(seed.revision_id), BLOCKING))):
        message = f"a curator confirmed that seed {seed.id} stands in a benchmark"
        raise Conflict(message, code="confirmed_hits")
