"""Pure: seeds by place -> the funnel. Each stage is the one before it, less its own losses."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row

from backend.overview.schemas import FunnelStage, Loss

REASONS_SHOWN: Final = 8
_DECIDED: Final = ("accepted", "rejected", "needs_rewrite")
# By stage: the places of seeds that have not reached it, why, and whether that is for good.
_PLACES: Final[dict[str, list[tuple[str, str, Any]]]] = {
    "decontaminated": [
        ("in_benchmark", "found in a benchmark", "lost"),
        ("hits", "hits to confirm or dismiss", "waiting"),
        ("unchecked", "not checked yet", "waiting"),
    ],
    "scored": [("unscored", "not scored yet", "waiting")],
    "triaged": [
        ("suspect", "suspect answer key", "waiting"),
        ("undecided", "ready to be decided", "waiting"),
    ],
}


def funnel(
    rows: Sequence[Row[Any]], refused: dict[str, int], reasons: Counter[str], exported: int
) -> list[FunnelStage]:
    """The stages from the rows that came in to what was exported.

    Args:
        rows: living seeds by place (`places`).
        refused: rows that became no seed.
        reasons: rejected seeds by reason, as far as their decisions are known.
        exported: seeds of the largest export.
    """
    by_place: Counter[str] = Counter()
    for row in rows:
        by_place[row.place] += row.seeds
    seeds = by_place.total()
    stages = [
        FunnelStage(stage="received", count=seeds + sum(refused.values())),
        FunnelStage(stage="ingested", count=seeds, losses=_refusals(refused)),
    ]
    skipped = {"decontaminated": _skipped(rows, "checked"), "scored": _skipped(rows, "verdict")}
    for stage, found in _PLACES.items():
        losses = _losses((reason, kind, by_place[place]) for place, reason, kind in found)
        stages.append(_next(stages[-1], stage, losses, skipped.get(stage, 0)))
    rejected = _rejections(by_place["rejected"], reasons)
    rewrite = _losses([("to be rewritten", "waiting", by_place["needs_rewrite"])])
    stages.append(_next(stages[-1], "accepted", rejected + rewrite))
    left = max(0, stages[-1].count - exported)
    rest = _losses([("not in the largest export", "waiting", left)])
    return [*stages, FunnelStage(stage="exported", count=exported, losses=rest)]


def _refusals(refused: dict[str, int]) -> list[Loss]:
    return _losses(
        [
            ("same prompt as another seed", "lost", refused["duplicates"]),
            ("row could not be read", "lost", refused["refused"]),
        ]
    )


def _next(before: FunnelStage, stage: str, losses: list[Loss], skipped: int = 0) -> FunnelStage:
    count = before.count - sum(loss.count for loss in losses)
    return FunnelStage(stage=stage, count=count, skipped=skipped, losses=losses)


def _losses(found: Any) -> list[Loss]:
    return [Loss(reason=reason, kind=kind, count=count) for reason, kind, count in found if count]


def _skipped(rows: Sequence[Row[Any]], field: str) -> int:
    """Decided seeds that lack what a stage gives."""
    return sum(row.seeds for row in rows if row.place in _DECIDED and not getattr(row, field))


def _rejections(rejected: int, reasons: Counter[str]) -> list[Loss]:
    """The most frequent reasons, the others together; they add up to all rejected seeds."""
    shown = reasons.most_common(REASONS_SHOWN)
    others = reasons.total() - sum(count for _, count in shown)
    unknown = rejected - reasons.total()
    return _losses(
        (reason, "lost", count)
        for reason, count in [*shown, ("other reasons", others), ("no decision found", unknown)]
    )
