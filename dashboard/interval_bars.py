"""Pure: shares with their intervals as small bars, in HTML."""

from collections.abc import Mapping, Sequence
from html import escape

Figures = Mapping[str, float]


def intervals_html(rows: Sequence[tuple[str, Figures]]) -> str:
    """An element of the class `intervals`: a bar from `low` to `high`, a dot at the share.

    Args:
        rows: a name and its figures: `matching` of `total`, and the ends of the interval.
    """
    return f'<div class="intervals">{"".join(_row(*row) for row in rows)}</div>'


def _row(name: str, figures: Figures) -> str:
    low, high = figures["low"], figures["high"]
    share = figures["matching"] / figures["total"] if figures["total"] else 0.0
    counts = f"{figures['matching']:.0f} of {figures['total']:.0f}"
    return (
        f'<span>{escape(name)}</span><span class="track" aria-hidden="true">'
        f'<i style="left: {low:.1%}; width: {high - low:.1%}"></i>'
        f'<b style="left: {share:.1%}"></b></span><span>{counts}</span>'
    )
