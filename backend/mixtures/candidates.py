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
    null,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from backend.decontamination.standing import STOPPING, any_hit
from backend.mixtures.recipe import Recipe
from backend.science.prompt_tokens import BYTES_PER_TOKEN
from backend.science.quality_tiers import Shown
from backend.scoring.tables import Judgment
from backend.seeds.filters import conditions
from backend.seeds.tables import Seed, SeedRevision, Source
from backend.takedowns.tables import is_taken_down
from backend.tokenizers.tables import PromptTokens, TraceTokens
from backend.traces.tables import Trace, standing

BATCH: Final = 1000
SAFETY_PART: Final = -1

_PAIRS: Final = text("""
    select member.seed_id, duplicate_group.leader_id
    from duplicate_member member
    join duplicate_group on duplicate_group.id = member.group_id
    union all
    select seed_id, parent_id from seed_parent
""")


def read_candidates(
    session: Session, recipe: Recipe, tokenizer_id: int | None = None
) -> Iterator[Row[Any]]:
    """The accepted seeds that a recipe means, in the order of their numbers, streamed.

    With what a tokenizer has counted of them, where one is named.
    """
    wanted = _statement(recipe, tokenizer_id)
    return iter(session.execute(wanted, execution_options={"yield_per": BATCH}))


def read_candidate(session: Session, seed_id: int, recipe: Recipe | None = None) -> Row[Any] | None:
    """A living seed as a recipe would read it, whatever its status; None where there is none."""
    part = _part_of(recipe or Recipe())
    return session.execute(_columns(part).where(Seed.id == seed_id)).one_or_none()


def read_pairs(session: Session) -> Iterator[tuple[int, int]]:
    """Seeds that belong together: near-duplicates, and synthetic ones with their parents."""
    result = session.execute(_PAIRS, execution_options={"yield_per": BATCH})
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


def _statement(recipe: Recipe, tokenizer_id: int | None) -> Select[*tuple[Any, ...]]:
    part = _part_of(recipe)
    accepted = _columns(part, tokenizer_id).where(Seed.status == "accepted", part.is_not(None))
    return accepted.order_by(Seed.id)


def _columns(part: Any, tokenizer_id: int | None = None) -> Select[*tuple[Any, ...]]:
    traces, level = _traces(tokenizer_id), _level()
    prompt = cast(func.ceil(func.octet_length(SeedRevision.prompt) / BYTES_PER_TOKEN), Integer)
    return (
        select(
            Seed.id, Seed.revision_id, Seed.domain, Seed.licence, Seed.tags, Seed.verdict,
            Seed.agreement, Source.name.label("source"), part.label("part"),
            prompt.label("prompt_tokens"), level.c.level, traces.c.verified, traces.c.kept,
            traces.c.kept_tokens, traces.c.kept_scores, traces.c.kept_counted,
            _counted_prompt(tokenizer_id).label("prompt_counted"),
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


def _counted_prompt(tokenizer_id: int | None) -> Any:
    if tokenizer_id is None:
        return cast(null(), Integer)
    return (
        select(PromptTokens.tokens)
        .where(PromptTokens.tokenizer_id == tokenizer_id)
        .where(PromptTokens.revision_id == Seed.revision_id)
        .scalar_subquery()
    )


def _traces(tokenizer_id: int | None) -> Any:
    kept = standing == "kept"
    tokens = Trace.thinking_tokens + Trace.answer_tokens
    counted = cast(null(), Integer) if tokenizer_id is None else TraceTokens.tokens
    found = select(
        # One that waits for a judge says nothing yet.
        func.count().filter(standing != "unjudged").label("verified"),
        _listed(Trace.sample_id, kept).label("kept"),
        _listed(tokens, kept).label("kept_tokens"),
        _listed(Trace.judge_score, kept).label("kept_scores"),
        _listed(counted, kept).label("kept_counted"),
    ).where(Trace.revision_id == Seed.revision_id)
    if tokenizer_id is not None:
        own = and_(
            TraceTokens.sample_id == Trace.sample_id, TraceTokens.tokenizer_id == tokenizer_id
        )
        found = found.select_from(Trace).outerjoin(TraceTokens, own)
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
