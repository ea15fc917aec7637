"""The overview's charts are pure: what their rows say, and what a drag over the map means."""

from typing import Any

import pytest

from dashboard.overview import (
    difficulty_charts,
    funnel_charts,
    map_charts,
    queue_charts,
    source_charts,
    spend_charts,
)
from dashboard.overview.days import at, days_between
from dashboard.palette import ROLE_COLOURS, VERDICT_COLOURS, VERDICT_SHAPES
from dashboard.rows import VERDICTS
from dashboard.verdict_charts import verdict_counts, verdict_rows
from tests.dashboard.fake_overview_routes import share

STAGES: Any = [
    {"stage": "received", "count": 200, "skipped": 0, "losses": []},
    {
        "stage": "ingested", "count": 150, "skipped": 0,
        "losses": [{"reason": "same prompt", "kind": "lost", "count": 40},
                   {"reason": "hits", "kind": "waiting", "count": 10}],
    },
]  # fmt: skip
POINT = {"seed_id": 7, "agreement": 0.5, "reliability": 0.9, "score": 0.8, "domain": None,
         "verdict": "easy"}  # fmt: skip
MAP: Any = {
    "scored": 13, "unplaced": 0, "cell": 0.05, "low": 0.1, "high": 0.8, "points": [POINT],
    "cells": [{"agreement": 0.5, "reliability": 0.9, "verdicts": {"easy": 9, "hard": 3}}],
}  # fmt: skip
DOMAIN: Any = {
    "domain": "algebra", "folded": 1, "seeds": 8, "steps": [0, 2, 4, *[0] * 12, 2],
    "steps_quartiles": (1, 2, 2), "agreement": [4, *[0] * 8, 4], "agreement_mean": 0.5,
}  # fmt: skip
SPEND = {"endpoint": "small", "role": "weak", "calls": 3, "tokens": 30, "cost": 0.0}


def test_funnel_rows_hold_each_stage_and_each_reason_with_their_share_of_the_first() -> None:
    rows = funnel_charts.funnel_rows(STAGES)
    assert [(r["stage"], r["fate"], r["reason"], r["seeds"], r["share"]) for r in rows] == [
        ("Received", "came this far", "", 200, 1.0),
        ("Ingested", "came this far", "", 150, 0.75),
        ("Ingested", "waits", "hits", 10, 0.05),
        ("Ingested", "lost", "same prompt", 40, 0.2),
    ]


def test_funnel_of_an_empty_database_divides_by_nothing() -> None:
    empty: Any = [{"stage": "received", "count": 0, "skipped": 0, "losses": []}]
    assert funnel_charts.funnel_rows(empty)[0]["share"] == 0.0
    assert funnel_charts.funnel_rows([]) == []


def test_verdict_rows_show_a_verdict_that_no_seed_has() -> None:
    assert {row["verdict"]: row["seeds"] for row in verdict_rows({"hard": 3})} == {
        "suspect": 0, "hard": 3, "teachable": 0, "easy": 0, "unsettled": 0,
    }  # fmt: skip


def test_every_verdict_has_a_colour_and_a_shape_of_its_own() -> None:
    assert set(VERDICT_COLOURS) == set(VERDICT_SHAPES) == set(VERDICTS)
    assert len(set(VERDICT_COLOURS.values())) == len(set(VERDICT_SHAPES.values())) == 5


def test_marks_are_drawn_at_most_a_hundredth_off_and_always_at_the_same_place() -> None:
    points: Any = [POINT | {"seed_id": number} for number in range(300)]
    rows = map_charts.point_rows(points)
    assert rows == map_charts.point_rows(points)
    assert len({(row["x"], row["y"]) for row in rows}) > 200
    assert max(abs(row["x"] - 0.5) for row in rows) <= map_charts.NUDGE + 1e-9


def test_cells_have_the_verdict_that_most_of_their_seeds_have() -> None:
    [row] = map_charts.cell_rows(MAP)
    assert (row["seeds"], row["verdict"], row["share"]) == (12, "easy", 0.75)
    assert (row["hard"], row["suspect"], row["x2"]) == (3, 0, pytest.approx(0.55))


def test_contours_are_where_the_score_would_be_the_same() -> None:
    rows = map_charts.contour_rows()
    assert {row["score"] for row in rows} == {0.25, 0.5, 0.75}
    for row in rows:
        assert row["y"] * 4 * row["x"] * (1 - row["x"]) == pytest.approx(row["score"])
        assert row["y"] <= 1


@pytest.mark.parametrize(
    ("x", "y", "nudged", "expected"),
    [
        ([0.301, 0.5], [0.9, 0.7], False, (0.3, 0.5, 0.7, 0.9)),  # outwards, from low to high
        ([0.3, 0.5], [0.7, 0.9], True, (0.29, 0.51, 0.69, 0.91)),  # marks may be off by .01
        ([-0.02, 1.02], [0.555, 0.9], False, (0.0, 1.0, 0.55, 0.9)),  # never beyond the axes
    ],
)
def test_brushed_rectangle_is_a_filter(
    x: list[float], y: list[float], nudged: bool, expected: tuple[float, ...]
) -> None:
    found = map_charts.rectangle({"brush": {"x": x, "y": y}}, nudged=nudged)
    assert found is not None
    names = ("min_agreement", "max_agreement", "min_reliability", "max_reliability")
    assert tuple(found[name] for name in names) == expected


@pytest.mark.parametrize("selection", [{}, {"brush": {}}, {"brush": {"x": [0.1, 0.2]}}])
def test_without_a_rectangle_nothing_is_chosen(selection: dict[str, Any]) -> None:
    assert map_charts.rectangle(selection, nudged=True) is None


