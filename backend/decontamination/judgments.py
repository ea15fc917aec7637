"""Stored judgments of pairs: asked for once, whichever check needs them."""

from collections.abc import Collection
from decimal import Decimal
from typing import Final, NamedTuple

from sqlalchemy import or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.decontamination.tables import PairJudgment
from backend.endpoints.settings import sampling_of
from backend.endpoints.tables import Endpoint
from backend.row_sets import parts
from backend.science.judged_pairs import Judgment, question_hash
from backend.scoring.samples import storable

_PAIRS_AT_ONCE: Final = 1_000


class TextPair(NamedTuple):
    """SHA-256 of a seed's text and of an item's."""

    seed_hash: bytes
    item_hash: bytes


class NewJudgment(NamedTuple):
    """What has just come, and what it took."""

    pair: TextPair
    judgment: Judgment
    cut_off_at: int | None
    prompt_tokens: int
    completion_tokens: int
    cost: Decimal


def known_judgments(
    session: Session, endpoint: Endpoint, pairs: Collection[TextPair]
) -> dict[TextPair, Judgment]:
    """What is stored of pairs; replies that a lower token limit has cut off are left out."""
    limit = sampling_of(endpoint).max_tokens
    known: dict[TextPair, Judgment] = {}
    for some in parts(list(pairs), _PAIRS_AT_ONCE):
        rows = session.execute(
            select(
                PairJudgment.seed_hash, PairJudgment.item_hash, PairJudgment.verdict,
                PairJudgment.reason,
            ).where(
                PairJudgment.endpoint_id == endpoint.id,
                PairJudgment.question_hash == question_hash(),
                tuple_(PairJudgment.seed_hash, PairJudgment.item_hash).in_(some),
                or_(PairJudgment.cut_off_at.is_(None), PairJudgment.cut_off_at >= limit),
            )
        )  # fmt: skip
        for row in rows:
            known[TextPair(row.seed_hash, row.item_hash)] = Judgment(row.verdict, row.reason)
    return known


def store_judgment(session: Session, endpoint_id: int, new: NewJudgment) -> None:
    """Keep what a judge said, in place of a reply that was cut off."""
    reason = new.judgment.reason
    statement = insert(PairJudgment).values(
        endpoint_id=endpoint_id, question_hash=question_hash(), **new.pair._asdict(),
        verdict=new.judgment.verdict, reason=reason and storable(reason),
        cut_off_at=new.cut_off_at, prompt_tokens=new.prompt_tokens,
        completion_tokens=new.completion_tokens, cost=new.cost,
    )  # fmt: skip
    said = (
        "verdict", "reason", "cut_off_at", "prompt_tokens", "completion_tokens", "cost",
    )  # fmt: skip
    session.execute(
        statement.on_conflict_do_update(
            constraint="pk_pair_judgment", set_={name: statement.excluded[name] for name in said}
        )
    )
