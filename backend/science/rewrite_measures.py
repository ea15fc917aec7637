"""What models' answers to a rewrite say of it: is it settled, confirmed, as difficult as before?

The votes of the reference decide what the rewrite's answer is, not whoever proposed it.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from backend.science.plurality import Plurality
from backend.science.rewrite_rules import Outcome
from backend.science.statistics import jeffreys_interval

_NO_FIGURES: Final[Mapping[str, Any]] = {}
FEWEST_VOTES: Final = 4
"""Answers of the reference from which on a doubtful plurality is a failure, not mere ignorance."""
FEWEST_ANSWERS: Final = 4
"""Answers of the weak model, before and after, from which on two shares are compared."""
MARGIN: Final = 0.10
"""By how much agreement has to have risen for certain before difficulty counts as lost."""


class Measured(NamedTuple):
    """What a check found, why, and the figures that a page may draw."""

    outcome: Outcome
    evidence: str
    figures: Mapping[str, Any] = _NO_FIGURES


class Said(NamedTuple):
    """The votes of a model on a rewrite; `answer` is how the winner was first written."""

    model: str
    votes: Plurality
    answer: str | None


class OwnAnswer(NamedTuple):
    """The answer that stands in a rewrite.

    `same`: whether it is the plurality of the reference; None where that could not be found out.
    """

    text: str
    same: bool | None


class Agreement(NamedTuple):
    """How often a weak model gave the reference answer, and the verdict that this led to."""

    matching: int
    total: int
    verdict: str


def reference_decisive(
    said: Said, own: OwnAnswer | None, trust: float, threshold: float
) -> Measured:
    """Whether the reference settles on an answer, and on that of the rewrite where it has one.

    Failed where it settles on another, or where what it says most is more likely wrong than right.

    Args:
        said: its votes.
        own: the rewrite's own answer, where it has one.
        trust: the probability that the plurality is right; 0 where there is none.
        threshold: the probability from which on a plurality is decisive.
    """
    if not said.votes.total:
        return Measured("unknown", f"{said.model} has not answered")
    if said.votes.winner is None:
        return Measured(_doubtful(said.votes), f"{said.model} settles on no answer: {_split(said)}")
    is_decisive = trust >= threshold
    counted = f"{_first(said)}, margin {said.votes.margin:.2f}, right with probability {trust:.2f}"
    if own is not None and own.same is False:
        evidence = f"the reference answers {said.answer}, the rewrite says {own.text}: {counted}"
        return Measured("failed" if is_decisive else "unknown", evidence)
    if not is_decisive:
        outcome = _doubtful(said.votes) if trust < 0.5 else "unknown"
        return Measured(outcome, f"{counted}, and {threshold:.2f} is asked")
    if own is not None and own.same is None:
        evidence = f"whether that is {own.text} could not be found out"
        return Measured("unknown", f"{counted}; {evidence}")
    return Measured("passed", counted)


def second_family_agrees(second: Said | None, first: Said, same: bool | None) -> Measured:
    """Whether a model of another family gives the answer on which the reference settles.

    Args:
        second: its votes; None where there is no such model.
        first: those of the reference.
        same: whether both pluralities say the same; None where that could not be found out.
    """
    if second is None:
        return Measured("unknown", "there was no second reference")
    if not second.votes.total:
        return Measured("unknown", f"{second.model} has not answered")
    if first.votes.winner is None:
        return Measured("unknown", f"there is no answer of {first.model} to confirm")
    if second.votes.winner is None:
        return Measured("unknown", f"{second.model} settles on no answer: {_split(second)}")
    if same is None:
        evidence = f"whether that is {first.answer} could not be found out"
        return Measured("unknown", f"{_first(second)}; {evidence}")
    if not same:
        return Measured("failed", f"{_first(second)}, and the reference answers {first.answer}")
    return Measured("passed", _first(second))


def difficulty_kept(model: str, before: Agreement | None, after: Agreement | None) -> Measured:
    """Whether the weak model finds the rewrite about as difficult as the original.

    Failed where it is clearly easier: the 95% Jeffreys interval of the agreement lies wholly above
    that of before and `MARGIN`, or what was hard or teachable is easy now. That it became harder
    is said, and fails nothing.

    Args:
        model: the weak model that answered both.
        before: its answers to the original; None where it has none, or there is no key.
        after: its answers to the rewrite; None where there is no key that they could agree with.
    """
    if before is None:
        return Measured("unknown", f"{model} has not answered the original, or it has no key")
    if after is None:
        return Measured("unknown", "the reference settles on no answer that could be agreed with")
    figures = {"before": _figures(before), "after": _figures(after)}
    was, is_now = figures["before"], figures["after"]
    said = f"{model} gave the key in {_share(was)} before, in {_share(is_now)} after"
    if min(before.total, after.total) < FEWEST_ANSWERS:
        return Measured("unknown", f"{said}: too few to tell", figures)
    if "suspect" in (before.verdict, after.verdict):
        which = "original" if before.verdict == "suspect" else "rewrite"
        return Measured("unknown", f"{said}, but the key of the {which} is in doubt", figures)
    if is_now["low"] > was["high"] + MARGIN:
        return Measured("failed", f"{said}: clearly easier", figures)
    if after.verdict == "easy" and before.verdict in ("hard", "teachable"):
        return Measured("failed", f"{said}: it was {before.verdict}, and is easy now", figures)
    harder = ": harder than before" if is_now["high"] < was["low"] - MARGIN else ""
    return Measured("passed", said + harder, figures)


def _doubtful(votes: Plurality) -> Outcome:
    """Answers that contradict each other say something; a few, or none, do not."""
    return "failed" if votes.total - votes.unanswered >= FEWEST_VOTES else "unknown"


def _first(said: Said) -> str:
    return f"{said.votes.classes[0].count} of {said.votes.total} of {said.model} say {said.answer}"


def _split(said: Said) -> str:
    counts = " to ".join(str(found.count) for found in said.votes.classes[:3])
    missing = f"{said.votes.unanswered} of {said.votes.total} without an answer"
    return f"{counts}, {missing}" if counts else missing


def _figures(agreement: Agreement) -> dict[str, Any]:
    low, high = jeffreys_interval(agreement.matching, agreement.total)
    return {"matching": agreement.matching, "total": agreement.total, "low": low, "high": high}


def _share(figures: Mapping[str, Any]) -> str:
    counts = f"{figures['matching']} of {figures['total']}"
    return f"{counts} ({figures['low']:.2f} to {figures['high']:.2f})"
