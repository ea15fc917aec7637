"""The views that everybody finds: what curators most often look for, as filters with an order."""

from typing import Final

from pydantic import BaseModel

from backend.seeds.filters import SeedFilter
from backend.seeds.orders import Sort

LOW_MARGIN: Final = 0.25


class StockView(BaseModel):
    """A filter and an order under a name."""

    key: str
    title: str
    description: str
    filter: SeedFilter
    sort: Sort


def stock_views(user_id: int) -> list[StockView]:
    """The stock views; `mine` are the seeds that this user decided."""
    mine = StockView(
        key="mine", title="Decided by me", sort="newest",
        description="Seeds that you accepted, rejected or sent to rewriting.",
        filter=SeedFilter(decided_by=user_id),
    )  # fmt: skip
    return [*_FOR_ALL, mine]


_FOR_ALL: Final = (
    StockView(
        key="undecided", title="Undecided", sort="attention",
        description="Pending seeds, those first on which a look is worth most.",
        filter=SeedFilter(status="pending"),
    ),
    StockView(
        key="low_margin", title="Low margin", sort="margin",
        description="The reference's first answer leads the second by a quarter of the votes or "
        "less.",
        filter=SeedFilter(status="pending", max_margin=LOW_MARGIN),
    ),
    StockView(
        key="tie", title="Tied votes", sort="attention",
        description="Two answers of the reference have equally many votes.",
        filter=SeedFilter(status="pending", tie=True),
    ),
    StockView(
        key="key_conflict", title="Strong disagrees with weak", sort="attention",
        description="The weak models agree on an answer that is not the reference answer, or the "
        "reference's answer is not the given one.",
        filter=SeedFilter(status="pending", key_conflict=True),
    ),
    StockView(
        key="suspect", title="Suspect key", sort="attention",
        description="The reference answer is probably wrong: find a better one first.",
        filter=SeedFilter(status="pending", verdict="suspect"),
    ),
    StockView(
        key="contaminated", title="Contaminated, unresolved", sort="attention",
        description="A hit that blocks waits for a word: confirm or dismiss it.",
        filter=SeedFilter(contaminated=True, has_hits=True),
    ),
    StockView(
        key="rewrite_pending", title="Rewrite pending", sort="attention",
        description="Somebody found that the prompt needs other words.",
        filter=SeedFilter(status="needs_rewrite"),
    ),
    StockView(
        key="flagged", title="Flagged", sort="attention",
        description="Seeds with a curator's flag, whatever their status.",
        filter=SeedFilter(flagged=True),
    ),
)  # fmt: skip
