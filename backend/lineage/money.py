"""What was paid for a seed, by stage, and a row's share of it.

Costs are those that samples were stored with, at the prices of then. A call for which no answer
came is counted with its run, not with a seed.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.orm import Session

from backend.decontamination.tables import PairJudgment
from backend.decontamination.words import hash_of
from backend.endpoints.tables import Endpoint
from backend.lineage.finding import Subject
from backend.lineage.money_schemas import Money, RowShare, StagePaid
from backend.lineage.schemas import Ancestor, Wording
from backend.lineage.tables import ExportRow
from backend.mixtures.tables import MixtureRow
from backend.runs.tables import Run
from backend.scoring.tables import Sample

# What is asked of a model of any role in these runs is a proposal, and no answer to the seed.
STAGE: Final[ColumnElement[str]] = case(
    (Run.kind == "rewrites", "rewrite"),
    (Run.kind == "augmentation", "augmentation"),
    else_=Endpoint.role,
)


def money_of(session: Session, wordings: Sequence[Wording], ancestors: Sequence[Ancestor]) -> Money:
    """What was paid for a seed in all its wordings."""
    stages = [*_samples(session, [one.id for one in wordings]), *_pairs(session, wordings)]
    return Money(
        total=float(sum((Decimal(row.cost) for row in stages), Decimal())),
        stages=[
            StagePaid.model_validate(
                {
                    "stage": row.stage, "calls": row.calls, "prompt_tokens": row.prompt_tokens,
                    "completion_tokens": row.completion_tokens, "cost": row.cost,
                }
            )
            for row in stages
        ],
        making=ancestors[0].cost if ancestors else None,
    )  # fmt: skip


def _samples(session: Session, revision_ids: Sequence[int]) -> Sequence[Any]:
    stage = STAGE.label("stage")
    return session.execute(
        select(stage, *_sums(Sample))
        .join(Endpoint, Endpoint.id == Sample.endpoint_id)
        .outerjoin(Run, Run.id == Sample.run_id)
        .where(Sample.revision_id.in_(revision_ids))
        .group_by(stage)
        .order_by(stage)
    ).all()


def _pairs(session: Session, wordings: Sequence[Wording]) -> Sequence[Any]:
    """What a judge was asked of its wordings and benchmark items: stored by their texts."""
    return session.execute(
        select(literal("decontamination").label("stage"), *_sums(PairJudgment))
        .where(PairJudgment.seed_hash.in_({hash_of(one.prompt) for one in wordings}))
        .having(func.count() > 0)
    ).all()


def _sums(table: Any) -> tuple[ColumnElement[Any], ...]:
    return (
        func.count().label("calls"),
        func.sum(table.prompt_tokens).label("prompt_tokens"),
        func.sum(table.completion_tokens).label("completion_tokens"),
        func.sum(table.cost).label("cost"),
    )


def share_of(session: Session, subject: Subject, money: Money) -> RowShare | None:
    """A row's share of its seed's money; None where it has no place among other rows."""
    if subject.version_row is not None:
        rows: Any = MixtureRow
        place = MixtureRow.version_id == subject.version_row.version_id
    elif subject.export_row is not None:
        rows = ExportRow
        place = ExportRow.export_id == subject.export_row.export_id
    else:
        return None
    counted = session.execute(
        select(rows.sample_id, func.count().label("rows"), func.max(Sample.cost).label("cost"))
        .outerjoin(Sample, Sample.id == rows.sample_id)
        .where(place, rows.seed_id == subject.seed.id)
        .group_by(rows.sample_id)
    ).all()
    return share(
        {row.sample_id: (row.rows, float(row.cost or 0)) for row in counted},
        subject.sample_id, money.total,
    )  # fmt: skip


def share(
    held: dict[int | None, tuple[int, float]], sample_id: int | None, total: float
) -> RowShare:
    """The share of a row with this response.

    Args:
        held: by response (None: rows without one), how many rows of the seed hold it in the place,
            and what it cost.
        sample_id: the row's response.
        total: what was paid for the seed.
    """
    rows, cost = held[sample_id]
    all_rows = sum(count for count, _ in held.values())
    all_costs = sum(paid for _, paid in held.values())
    return RowShare(
        response_cost=cost, rows_of_response=rows, responses_cost=all_costs,
        rows_of_seed=all_rows, total=total, share=cost / rows + (total - all_costs) / all_rows,
    )  # fmt: skip
