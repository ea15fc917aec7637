"""How far a run's key can be trusted, and what that rests on, for people to read."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from sqlalchemy.orm import Session

from backend.science.calibration import fit_calibration, gold_examples
from backend.science.reliability import (
    DEFAULT_MODEL,
    WRONG_KEY_CENTRE,
    GoldExample,
    ReliabilityModel,
    cross_validated,
    features_of_counts,
)
from backend.science.statistics import (
    auc,
    brier,
    expected_calibration_error,
    log_loss,
    reliability_diagram,
)
from backend.science.teachability_policy import BetaPrior
from backend.scoring.calibration import read_gold_seeds
from backend.scoring.calibration_schemas import (
    CalibrationOut,
    CoefficientOut,
    DiagramBinOut,
    VoteReliabilityOut,
    WrongKeyPriorOut,
)
from backend.scoring.line_up import LineUp, reference_of, weak_of

FEW_GOLD_SEEDS: Final = 30
COEFFICIENTS: Final = {
    "intercept": "where all starts, before the votes are read",
    "share_log_odds": "the larger the winner's share of the answers, the more it counts",
    "unanswered_share": "responses without an answer",
    "scatter": "other answers that differ among themselves",
    "log_classes": "many different answers",
    "second_family": "agreement of a reference of another family",
}
"""What the model's coefficients weigh, in their order; a positive one speaks for the key."""

# (equal votes, those of the runner-up, different answers) of eight.
_VOTES: Final = ((8, 0, 1), (6, 2, 2), (4, 2, 3), (2, 1, 7))
_NOBODY: Final = "This run has no reference: its keys are the given answers."
_NO_GOLD: Final = (
    "No seed with a known answer was put to this reference, so nothing was measured: the key's "
    "reliability rests on the documented prior alone. Score seeds that have an answer with it, and "
    "let the run calibrate, to find out."
)
_FEW_GOLD: Final = (
    "Only {} with a known answer: the prior still counts for much, and the intervals are wide."
)


def report(session: Session, line_up: LineUp) -> CalibrationOut:
    """What is known of the line-up's reference from all gold seeds that are stored by now.

    The diagram and the figures are of probabilities by models that had not seen the seed; the
    coefficients are those of the model that has seen all.
    """
    reference = reference_of(line_up)
    gold = read_gold_seeds(session, line_up)
    examples, fitted = gold_examples(gold), fit_calibration(gold)
    right = [example.right for example in examples]
    stated = _cross_validated(examples)
    return CalibrationOut(
        reference=reference and reference.name,
        warning=_warning(reference is not None, len(examples)),
        gold_seeds=len(examples),
        wrong_keys=len(right) - sum(right),
        bins=[DiagramBinOut(**found._asdict()) for found in reliability_diagram(stated, right)],
        brier=brier(stated, right),
        calibration_error=expected_calibration_error(stated, right),
        auc=auc(stated, right),
        log_loss=log_loss(stated, right),
        votes=_votes(fitted.reliability),
        coefficients=_coefficients(fitted.reliability),
        domain_offsets=dict(fitted.reliability.domain_offsets),
        wrong_key_priors=_wrong_key_priors(line_up, fitted.wrong_key_priors),
        agreement_weight=fitted.agreement_weight,
    )


def _cross_validated(examples: Sequence[GoldExample]) -> list[float]:
    """As `cross_validated`, with folds that have nothing to do with the seeds' order."""
    order = np.random.default_rng(0).permutation(len(examples))
    shuffled = cross_validated([examples[place] for place in order]) if examples else []
    stated = np.empty(len(examples))
    stated[order] = shuffled
    found: list[float] = stated.tolist()
    return found


def _warning(has_reference: bool, gold_seeds: int) -> str | None:
    if not has_reference:
        return _NOBODY
    if not gold_seeds:
        return _NO_GOLD
    if gold_seeds < FEW_GOLD_SEEDS:
        return _FEW_GOLD.format(f"{gold_seeds} seed{'' if gold_seeds == 1 else 's'}")
    return None


def _votes(model: ReliabilityModel) -> list[VoteReliabilityOut]:
    """What the model makes of eight votes, beside what the prior makes of them."""
    return [
        VoteReliabilityOut(
            equal=equal,
            of=8,
            reliability=model.reliability(features),
            by_prior=DEFAULT_MODEL.reliability(features),
        )
        for equal, second, classes in _VOTES
        if (features := features_of_counts(equal, second, 8, 0, classes))
    ]


def _coefficients(model: ReliabilityModel) -> list[CoefficientOut]:
    rows = zip(COEFFICIENTS.items(), model.coefficients, DEFAULT_MODEL.coefficients, strict=True)
    return [
        CoefficientOut(name=name, words=words, value=value, prior=prior)
        for (name, words), value, prior in rows
    ]


def _wrong_key_priors(line_up: LineUp, fitted: Mapping[int, BetaPrior]) -> list[WrongKeyPriorOut]:
    found = []
    for entry in weak_of(line_up):
        alpha, beta = fitted.get(entry.endpoint_id, WRONG_KEY_CENTRE)
        found.append(
            WrongKeyPriorOut(
                endpoint=entry.name, alpha=alpha, beta=beta, mean=alpha / (alpha + beta),
                fitted=entry.endpoint_id in fitted,
            )
        )  # fmt: skip
    return found
