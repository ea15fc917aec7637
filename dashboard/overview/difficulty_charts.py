"""Pure: how hard each domain is, as strips of cells with their counts."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from dashboard.chart_style import chart_of, names_axis
from dashboard.palette import REFERENCE
from dashboard.rows import DomainDifficulty

ROW_HEIGHT, AXES_HEIGHT = 28, 50


def name_of(domain: DomainDifficulty) -> str:
    """The domain as a row's name, with its seeds."""
    name = domain["domain"] or "no domain"
    if domain["folded"] > 1:
        name = f"{domain['folded']} other domains"
    return f"{name} ({domain['seeds']:,})"


def step_rows(domains: Sequence[DomainDifficulty]) -> list[dict[str, Any]]:
    """Seeds by domain and judged steps; `median` marks the cell that half are up to."""
    used = [n for n in range(_steps(domains)) if any(d["steps"][n] for d in domains)]
    last = _steps(domains) - 1
    return [
        {
            "domain": name_of(domain),
            "steps": f"{last}+" if steps == last else str(steps),
            "seeds": domain["steps"][steps],
            "share": _part(domain["steps"][steps], sum(domain["steps"])),
            "median": bool(domain["steps_quartiles"] and domain["steps_quartiles"][1] == steps),
        }
        for domain in domains
        for steps in (range(used[0], used[-1] + 1) if used else ())
    ]


def agreement_rows(domains: Sequence[DomainDifficulty]) -> list[dict[str, Any]]:
    """Seeds by domain and tenth of the weak model's agreement."""
    return [
        {
            "domain": name_of(domain),
            "agreement": f".{tenth}",
            "seeds": count,
            "share": _part(count, sum(domain["agreement"])),
            "median": _is_median(domain["agreement"], tenth),
        }
        for domain in domains
        for tenth, count in enumerate(domain["agreement"])
    ]


def _steps(domains: Sequence[DomainDifficulty]) -> int:
    return len(domains[0]["steps"]) if domains else 0


def _part(count: int, of: int) -> float:
    return count / of if of else 0.0


def _is_median(counts: Sequence[int], place: int) -> bool:
    below, total = sum(counts[:place]), sum(counts)
    return bool(total) and 2 * below < total <= 2 * (below + counts[place])


def strips(rows: Sequence[dict[str, Any]], value: str, title: str) -> alt.LayerChart:
    """A row of cells for each domain, stronger where more of its seeds are.

    The cell of the median is framed.
    """
    domains = list(dict.fromkeys(row["domain"] for row in rows))
    values = list(dict.fromkeys(row[value] for row in rows))
    base = chart_of(rows).encode(
        y=alt.Y("domain:N", sort=domains, title=None,
                axis=names_axis(labelLimit=190)),
        x=alt.X(f"{value}:N", sort=values, title=title,
                axis=names_axis(labelAngle=0)),
        tooltip=[
            alt.Tooltip("domain:N", title="Domain"),
            alt.Tooltip(f"{value}:N", title=title),
            alt.Tooltip("seeds:Q", title="Seeds", format=","),
            alt.Tooltip("share:Q", title="Of the domain's", format=".0%"),
        ],
    )  # fmt: skip
    # Never so full that the count on it cannot be read, on the light or on the dark page.
    strength = alt.FillOpacity(
        "share:Q", scale=alt.Scale(domain=[0, 0.5], range=[0.04, 0.6], clamp=True), legend=None
    )
    cells = base.mark_rect(color=REFERENCE, stroke=None).encode(fillOpacity=strength)
    median = base.transform_filter("datum.median").mark_rect(
        filled=False, stroke=REFERENCE, strokeWidth=2
    )
    counts = base.transform_filter("datum.seeds > 0").mark_text(fontSize=10.5)
    labels = counts.encode(text=alt.Text("seeds:Q", format=".2~s"))
    layered: alt.LayerChart = (cells + median + labels).properties(
        height=AXES_HEIGHT + ROW_HEIGHT * len(domains)
    )
    return layered
