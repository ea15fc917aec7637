"""Pairs of answers that algebra or a judge has decided: stored once, and read for verdicts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.row_sets import among
from backend.science.answer_keys import AnswerKey
from backend.science.known_equivalences import (
    Pair,
    PairDecision,
    joined_by,
    ordered_pair,
    relation_of,
)
from backend.scoring.line_up import LineUpEntry
from backend.scoring.samples import storable
from backend.scoring.tables import AnswerEquivalence, Sample

__all__ = [
    "BY_ALGEBRA", "NewEquivalence", "joined_by", "known_equivalences", "relation_of",
    "store_equivalences", "stored_replies",
]  # fmt: skip

BY_ALGEBRA = "algebra"

Identity = tuple[int, int, str, str, int, int]


class NewEquivalence(NamedTuple):
    """A pair that has just been decided; the order of its keys does not matter.

    Attributes:
        equivalent: None where it could not be found out.
        decided_by: `algebra`, or the name of the judge's endpoint.
        sample_identity: of the judge's reply (`NewSample.identity`), which is stored before.
    """

    revision_id: int
    first: AnswerKey
    second: AnswerKey
    equivalent: bool | None
    decided_by: str
    sample_identity: Identity | None = None


def store_equivalences(session: Session, rows: Iterable[NewEquivalence]) -> None:
    """Insert the decisions that are not there yet; what was decided before stays as it is.

    Raises:
        KeyError: the sample that a decision rests on is not stored.
    """
    rows = list(rows)
    sample_ids = _sample_ids(session, {row.sample_identity for row in rows if row.sample_identity})
    values = [_values(row, sample_ids) for row in rows]
    # One order for all writers, so that two runs over the same seeds cannot deadlock.
    values = sorted(
        (row for row in values if row["first_key"] != row["second_key"]),
        key=lambda row: (row["revision_id"], row["first_key"], row["second_key"]),
    )
    if values:
        session.execute(insert(AnswerEquivalence).on_conflict_do_nothing(), values)


def _values(row: NewEquivalence, sample_ids: Mapping[Identity, int]) -> dict[str, Any]:
    # Sorted as it is stored: replacing what a database cannot keep may change the order.
    first, second = sorted(storable(str(key)) for key in (row.first, row.second))
    return {
        "revision_id": row.revision_id,
        "first_key": first,
        "second_key": second,
        "equivalent": row.equivalent,
        "decided_by": row.decided_by,
        "sample_id": sample_ids[row.sample_identity] if row.sample_identity else None,
    }


def _sample_ids(session: Session, identities: set[Identity]) -> dict[Identity, int]:
    columns = (
        Sample.revision_id, Sample.endpoint_id, Sample.template_hash, Sample.settings_hash,
        Sample.sample_index, Sample.max_tokens,
    )  # fmt: skip
    if not identities:
        return {}
    rows = session.execute(
        select(Sample.id, *columns).where(tuple_(*columns).in_(sorted(identities)))
    )
    return {(row[1], row[2], row[3], row[4], row[5], row[6]): row[0] for row in rows}


def known_equivalences(
    session: Session, revision_ids: Sequence[int]
) -> dict[int, dict[Pair, PairDecision]]:
    """What is known of each revision's pairs: for `relation_of` and `joined_by`."""
    known: dict[int, dict[Pair, PairDecision]] = {revision_id: {} for revision_id in revision_ids}
    rows = session.execute(
        select(
            AnswerEquivalence.revision_id, AnswerEquivalence.first_key,
            AnswerEquivalence.second_key, AnswerEquivalence.equivalent,
            AnswerEquivalence.decided_by,
        ).where(among(AnswerEquivalence.revision_id, revision_ids))
    )  # fmt: skip
    for row in rows:
        pair = ordered_pair(AnswerKey.parse(row.first_key), AnswerKey.parse(row.second_key))
        known[row.revision_id][pair] = PairDecision(row.equivalent, row.decided_by)
    return known


def stored_replies(
    session: Session, revision_id: int, entry: LineUpEntry
) -> dict[tuple[str, int], str]:
    """A judge's replies about a revision that are stored, by template hash and sample index."""
    rows = session.execute(
        select(Sample.template_hash, Sample.sample_index, Sample.response).where(
            Sample.revision_id == revision_id,
            Sample.endpoint_id == entry.endpoint_id,
            Sample.settings_hash == entry.settings_hash,
            Sample.max_tokens == entry.sampling.max_tokens,
        )
    )
    return {(row.template_hash, row.sample_index): row.response for row in rows}
