"""What another policy would make of all scored seeds: no model is called, nothing is written.

Seeds with equal evidence have equal verdicts, so they are counted together and each evidence is
weighed once.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, Double, cast, func, select, text
from sqlalchemy.orm import Session

from backend.science.teachability_arrays import (
    VERDICT_NAMES,
    EvidenceArrays,
    Floats,
    Integers,
    weigh,
)
from backend.science.teachability_policy import Policy
from backend.scoring.policies import checked, get_policy, policy_of
from backend.scoring.schemas import PolicyPreviewOut, PolicyPreviewRequest, VerdictSharesOut
from backend.scoring.verdict_evidence import read
from backend.seeds.filters import SeedFilter, filtered
from backend.seeds.tables import Seed

# Of a million texts: groups that fit into memory are counted without a sort, and by all processes.
_COUNT_FAST: Final = (
    text("set local work_mem = '64MB'"), text("set local parallel_tuple_cost = 0"),
)  # fmt: skip


class _Side(NamedTuple):
    """Verdicts before or after.

    Attributes:
        verdict: (g,) of each group, a place in `VERDICT_NAMES`.
        score: (g,) the sum of its seeds' scores.
    """

    verdict: Integers
    score: Floats


def preview(session: Session, wanted: PolicyPreviewRequest) -> PolicyPreviewOut:
    """How many scored seeds would have which verdict, and how many would change theirs.

    Raises:
        Invalid: a setting is unknown or out of range; the field names it.
        NotFound: there is no such policy to compare with.
    """
    policy = checked(wanted.settings)
    base = wanted.base_policy_id and policy_of(get_policy(session, wanted.base_policy_id))
    rows = _groups(session, wanted.filter, base or policy, policy)
    evidence = read([row.verdict_evidence for row in rows], [row.reliability for row in rows])
    after = _under(policy, evidence, [row.factors_after for row in rows])
    if base:
        before = _under(base, evidence, [row.factors_before for row in rows])
    else:
        before = _now(rows)
    matrix = np.zeros((len(VERDICT_NAMES), len(VERDICT_NAMES)), dtype=np.int64)
    np.add.at(matrix, (before.verdict, after.verdict), [row.seeds for row in rows])
    return _answer(matrix, before, after)


def _groups(session: Session, filter: SeedFilter, base: Policy, policy: Policy) -> Sequence[Any]:
    """Scored seeds by evidence and verdict: how many, and the sums of scores and step factors."""
    for setting in _COUNT_FAST:
        session.execute(setting)
    by = (Seed.verdict_evidence, Seed.reliability, Seed.verdict)
    wanted = select(
        *by,
        func.count().label("seeds"),
        func.sum(Seed.score).label("score"),
        func.sum(_step_factor(base)).label("factors_before"),
        func.sum(_step_factor(policy)).label("factors_after"),
    )
    scored = (Seed.verdict.is_not(None), Seed.verdict_evidence.is_not(None))
    return session.execute(filtered(wanted, filter).where(*scored).group_by(*by)).all()


def _step_factor(policy: Policy) -> ColumnElement[float]:
    """`teachability.step_factor` of a seed."""
    judgments = func.coalesce(func.cardinality(Seed.step_counts), 0)
    too_few = func.coalesce(func.width_bucket(policy.minimum_steps - 1, Seed.step_counts), 0)
    enough: ColumnElement[float] = cast(judgments - too_few + 1, Double)
    return enough / cast(judgments + 1, Double)


def _now(rows: Sequence[Any]) -> _Side:
    return _Side(
        np.array([VERDICT_NAMES.index(row.verdict) for row in rows], dtype=np.int64),
        np.array([row.score for row in rows], dtype=float),
    )


def _under(policy: Policy, evidence: EvidenceArrays, factors: Sequence[float]) -> _Side:
    weighed = weigh(evidence, policy)
    return _Side(weighed.verdict, weighed.score * np.array(factors, dtype=float))


def _answer(matrix: Integers, before: _Side, after: _Side) -> PolicyPreviewOut:
    seeds = int(matrix.sum())
    return PolicyPreviewOut(
        seeds=seeds,
        changed=seeds - int(matrix.trace()),
        matrix={
            verdict: dict(zip(VERDICT_NAMES, row, strict=True))
            for verdict, row in zip(VERDICT_NAMES, matrix.tolist(), strict=True)
        },
        before=_shares(matrix.sum(axis=1), before.score),
        after=_shares(matrix.sum(axis=0), after.score),
    )


def _shares(counts: Integers, scores: Floats) -> VerdictSharesOut:
    seeds = int(counts.sum())
    return VerdictSharesOut(
        verdicts=dict(zip(VERDICT_NAMES, counts.tolist(), strict=True)),
        shares=dict(zip(VERDICT_NAMES, (counts / max(seeds, 1)).tolist(), strict=True)),
        mean_score=float(scores.sum()) / seeds if seeds else None,
    )
