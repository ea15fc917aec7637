"""What a run logged, put together part by part, thinned, smoothed, and what it says of the time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.chart_style import svg_of
from dashboard.training_charts import curves, specification, table_of
from dashboard.training_plots import PLOTS, others, plots_of, points_of
from dashboard.training_series import Logged, curve_rows, seconds_left, smoothed, thinned

BEGUN = datetime(2026, 11, 26, tzinfo=UTC)
finite = st.floats(-1e6, 1e6)


def row(step: int, position: int, seconds: float = 0.0, kind: str = "train", **values: Any) -> Any:
    time = (BEGUN + timedelta(seconds=seconds)).isoformat()
    return {
        "position": position, "step": step, "kind": kind, "logged_at": time, "values": values,
    }  # fmt: skip


def part(*rows: Any, attempt: int = 1, resumed_from: int | None = None) -> Any:
    positions = [one["position"] for one in rows]
    return {
        "items": list(rows), "next": max(positions), "stride": 1, "state": "running",
        "attempt": attempt, "resumed_from": resumed_from,
    }  # fmt: skip


def test_parts_are_put_together_and_a_step_that_comes_again_replaces() -> None:
    logged = Logged()
    logged.add(part(row(1, 1, loss=3.0), row(2, 2, loss=2.5), row(2, 3, kind="validation", x=1.0)))
    logged.add(part(row(2, 4, loss=2.0), row(3, 5, loss=None)))
    assert logged.next == 5
    assert logged.series("train", "loss") == [(1, 3.0), (2, 2.0)]
    assert logged.series("validation", "x") == [(2, 1.0)]
    assert logged.series("summary", "loss") == []


def test_part_of_an_attempt_that_began_anew_is_told_apart() -> None:
    logged = Logged()
    assert logged.goes_on_with(part(row(1, 1)))
    logged.add(part(row(1, 1), attempt=2))
    assert logged.goes_on_with(part(row(2, 2), attempt=2))
    assert not logged.goes_on_with(part(row(2, 2), attempt=2, resumed_from=1))
    assert not logged.goes_on_with(part(row(2, 2), attempt=3))


@given(st.lists(finite, min_size=1), st.floats(0, 0.98))
def test_smoothed_curve_stays_between_least_and_most(values: list[float], weight: float) -> None:
    found = smoothed(values, weight)
    assert len(found) == len(values)
    assert found[0] == pytest.approx(values[0], abs=1e-6)
    assert all(min(values) - 1e-6 <= one <= max(values) + 1e-6 for one in found)


def test_smoothed_values_are_weighted_means() -> None:
    # Weights 0.5 and 0.25 of the last and the one before, over their sum 0.75: (2 + 2*4)/3 = 10/3.
    assert smoothed([2.0, 4.0], 0.5) == pytest.approx([2.0, 10 / 3])
    assert smoothed([2.0, 4.0], 0.0) == [2.0, 4.0]


@given(st.integers(0, 5000), st.integers(1, 300))
def test_thinned_points_keep_the_last_and_are_not_too_many(count: int, most: int) -> None:
    found = thinned(range(count), most)
    assert len(found) <= most
    assert found[-1:] == list(range(count))[-1:]
    assert found == sorted(found)


def test_last_row_of_each_curve_is_marked() -> None:
    rows = curve_rows([("a", [(1, 1.0), (2, 3.0)]), ("b", [(1, 5.0)]), ("c", [])], 0.0)
    assert [(one["name"], one["last"]) for one in rows] == [("a", None), ("a", 3.0), ("b", 5.0)]


def test_time_left_follows_the_last_steps_and_not_a_pause() -> None:
    logged = Logged()
    seconds = [0, 2, 4, 6, 3606, 3608, 3610]  # an hour's pause before step 5
    logged.add(part(*(row(n, n, s, loss=1.0) for n, s in enumerate(seconds, start=1))))
    now = BEGUN + timedelta(seconds=3611)
    # Three steps of 2 s, the first of which has been going on for 1 s.
    assert seconds_left(logged, 10, now) == pytest.approx(5.0)
    # A step that hangs takes nothing from the others.
    assert seconds_left(logged, 10, now + timedelta(hours=1)) == pytest.approx(4.0)
    assert seconds_left(Logged(), 10, now) is None


def test_steps_between_lines_count_for_the_pace() -> None:
    logged = Logged()
    logged.add(part(row(10, 1, 0, loss=1.0), row(20, 2, 30, loss=1.0)))
    assert seconds_left(logged, 50, BEGUN + timedelta(seconds=30)) == pytest.approx(90.0)


def test_plots_are_those_of_the_kind_and_of_what_was_logged_of_gpus() -> None:
    logged = Logged()
    logged.add(part(row(1, 1, loss=1.0, extra=2.0, **{"gpu/utilisation": 0.5})))
    titles = [plot.title for plot in plots_of("sft", logged)]
    assert titles[0] == "Loss"
    assert titles[-1] == "GPU: utilisation"
    assert not any("MFU" in title for title in titles)
    assert others("sft", logged) == ["extra"]
    logged.add(part(row(2, 2, loss=1.0, mfu=0.4)))
    assert any("MFU" in plot.title for plot in plots_of("sft", logged))


def test_curve_takes_the_first_name_that_was_logged() -> None:
    logged = Logged()
    logged.add(part(row(1, 1, frac_reward_zero_std=0.25)))
    [plot] = [plot for plot in PLOTS["grpo"] if plot.title == "Groups without variance"]
    assert points_of(plot.curves[0], logged) == [(1, 0.25)]


def test_specification_is_the_chart_without_its_rows() -> None:
    rows = curve_rows([("training", [(1, 3.0), (2, 2.0)])], 0.5)
    spec = specification((("training", "#0072B2"),), "~g", 230, "light")
    assert not {"data", "datasets"} & set(spec)
    assert [layer["encoding"]["y"]["field"] for layer in spec["layer"]] == [
        "value", "smooth", "last",
    ]  # fmt: skip
    fields = {part["field"] for layer in spec["layer"] for part in layer["encoding"].values()
              if "field" in part}  # fmt: skip
    assert fields == set(table_of(rows).column_names)
    assert table_of([]).column_names == table_of(rows).column_names


def test_curves_are_drawn_on_paper_too() -> None:
    rows = curve_rows([("training", [(1, 3.0), (2, 2.0)])], 0.5)
    assert b"training" in svg_of(curves(rows, {"training": "#0072B2"}))