def test_step_rows_leave_out_steps_that_no_seed_has_at_either_end() -> None:
    rows = difficulty_charts.step_rows([DOMAIN])
    assert [(row["steps"], row["seeds"]) for row in rows if row["seeds"]] == [
        ("1", 2), ("2", 4), ("15+", 2),
    ]  # fmt: skip
    assert rows[0]["steps"] == "1"
    assert [row["steps"] for row in rows if row["median"]] == ["2"]
    assert sum(row["share"] for row in rows) == pytest.approx(1)
    assert difficulty_charts.step_rows([]) == []


def test_agreement_rows_frame_one_tenth_as_the_median() -> None:
    rows = difficulty_charts.agreement_rows([DOMAIN])
    # Of eight, four are in the first tenth: half are up to it.
    assert [row["agreement"] for row in rows if row["median"]] == [".0"]


@pytest.mark.parametrize(
    ("domain", "folded", "name"),
    [("logic", 1, "logic (8)"), ("other domains", 3, "3 other domains (8)"),
     (None, 1, "no domain (8)")],
)  # fmt: skip
def test_domains_are_named_with_their_seeds(domain: str | None, folded: int, name: str) -> None:
    assert difficulty_charts.name_of(DOMAIN | {"domain": domain, "folded": folded}) == name


def test_spend_is_in_money_once_anything_has_cost_money() -> None:
    days: Any = [SPEND | {"day": "2026-01-01"}]
    assert spend_charts.unit_of(days) == "Tokens"
    assert spend_charts.spend_rows(days, "role")[0]["amount"] == 30
    days.append(SPEND | {"day": "2026-01-02", "cost": 0.5})
    assert spend_charts.unit_of(days) == "Cost (US dollars)"
    assert [row["amount"] for row in spend_charts.spend_rows(days, "role")] == [0, 0.5]


def test_endpoints_beyond_six_are_taken_together() -> None:
    days: Any = [
        SPEND | {"day": "2026-01-01", "endpoint": f"m{n}", "cost": 10.0 - n} for n in range(9)
    ]
    rows = spend_charts.spend_rows(days, "endpoint")
    assert len(rows) == 7
    assert {row["endpoint"]: row["amount"] for row in rows}["all others"] == 4 + 3 + 2


def test_running_amounts_fill_the_days_between_and_divide_by_what_was_accepted() -> None:
    days: Any = [SPEND | {"day": "2026-01-01", "cost": 1.0}, SPEND | {"day": "2026-01-04",
                 "cost": 2.0}]  # fmt: skip
    accepted: Any = [{"day": "2026-01-03", "count": 2}]
    rows = spend_charts.running_rows(days, accepted)
    assert [(row["amount"], row["accepted"], row["per_accepted"]) for row in rows] == [
        (1.0, 0, None), (1.0, 0, None), (1.0, 2, 0.5), (3.0, 2, 1.5),
    ]  # fmt: skip


def test_days_are_those_of_utc() -> None:
    assert at("1970-01-02") == 86_400_000
    assert days_between(["2026-03-01", "2026-02-27"]) == ["2026-02-27", "2026-02-28", "2026-03-01"]
    assert days_between([]) == []


@pytest.mark.parametrize(
    ("first", "end", "words"),
    [(0, 1, "today"), (1, 3, "1 to 2 days"), (30, None, "30 days or more")],
)
def test_ages_are_said_in_words(first: int, end: int | None, words: str) -> None:
    assert queue_charts.age_of({"from_days": first, "to_days": end, "count": 1}) == words


def test_rates_of_few_are_marked_and_of_none_are_left_out() -> None:
    source = {"source": "web", "seeds": 9, "cost": 0.0, "cost_per_accepted": None,
              **dict.fromkeys(("contaminated", "suspect", "copies"), share(0, 0))}  # fmt: skip
    sources: Any = [source | {"accepted": share(2, 4)}, source | {"accepted": share(0, 0)}]
    assert [row["few"] for row in source_charts.acceptance_rows(sources)] == ["few decided"]
    assert source_charts.interval(share(20, 40)) == "40% to 60% of 40"
    assert source_charts.interval(share(2, 4)) == "40% to 60% of 4, few"


WORK: Any = [{"day": "2026-01-01", "arrived": 4, "accept": 1, "reject": 2, "needs_rewrite": 3,
              "in_bulk": 0}]  # fmt: skip


def test_days_of_work_are_told_by_decision_and_as_rates() -> None:
    decided = {row["decision"]: row["seeds"] for row in queue_charts.decision_rows(WORK)}
    assert decided == {"accept": 1, "needs rewrite": 3, "reject": 2}
    rates = {row["rate"]: row["seeds"] for row in queue_charts.arrival_rows(WORK)}
    assert rates == {"came in": 4, "decided": 6}


def charts() -> list[Any]:
    """One of each chart."""
    steps = difficulty_charts.step_rows([DOMAIN])
    source: Any = {"source": "web", "seeds": 9, "accepted": share(2, 4)}
    roles: Any = [SPEND | {"day": "2026-01-01", "role": role} for role in ROLE_COLOURS]
    running = spend_charts.running_rows(roles, [])
    bands: Any = [{"from_days": 0, "to_days": 1, "count": 3}]
    return [
        funnel_charts.funnel(STAGES), verdict_counts({}), map_charts.marks_map(MAP),
        map_charts.density_map(MAP), difficulty_charts.strips(steps, "steps", "Steps"),
        source_charts.acceptance([source]), spend_charts.spend_by_day(roles, "role"),
        spend_charts.running(running, "amount", "Tokens", money=False),
        queue_charts.pending_by_age(bands), queue_charts.decisions_by_day(WORK),
        queue_charts.arrivals_and_decisions(WORK),
    ]  # fmt: skip
