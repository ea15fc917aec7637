"""What a mixture may draw from: one statement, so one consistent view of the database."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import (
    Float,
    Integer,
    Row,
    Select,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from backend.decontamination.standing import STOPPING, any_hit
from backend.mixtures.recipe import Recipe
from backend.science.quality_tiers import Shown
from backend.scoring.tables import Judgment
from backend.seeds.filters import conditions
from backend.seeds.tables import Seed, SeedRevision, Source
from backend.takedowns.tables import is_taken_down
from backend.traces.tables import Trace, standing

BATCH: Final = 1000
PROMPT_BYTES_PER_TOKEN: Final = 3.5
"""Our choice: English runs at four bytes a token, formulas and code at three, Chinese at three.
Prompts are a small part of what is trained on; the tokens of traces are those that were counted."""
SAFETY_PART: Final = -1

_PARENTS: Final = text("""
    select member.seed_id, duplicate_group.leader_id
    from duplicate_member member
    join duplicate_group on duplicate_group.id = member.group_id
    union all
    select child.id, parent.id
    from seed child
    join seed parent on parent.source_id = child.source_id
        and parent.external_id = child.metadata ->> 'parent_external_id'
    where child.metadata ? 'parent_external_id'
    union all
    select child.id, (child.metadata ->> 'parent_seed_id')::bigint
    from seed child
    where child.metadata ->> 'parent_seed_id' ~ '^[1-9][0-9]{0,17}$'
""")


def read_candidates(session: Session, recipe: Recipe) -> Iterator[Row[Any]]:
    """The accepted seeds that a recipe means, in the order of their numbers, streamed."""
    return iter(session.execute(_statement(recipe), execution_options={"yield_per": BATCH}))


def read_candidate(session: Session, seed_id: int) -> Row[Any] | None:
    """A living seed as it would be read, whatever its status; None where there is none."""
    return session.execute(_columns(_part_of(Recipe())).where(Seed.id == seed_id)).one_or_none()


def read_pairs(session: Session) -> Iterator[tuple[int, int]]:
    """Seeds that belong together: near-duplicates, and synthetic ones with their parents."""
    result = session.execute(_PARENTS, execution_options={"yield_per": BATCH})
    return ((row[0], row[1]) for row in result)


def read_sources(session: Session) -> dict[str, Shown]:
    """Of each source, how many of its decided seeds were accepted."""
    accepted = func.count().filter(Seed.status == "accepted")
    decided = func.count().filter(Seed.status.in_(("accepted", "rejected")))
    counted = (
        select(Source.name, accepted, decided)
        .join(Seed, Seed.source_id == Source.id)
        .where(Seed.withdrawn_at.is_(None))
        .group_by(Source.name)
    )
    return {name: Shown(good, of) for name, good, of in session.execute(counted)}


def _statement(recipe: Recipe) -> Select[*tuple[Any, ...]]:
    part = _part_of(recipe)
    accepted = _columns(part).where(Seed.status == "accepted", part.is_not(None))
    return accepted.order_by(Seed.id)


def _columns(part: Any) -> Select[*tuple[Any, ...]]:
    traces, level = _traces(), _level()
    prompt = cast(
        func.ceil(func.octet_length(SeedRevision.prompt) / PROMPT_BYTES_PER_TOKEN), Integer
    )
    return (
        select(
            Seed.id, Seed.revision_id, Seed.domain, Seed.licence, Seed.tags, Seed.verdict,
            Seed.agreement, Source.name.label("source"), part.label("part"),
            prompt.label("prompt_tokens"), level.c.level, traces.c.verified, traces.c.kept,
            traces.c.kept_tokens, traces.c.kept_scores,
            any_hit(Seed.revision_id.expression, STOPPING).label("stopped"),
            is_taken_down(Seed.id.expression).label("taken_down"),
        )
        .join(SeedRevision, SeedRevision.id == Seed.revision_id)
        .join(Source, Source.id == Seed.source_id)
        .outerjoin(traces, true())
        .outerjoin(level, true())
        .where(Seed.withdrawn_at.is_(None))
    )  # fmt: skip


def _part_of(recipe: Recipe) -> Any:
    """The number of the first part whose filter a seed fits; null where none does."""
    parts = [
        # A condition on nothing known is null, which is no fit.
        (and_(*conditions(part.filter.model_copy(update={"status": None}))), number)
        for number, part in enumerate(recipe.parts)
    ]
    if recipe.safety is not None:
        parts.insert(0, (Seed.domain == recipe.safety.domain, SAFETY_PART))
    return case(*parts, else_=None)


def _traces() -> Any:
    kept = standing == "kept"
    tokens = Trace.thinking_tokens + Trace.answer_tokens
    found = select(
        func.count().label("verified"),
        _listed(Trace.sample_id, kept).label("kept"),
        _listed(tokens, kept).label("kept_tokens"),
        _listed(Trace.judge_score, kept).label("kept_scores"),
    ).where(Trace.revision_id == Seed.revision_id)
    return found.lateral("traces")


def _listed(value: Any, which: Any) -> Any:
    return func.array_agg(aggregate_order_by(value, Trace.sample_id)).filter(which)


def _level() -> Any:
    """The judges' mean level of well posed and verifiable."""
    levels = func.coalesce(
        (cast(Judgment.well_posed, Float) + Judgment.verifiable) / 2,
        cast(Judgment.well_posed, Float), cast(Judgment.verifiable, Float),
    )  # fmt: skip
    known = or_(Judgment.well_posed.is_not(None), Judgment.verifiable.is_not(None))
    found = select(func.avg(levels).label("level")).where(
        Judgment.revision_id == Seed.revision_id, Judgment.unscored.is_(None), known
    )
    return found.lateral("judged")
