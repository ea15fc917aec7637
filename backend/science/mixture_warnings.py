"""What to look at twice in a mixture."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

from backend.science.mixture_plan import Cluster

MOST_OF_ONE_SOURCE: Final = 0.30
"""Our choice: a mixture that is one source for a third takes on its habits."""
MOST_EPOCHS: Final = 4.0
"""Up to four passes teach nearly as much as new data would, later ones less and less: Muennighoff
et al., Scaling Data-Constrained Language Models, arXiv 2305.16264."""

WarningCode = Literal[
    "one_source", "repeated", "too_long", "no_licence", "duplicates_due", "no_validation", "empty",
    "uncounted",
]  # fmt: skip


class Warned(NamedTuple):
    """What is doubtful, and in words why."""

    code: WarningCode
    message: str


def warnings(
    *,
    sources: Mapping[str, float],
    epochs: Mapping[Cluster, float],
    too_long: int,
    context_tokens: int,
    without_licence: int,
    duplicates_due: int,
    lacks_validation: bool,
    uncounted: int = 0,
) -> list[Warned]:
    """All that is doubtful, the gravest first.

    Args:
        sources: tokens of each source.
        epochs: of each cluster, as they come out.
        too_long: rows with more tokens than the context.
        context_tokens: what the model can read at once.
        without_licence: rows whose licence nobody knows.
        duplicates_due: seeds whose near-duplicates are still to be looked for.
        lacks_validation: a validation split was asked for, and no family fell into it.
        uncounted: examples that the tokenizer of the recipe has not counted yet.
    """
    found: list[Warned] = []
    total = sum(sources.values())
    if not total:
        found.append(Warned("empty", "Nothing is left to train on."))
    found += [
        Warned("one_source", f"{name} is {tokens / total:.0%} of all tokens.")
        for name, tokens in _largest_first(sources)
        if tokens > MOST_OF_ONE_SOURCE * total
    ]
    found += [
        Warned("repeated", f"{name_of(cluster)} is seen {times:.3g} times.")
        for cluster, times in sorted(epochs.items(), key=lambda one: (-one[1], name_of(one[0])))
        if times > MOST_EPOCHS
    ]
    if too_long:
        message = f"{_rows(too_long)} longer than the context of {context_tokens:,} tokens."
        found.append(Warned("too_long", message))
    if without_licence:
        found.append(Warned("no_licence", f"{_rows(without_licence)} of unknown licence."))
    if duplicates_due:
        message = (
            f"Near-duplicates of {duplicates_due:,} seeds are still to be looked for: the split "
            "may divide them."
        )
        found.append(Warned("duplicates_due", message))
    if uncounted:
        message = (
            f"{_many(uncounted)} not counted by the tokenizer yet: tokens are scaled. Freezing "
            "counts them first."
        )
        found.append(Warned("uncounted", message))
    if lacks_validation:
        found.append(Warned("no_validation", "No family of seeds fell to validation."))
    return found


def name_of(cluster: Cluster) -> str:
    """What people call a cluster."""
    return f"{cluster.domain or 'no domain'}, {cluster.tier}"


def _largest_first(amounts: Mapping[str, float]) -> Sequence[tuple[str, float]]:
    return sorted(amounts.items(), key=lambda one: (-one[1], one[0]))


def _rows(count: int) -> str:
    return f"{count:,} row is" if count == 1 else f"{count:,} rows are"


def _many(count: int) -> str:
    return f"{count:,} example is" if count == 1 else f"{count:,} examples are"
