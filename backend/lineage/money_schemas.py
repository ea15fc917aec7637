"""What was paid for a seed, and which share of it a row has."""

from typing import Literal

from pydantic import BaseModel

Stage = Literal[
    "reference", "weak", "judge", "teacher", "rewrite", "augmentation", "embedding",
    "decontamination",
]  # fmt: skip


class StagePaid(BaseModel):
    """Paid calls of one stage."""

    stage: Stage
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float


class Money(BaseModel):
    """What was paid for a seed, all its wordings together, in the currency of the prices.

    `making` is what the reply cost that a synthetic seed was made by: it was a question about its
    parent, whose money it is among, so it is not in `total`.
    """

    total: float
    stages: list[StagePaid]
    making: float | None


class RowShare(BaseModel):
    """A row's share of its seed's money: the shares of all rows of a place add up to the total.

    share = response_cost / rows_of_response + (total - responses_cost) / rows_of_seed

    That is: a response that the rows hold is paid by those that hold it (its copies), all else
    (other answers, judges, rewrites) by all rows of the seed alike.
    """

    response_cost: float
    rows_of_response: int
    responses_cost: float
    rows_of_seed: int
    total: float
    share: float
