"""How far curators agree: on each question, pair by pair, and with the measured verdicts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final, get_args

from sqlalchemy.orm import Session

from backend.review_queues.agreement_schemas import (
    AgainstVerdict,
    CuratorAgreement,
    CuratorPair,
    Question,
    QuestionAgreement,
    VerdictCell,
)
from backend.review_queues.collected import (
    MOST_SEEDS,
    Collected,
    Said,
    collect,
    collect_decisions,
)
from backend.review_queues.service import get_queue
from backend.science.nominal_raters import Ratings, compare_all, compare_pair

QUESTIONS: Final[tuple[Question, ...]] = get_args(Question)
# An unsettled verdict says nothing that a curator could agree with.
_UNTOLD: Final = (None, "unsettled")


def agreement(session: Session, queue_id: int | None) -> CuratorAgreement:
    """Agreement of curators in a queue, or in all.

    Raises:
        NotFound: there is no such queue.
    """
    if queue_id is not None:
        get_queue(session, queue_id)
    opinions = collect(session, queue_id)
    decisions = collect_decisions(session, queue_id)
    names = opinions.names | decisions.names
    said = [*opinions.said, *decisions.said]
    return CuratorAgreement(
        queue_id=queue_id,
        seeds=opinions.rounds,
        most_seeds=MOST_SEEDS,
        more=opinions.more,
        questions=[_question(question, opinions) for question in QUESTIONS],
        against_verdict=[
            _against_verdict(names[user_id], [one for one in said if one.user_id == user_id])
            for user_id in sorted(names, key=names.__getitem__)
        ],
    )


def _question(question: Question, opinions: Collected) -> QuestionAgreement:
    raters = opinions.by_curator(question)
    group = compare_all(list(raters.values()))
    low, high = group.interval or (None, None)
    pairs = [_pair(raters, opinions.names, one, other) for one, other in combinations(
        sorted(raters, key=opinions.names.__getitem__), 2
    )]  # fmt: skip
    return QuestionAgreement(
        name=question, seeds=group.items, alpha=group.alpha, alpha_low=low, alpha_high=high,
        pairs=[pair for pair in pairs if pair.seeds],
    )  # fmt: skip


def _pair(
    raters: Mapping[int, Ratings], names: Mapping[int, str], first: int, second: int
) -> CuratorPair:
    found = compare_pair(raters[first], raters[second])
    low, high = found.interval or (None, None)
    return CuratorPair(
        first=names[first], second=names[second], seeds=found.items,
        percent_agreement=found.percent, kappa=found.kappa, kappa_low=low, kappa_high=high,
    )  # fmt: skip


def _against_verdict(curator: str, said: Sequence[Said]) -> AgainstVerdict:
    """Rewrites are neither acceptance nor rejection: they are left out."""
    decided = [one for one in said if one.kind in ("accept", "reject")]
    cells = Counter((one.kind, one.verdict) for one in decided)
    told = {place: one for place, one in enumerate(decided) if one.verdict not in _UNTOLD}
    accepted = {place: one.kind == "accept" for place, one in told.items()}
    teachable = {place: one.verdict == "teachable" for place, one in told.items()}
    found = compare_pair(accepted, teachable)
    low, high = found.interval or (None, None)
    return AgainstVerdict(
        curator=curator,
        cells=[
            VerdictCell(kind=kind, verdict=verdict, count=count)
            for (kind, verdict), count in sorted(cells.items(), key=str)
        ],
        seeds=found.items,
        percent_agreement=found.percent,
        kappa=found.kappa,
        kappa_low=low,
        kappa_high=high,
    )
