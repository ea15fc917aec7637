"""What callers see of a run's calibration."""

from pydantic import BaseModel


class DiagramBinOut(BaseModel):
    """Keys to which about the same probability was given, and the share that was right.

    `low` to `high` is the 95% Wilson interval of that share.
    """

    stated: float
    observed: float
    low: float
    high: float
    size: int


class VoteReliabilityOut(BaseModel):
    """P(key right) where so many of the votes are equal, as fitted and by the documented prior."""

    equal: int
    of: int
    reliability: float
    by_prior: float


class CoefficientOut(BaseModel):
    """A coefficient of the reliability model, what it weighs, and the mean of its prior."""

    name: str
    words: str
    value: float
    prior: float


class WrongKeyPriorOut(BaseModel):
    """How often a weak model repeats a wrong key: Beta(alpha, beta) with that mean.

    `fitted` is false where no gold seed tells, and the documented centre stands.
    """

    endpoint: str
    alpha: float
    beta: float
    mean: float
    fitted: bool


class CalibrationOut(BaseModel):
    """How far the votes of a run's reference can be trusted, from seeds whose answer is known.

    On `gold_seeds` of them its votes came to a key, and `wrong_keys` of these were wrong. Brier
    score, calibration error (ECE, ten bins), AUC and log loss (nats) are cross-validated, and null
    where they are not defined. `domain_offsets` are log-odds. `warning` says in words where all
    this rests on the prior, or on little.
    """

    reference: str | None
    warning: str | None
    gold_seeds: int
    wrong_keys: int
    bins: list[DiagramBinOut]
    brier: float | None
    calibration_error: float | None
    auc: float | None
    log_loss: float | None
    votes: list[VoteReliabilityOut]
    coefficients: list[CoefficientOut]
    domain_offsets: dict[str, float]
    wrong_key_priors: list[WrongKeyPriorOut]
    agreement_weight: float
