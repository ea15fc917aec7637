"""What gold seeds tell of a line-up: how often the votes are right, who shares their mistakes.

A gold seed has a known answer and was put to the reference all the same. Only the newest are read:
more would no longer move the fit.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.runs.tables import RunItem
from backend.science.adaptive_calls import votes_of
from backend.science.answers import AnswerKey, canonical_key
from backend.science.calibration import Calibration, GoldCounts, fit_calibration
from backend.science.plurality import plurality
from backend.scoring.line_up import (
    LineUp,
    is_sample_of,
    reference_of,
    second_reference_of,
    weak_of,
)
from backend.scoring.stored_evidence import read_evidence
from backend.scoring.tables import Sample
from backend.scoring.verdicts import Evidence
from backend.seeds.answer_origins import is_proposed
from backend.seeds.tables import Seed, SeedRevision

MOST_GOLD_SEEDS = 5000
# Fitted again when there are a fifth more gold seeds.
GROWTH = 1.2


def gold_counts(evidence: Evidence, line_up: LineUp) -> GoldCounts | None:
    """What a gold seed's votes came to; None where they have no winner, or nothing is known."""
    known = canonical_key(evidence.given_answer)
    votes = plurality(evidence.keys(reference_of(line_up)), evidence.equivalent)
    winner = votes.winner
    if known is None or winner is None:
        return None
    second = evidence.keys(second_reference_of(line_up))
    weak = {entry.endpoint_id: evidence.keys(entry) for entry in weak_of(line_up)}
    return GoldCounts(
        votes_of(votes, (_joining(evidence, second, winner), len(second))),
        evidence.same(winner, known),
        evidence.domain,
        {
            endpoint_id: (_joining(evidence, keys, winner), len(keys))
            for endpoint_id, keys in weak.items()
            if keys
        },
    )


def _joining(evidence: Evidence, keys: Sequence[AnswerKey | None], winner: AnswerKey) -> int:
    return sum(evidence.same(key, winner) for key in keys)


def read_gold_seeds(session: Session, line_up: LineUp) -> list[GoldCounts]:
    """The newest gold seeds on which the line-up's reference has voted, under its settings."""
    reference = reference_of(line_up)
    if reference is None:
        return []
    # As a value, so that the newest seeds are looked at one by one and not joined with all samples.
    vote = (
        select(Sample.id)
        .where(Sample.revision_id == SeedRevision.id, is_sample_of([reference]))
        .limit(1)
        .scalar_subquery()
    )
    revision_ids = session.scalars(
        select(SeedRevision.id)
        .join(Seed, Seed.id == SeedRevision.seed_id)
        .where(
            ~is_proposed(),
            SeedRevision.id.in_(select(RunItem.revision_id).where(RunItem.calibrates)),
            SeedRevision.answer.is_not(None),
            vote.is_not(None),
        )
        .order_by(SeedRevision.id.desc())
        .limit(MOST_GOLD_SEEDS)
    ).all()
    found = [
        gold_counts(evidence, line_up) for evidence in read_evidence(session, revision_ids, line_up)
    ]
    return [gold for gold in found if gold is not None]


def calibrate(session: Session, line_up: LineUp) -> Calibration:
    """Fit the line-up's calibration on all that is stored."""
    return fit_calibration(read_gold_seeds(session, line_up))


class Calibrator:
    """A run's calibration while its gold seeds come in."""

    def __init__(self, line_up: LineUp) -> None:
        self._line_up = line_up
        self._calibration: Calibration | None = None
        self._gold_seeds = 0
        self._fitted_on = 0

    def current(self, session: Session, new_gold_seeds: int = 0) -> Calibration:
        """The calibration now that so many more gold seeds are complete."""
        self._gold_seeds += new_gold_seeds
        if self._calibration is None or self._gold_seeds >= max(1, self._fitted_on) * GROWTH:
            self._calibration = calibrate(session, self._line_up)
            self._gold_seeds = max(self._gold_seeds, self._calibration.reliability.gold_seeds)
            self._fitted_on = self._gold_seeds
        return self._calibration
