"""How hard the domains are: scored seeds by judged steps and by weak agreement."""

from collections import defaultdict
from itertools import accumulate
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.overview.schemas import DifficultyCounts, DomainDifficulty

DOMAINS_SHOWN: Final = 10
STEPS: Final = 16  # 0 to 14, and 15 or more
TENTHS: Final = 10

_COUNTS: Final = text("""
    select domain,
        case when steps is not null then least(steps, :steps - 1) end::int as steps,
        case when agreement < 1 then floor(agreement * :tenths)
            when agreement >= 1 then :tenths - 1 end::int as tenth,
        count(*) as seeds, sum(agreement) as agreement
    from seed where withdrawn_at is null and verdict is not null
    group by 1, 2, 3
""")


class _Tally:
    """Counts of one domain, or of several together."""

    def __init__(self) -> None:
        self.seeds = 0
        self.steps = [0] * STEPS
        self.tenths = [0] * TENTHS
        self.agreement = 0.0

    def add(self, steps: int | None, tenth: int | None, count: int, agreement: float) -> None:
        self.seeds += count
        self.agreement += agreement
        if steps is not None:
            self.steps[steps] += count
        if tenth is not None:
            self.tenths[tenth] += count

    def merge(self, other: "_Tally") -> None:
        self.seeds += other.seeds
        self.agreement += other.agreement
        self.steps = [sum(pair) for pair in zip(self.steps, other.steps, strict=True)]
        self.tenths = [sum(pair) for pair in zip(self.tenths, other.tenths, strict=True)]

    def shown(self, domain: str | None, folded: int = 1) -> DomainDifficulty:
        placed = sum(self.tenths)
        return DomainDifficulty(
            domain=domain, folded=folded, seeds=self.seeds, steps=self.steps,
            steps_quartiles=quartiles(self.steps), agreement=self.tenths,
            agreement_mean=self.agreement / placed if placed else None,
        )  # fmt: skip


def difficulty(session: Session) -> DifficultyCounts:
    """The domains with the most scored seeds, then all others together, then those without one."""
    tallies: dict[str | None, _Tally] = defaultdict(_Tally)
    for row in session.execute(_COUNTS, {"steps": STEPS, "tenths": TENTHS}):
        tallies[row.domain].add(row.steps, row.tenth, row.seeds, row.agreement or 0.0)
    without = tallies.pop(None, None)
    ordered = sorted(tallies, key=lambda domain: (-tallies[domain].seeds, domain or ""))
    shown = [tallies[domain].shown(domain) for domain in ordered[:DOMAINS_SHOWN]]
    if rest := ordered[DOMAINS_SHOWN:]:
        together = _Tally()
        for domain in rest:
            together.merge(tallies[domain])
        shown.append(together.shown("other domains", len(rest)))
    if without is not None:
        shown.append(without.shown(None))
    return DifficultyCounts(domains=shown)


def quartiles(counts: list[int]) -> tuple[int, int, int] | None:
    """Of values counted at their places: the smallest that a quarter, a half, three are up to."""
    total = sum(counts)
    if not total:
        return None
    up_to = list(accumulate(counts))
    first, second, third = (
        next(value for value, count in enumerate(up_to) if 4 * count >= quarter * total)
        for quarter in (1, 2, 3)
    )
    return first, second, third
