"""Where a seed comes from: its source, imports, wordings, rewrites, and the seeds before it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.endpoints.tables import Endpoint
from backend.lineage.schemas import Ancestor, ImportStep, RewriteStep, SourceOut, Wording
from backend.proposals.tables import SeedParent
from backend.rewriting.tables import Rewrite, RewriteApproval
from backend.scoring.tables import Sample
from backend.seeds.tables import ImportChange, Seed, SeedImport, SeedRevision, Source
from backend.takedowns.tables import is_taken_down

MOST_ANCESTORS = 100


def source_of(session: Session, seed: Seed) -> SourceOut:
    """The source and the licence of a seed."""
    source = session.get_one(Source, seed.source_id)
    return SourceOut(
        name=source.name, synthetic=source.synthetic, external_id=seed.external_id,
        licence=seed.licence, domain=seed.domain, metadata=seed.extra,
    )  # fmt: skip


def wordings_of(session: Session, seed_id: int) -> list[Wording]:
    """All revisions, also those that wait for approval, the oldest first."""
    rows = session.execute(
        select(
            SeedRevision.id, SeedRevision.number, SeedRevision.prompt, SeedRevision.answer,
            SeedRevision.origin, User.name.label("by"), SeedRevision.import_id,
            SeedRevision.created_at,
        )
        .outerjoin(User, User.id == SeedRevision.created_by)
        .where(SeedRevision.seed_id == seed_id)
        .order_by(SeedRevision.number)
    )  # fmt: skip
    return [Wording.model_validate(row._asdict()) for row in rows]


def imports_of(session: Session, seed: Seed, wordings: Sequence[Wording]) -> list[ImportStep]:
    """The imports that had a part in the seed, the oldest first."""
    changed = select(ImportChange.import_id).where(ImportChange.seed_id == seed.id)
    parts: dict[int, str] = dict.fromkeys(session.scalars(changed), "changed")
    parts |= {one.import_id: "reworded" for one in wordings if one.import_id is not None}
    if seed.import_id is not None:
        parts[seed.import_id] = "brought"
    rows = session.execute(
        select(SeedImport, User.name)
        .join(User, User.id == SeedImport.created_by)
        .where(SeedImport.id.in_(parts))
        .order_by(SeedImport.id)
    )
    return [
        ImportStep.model_validate(
            {
                "import_id": one.id, "label": one.label, "recipe": one.recipe,
                "what": parts[one.id], "by": name, "at": one.created_at,
                "undone_at": one.undone_at,
            }
        )
        for one, name in rows
    ]  # fmt: skip


def rewrites_of(session: Session, seed_id: int) -> list[RewriteStep]:
    """All proposed wordings, approved or not, the oldest first."""
    decider = aliased(User)
    rows = session.execute(
        select(
            Rewrite, User.name.label("author"), Endpoint.name.label("endpoint"),
            decider.name.label("decider"), Sample.run_id, _approvals().label("approvals"),
        )
        .outerjoin(User, User.id == Rewrite.author_id)
        .outerjoin(Endpoint, Endpoint.id == Rewrite.endpoint_id)
        .outerjoin(decider, decider.id == Rewrite.decided_by)
        .outerjoin(Sample, Sample.id == Rewrite.sample_id)
        .where(Rewrite.seed_id == seed_id)
        .order_by(Rewrite.id)
    )  # fmt: skip
    return [_rewrite(row) for row in rows]


def _approvals() -> Any:
    """The names of those whose keys are on a rewrite."""
    return (
        select(func.array_agg(User.name))
        .join(RewriteApproval, RewriteApproval.user_id == User.id)
        .where(RewriteApproval.rewrite_id == Rewrite.id, RewriteApproval.taken_back_at.is_(None))
        .correlate(Rewrite)
        .scalar_subquery()
    )


def _rewrite(row: Any) -> RewriteStep:
    names = ("id", "kind", "state", "why", "base_revision_id", "revision_id", "sample_id",
             "decided_at", "decision_id", "created_at")  # fmt: skip
    return RewriteStep(
        **{name: getattr(row.Rewrite, name) for name in names},
        by=row.author or row.endpoint, by_model=row.endpoint is not None, run_id=row.run_id,
        approvals=row.approvals or [], decided_by=row.decider,
    )  # fmt: skip


def ancestors_of(session: Session, seed_id: int) -> list[Ancestor]:
    """The seeds that this one was made from, the nearest first, up to the root."""
    # The numbers first: the planner expects a chain to be long, and would read whole tables for it.
    made = session.scalars(_synthetic_from(seed_id)).all()
    rows = {row.child_id: row for row in session.execute(_parents(made))} if made else {}
    return [Ancestor.model_validate(rows[number]._asdict()) for number in made]


def _synthetic_from(seed_id: int) -> Select[int]:
    """This seed and those before it that were made from others, in their order."""
    first = select(SeedParent.seed_id, literal(1).label("depth")).where(
        SeedParent.seed_id == seed_id
    )
    chain = first.cte("chain", recursive=True)
    above = aliased(SeedParent)
    chain = chain.union_all(
        select(above.seed_id, chain.c.depth + 1)
        .select_from(chain)
        .join(SeedParent, SeedParent.seed_id == chain.c.seed_id)
        .join(above, above.seed_id == SeedParent.parent_id)
        .where(chain.c.depth < MOST_ANCESTORS)
    )
    return select(chain.c.seed_id).order_by(chain.c.depth)


def _parents(seed_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    taken_down = is_taken_down(Seed.id.expression)
    return (
        select(
            SeedParent.seed_id.label("child_id"), SeedParent.parent_id.label("seed_id"),
            SeedParent.parent_revision_id.label("revision_id"), SeedParent.kind, SeedParent.why,
            SeedParent.endpoint_id, Endpoint.name.label("endpoint"), Endpoint.model,
            SeedParent.template_hash, SeedParent.sample_id, Sample.run_id, Sample.cost,
            SeedParent.created_at.label("made_at"), Source.name.label("source"), Seed.licence,
            Seed.status, (taken_down | Seed.withdrawn_at.is_not(None)).label("must_not_be_used"),
        )
        .join(Seed, Seed.id == SeedParent.parent_id)
        .join(Source, Source.id == Seed.source_id)
        .join(Endpoint, Endpoint.id == SeedParent.endpoint_id)
        .join(Sample, Sample.id == SeedParent.sample_id)
        .where(SeedParent.seed_id.in_(seed_ids))
    )  # fmt: skip
