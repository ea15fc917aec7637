"""What gold seeds tell of a reference: how often its votes are right, who shares its mistakes.

A gold seed has a known answer and was put to the reference all the same. Only the newest are read:
more would no longer move the fit.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.runs.tables import RunItem
from backend.science.answers import AnswerKey, canonical_key
from backend.science.equivalence import equivalent_by_rules
from backend.science.plurality import Plurality, plurality
from backend.science.reliability import (
    DEFAULT_MODEL,
    GoldExample,
    features_of,
    fit_reliability,
    fit_wrong_key_prior,
)
from backend.scoring.line_up import LineUp, reference_of, weak_of
from backend.scoring.samples import stored_answers
from backend.scoring.verdicts import Calibration
from backend.seeds.tables import SeedRevision

MOST_GOLD_SEEDS = 5000
UNCALIBRATED = Calibration(DEFAULT_MODEL, {}, 0)
# Fitted again when there are a fifth more gold seeds.
GROWTH = 1.2


class GoldSeed(NamedTuple):
    """A known answer beside the reference's votes and the keys of each weak model's answers."""

    answer: AnswerKey
    votes: Plurality
    weak: dict[int, list[AnswerKey | None]]


def gold_examples(gold: Sequence[GoldSeed]) -> list[GoldExample]:
    """The seeds whose votes have a winner, as the reliability model takes them."""
    return [
        GoldExample(features, equivalent_by_rules(seed.votes.winner, seed.answer))
        for seed in gold
        if seed.votes.winner and (features := features_of(seed.votes))
    ]


def fit_calibration(gold: Sequence[GoldSeed]) -> Calibration:
    """The calibration that these seeds support; without any, the documented priors."""
    wrong = [
        seed
        for seed in gold
        if seed.votes.winner and not equivalent_by_rules(seed.votes.winner, seed.answer)
    ]
    weak_ids = {endpoint_id for seed in wrong for endpoint_id in seed.weak}
    priors = {
        endpoint_id: fit_wrong_key_prior(
            [_repeats(seed, endpoint_id) for seed in wrong if seed.weak.get(endpoint_id)]
        )
        for endpoint_id in weak_ids
    }
    return Calibration(fit_reliability(gold_examples(gold)), priors, len(wrong))


def _repeats(seed: GoldSeed, endpoint_id: int) -> tuple[int, int]:
    keys, wrong = seed.weak[endpoint_id], seed.votes.winner
    same = [key for key in keys if key and wrong and equivalent_by_rules(key, wrong)]
    return len(same), len(keys)


def read_gold_seeds(session: Session, line_up: LineUp) -> list[GoldSeed]:
    """The newest gold seeds that the line-up's reference has answered under its settings."""
    reference = reference_of(line_up)
    if reference is None:
        return []
    rows = session.execute(
        select(SeedRevision.id, SeedRevision.answer)
        .where(
            SeedRevision.id.in_(select(RunItem.revision_id).where(RunItem.calibrates)),
            SeedRevision.answer.is_not(None),
        )
        .order_by(SeedRevision.id.desc())
        .limit(MOST_GOLD_SEEDS)
    ).all()
    stored = stored_answers(session, [row.id for row in rows], line_up)
    gold = []
    for revision_id, answer in rows:
        keys: dict[int, list[AnswerKey | None]] = {}
        for sample in stored[revision_id]:
            key = AnswerKey.parse(sample.answer_key) if sample.answer_key else None
            keys.setdefault(sample.endpoint_id, []).append(key)
        known = canonical_key(answer)
        if known is not None and reference.endpoint_id in keys:
            weak = {entry.endpoint_id: keys[entry.endpoint_id]
                    for entry in weak_of(line_up) if entry.endpoint_id in keys}  # fmt: skip
            votes = plurality(keys[reference.endpoint_id], equivalent_by_rules)
            gold.append(GoldSeed(known, votes, weak))
    return gold


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

    def current(self, session: Session, new_gold_seeds: int) -> Calibration:
        """The calibration now that so many more gold seeds are complete."""
        self._gold_seeds += new_gold_seeds
        if self._calibration is None or self._gold_seeds >= max(1, self._fitted_on) * GROWTH:
            self._calibration = calibrate(session, self._line_up)
            self._gold_seeds = max(self._gold_seeds, self._calibration.reliability.gold_seeds)
            self._fitted_on = self._gold_seeds
        return self._calibration
