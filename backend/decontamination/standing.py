"""What hits stop: the one place that says so, for decisions, filters, counts and exports."""

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select

from backend.decontamination.tables import DecontaminationHit

WAITING = and_(DecontaminationHit.state == "open", DecontaminationHit.action != "ignore")
"""A curator has to look at the hit: until then its seed is neither accepted nor exported."""

BLOCKING = and_(DecontaminationHit.state == "confirmed", DecontaminationHit.action == "block")
"""A curator has confirmed that the seed must not be taught."""

CONTAMINATING = and_(DecontaminationHit.state != "dismissed", DecontaminationHit.action == "block")
"""The hit says that the seed must not be taught, and no curator has said otherwise."""

STOPPING = or_(WAITING, BLOCKING)
"""The hit keeps its seed from being accepted and exported."""

CARRIED = and_(DecontaminationHit.state == "confirmed", DecontaminationHit.action != "block")
"""A curator has confirmed it, and its seed may be taught: an export says so."""

PASSED = or_(DecontaminationHit.state == "dismissed", CARRIED)
"""A curator has looked at the hit and lets its seed through."""


def any_hit(revision_id: ColumnElement[int], which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a wording has a hit of this kind."""
    wanted = select(DecontaminationHit.id)
    return wanted.where(DecontaminationHit.revision_id == revision_id, which).exists()


def waiting_hits(revision_id: ColumnElement[int]) -> ScalarSelect[int]:
    """How many hits of a wording wait for a curator: what `Seed.open_hits` repeats."""
    return (
        select(func.count())
        .select_from(DecontaminationHit)
        .where(DecontaminationHit.revision_id == revision_id, WAITING)
        .scalar_subquery()
    )
