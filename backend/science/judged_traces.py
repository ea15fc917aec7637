"""What the judgments of one trace come to: kept, rejected, or not judged."""

from collections.abc import Sequence
from statistics import fmean
from typing import Literal, NamedTuple

from backend.science.trace_evidence import Evidence, Reason, Rejection
from backend.science.trace_judging import TraceJudgment


class NamedJudgment(NamedTuple):
    """A judgment and whose it is."""

    judge: str
    said: TraceJudgment


def score(judgments: Sequence[NamedJudgment]) -> float | None:
    """The mean of what judges give a trace, in [0, 1]; None where none has rated it."""
    given = [found for each in judgments if (found := each.said.score) is not None]
    return fmean(given) if given else None


def outcome(judgments: Sequence[NamedJudgment]) -> Rejection | Literal["kept", "unjudged"]:
    """What becomes of a trace that was made under a guideline and that no rule rejects.

    One judge who finds that it gives the guideline away, or that it does not follow it, is enough
    to reject it. It is kept where every judge says that it follows and gives nothing away; without
    a judge, or where one does not know, it is not judged, which is no pass.
    """
    if (leak := _objection(judgments, "leaked_guideline")) is not None:
        return leak
    if (missed := _objection(judgments, "off_guideline")) is not None:
        return missed
    known = [each.said.follows == "yes" and each.said.reveals == "no" for each in judgments]
    return "kept" if known and all(known) else "unjudged"


def _objection(judgments: Sequence[NamedJudgment], reason: Reason) -> Rejection | None:
    for judge, said in judgments:
        objects = said.reveals == "yes" if reason == "leaked_guideline" else said.follows == "no"
        if objects:
            found = f"{judge}: {said.reason}" if said.reason else f"{judge} says so"
            passages = said.passages if reason == "leaked_guideline" else ()
            return Rejection(reason, Evidence(found, passages))
    return None
