"""What the replies of a model came to that was asked for proposals."""

from typing import TypedDict


class OutcomeShare(TypedDict):
    """How many of a run's replies came to this."""

    outcome: str
    count: int
    share: float


class ProposalSummary(TypedDict):
    """What a run's replies came to; `standing` counts what was made by where it stands now."""

    run_id: int
    replies: int
    made: int
    seeds: int
    outcomes: list[OutcomeShare]
    standing: dict[str, int]
