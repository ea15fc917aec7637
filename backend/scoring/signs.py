"""What marks a seed for a curator's eye besides its verdict, so that lists sort and filter by it.

- `margin`: the lead of the reference's plurality over the next class, over all its responses.
- `tie`: its two largest classes are equally large. Both are unknown where it was not asked.
- `interval_width`: of the 95% interval around the agreement of the first weak model, the one to be
  taught: how much is still unknown of it. The others are asked where the key is doubtful, often not
  at all, so that the widest interval would mostly be theirs and say nothing.
- `judge_gap`: how far the judges' difficulty is from what that agreement says.
- `key_conflict`: models contradict the reference answer. Either most of the reference's answers are
  not the one that was given (its programs do not pass the tests), or the weak models' most frequent
  answer, all of them together, is another. That a weak model's program fails is no other answer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from backend.science.judging import difficulty_gap
from backend.science.rubric import Verdict


class Signs(NamedTuple):
    """The marks of a seed; None where there is nothing to tell from."""

    margin: float | None
    tie: bool | None
    interval_width: float | None
    judge_gap: float | None
    key_conflict: bool | None


def signs_of(
    stored: Mapping[str, Any], agreement: float | None, judged: Sequence[Verdict]
) -> Signs:
    """The marks that follow from a teachability.

    Args:
        stored: its columns.
        agreement: how often the first weak model gave the reference answer.
        judged: what judges said of the prompt.
    """
    votes, weak = stored["plurality"], stored["weak"]
    return Signs(
        margin=votes["margin"],
        tie=votes["tie"] if votes["total"] else None,
        interval_width=None if agreement is None else weak[0]["high"] - weak[0]["low"],
        judge_gap=difficulty_gap(judged, agreement),
        key_conflict=_key_conflict(stored["key_origin"], votes["classes"], weak),
    )


def _key_conflict(
    key_origin: str, votes: Sequence[Mapping[str, Any]], weak: Sequence[Mapping[str, Any]]
) -> bool | None:
    heard = []
    if key_origin in ("given", "tests"):
        heard.append(_contradicted(votes))
    if key_origin in ("given", "plurality"):
        heard.append(_contradicted([found for model in weak for found in model["classes"]]))
    known = [contradicted for contradicted in heard if contradicted is not None]
    return any(known) if known else None


def _contradicted(classes: Sequence[Mapping[str, Any]]) -> bool | None:
    """Whether the most frequent answer is not the reference's; ties say no, silence nothing."""
    counts: Counter[str | None] = Counter()
    for found in classes:
        counts[None if found["is_reference"] else found["key"]] += found["count"]
    if not counts:
        return None
    (first, most), *others = counts.most_common(2)
    return first is not None and all(count < most for _, count in others)
