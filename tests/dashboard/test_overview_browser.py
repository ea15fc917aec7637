"""The overview in a real Chromium: a drag over the map chooses seeds, and leads to them."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.dashboard import browser as real
from tests.dashboard.browser import until
from tests.dashboard.fake_api import FakeApi

pytestmark = pytest.mark.browser
CHARTS = 10  # nothing is decided or accepted, so neither rates nor costs of it are drawn


@pytest.fixture
def overview(chromium: Browser, url: str, api: FakeApi) -> Iterator[Page]:
    """The overview while a run goes on, signed in by a link; nothing may go wrong in it."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    opened = context.new_page()
    opened.set_default_timeout(real.MILLISECONDS)
    complaints = real.watch(opened)
    opened.goto(f"{url}?link=good-link")
    yield opened
    context.close()
    assert complaints == []


def _settled(page: Page) -> None:
    """Wait until the page has run and all its charts are drawn."""
    expect(page.get_by_test_id("stVegaLiteChart").locator("svg.marks")).to_have_count(CHARTS)
    expect(page.locator("[data-test-script-state=running]")).to_have_count(0)


def _drag_over(page: Page, plot: Locator) -> None:
    """From the upper left to the lower right corner of the plot's upper half."""
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 4, box["y"] + 4)
    page.mouse.down()
    for part in (0.3, 0.6, 1.0):
        page.mouse.move(
            box["x"] + 4 + part * (box["width"] - 8), box["y"] + 4 + part * (middle - box["y"])
        )
    page.mouse.up()


def _listed(api: FakeApi) -> dict[str, str]:
    """What the list of seeds was last asked for."""
    return next(query for _, path, query, _ in reversed(api.requests) if path == "/v1/seeds")


@pytest.mark.parametrize("view", ["Seeds", "Density"])
def test_drag_over_the_map_chooses_seeds_and_leads_to_them(
    overview: Page, api: FakeApi, view: str
) -> None:
    plots = overview.get_by_test_id("stVegaLiteChart")
    _settled(overview)
    if view == "Density":
        overview.get_by_role("radio", name=view).click()
        expect(plots.first.locator(".mark-symbol.role-mark")).to_have_count(0)
        _settled(overview)
    _drag_over(overview, plots.first.locator(".marks .background").first)

    chosen = overview.locator(".st-key-map_selection")
    # All but the suspects, whose reliability is .42: 55 scored, of which 11 are.
    trusted = [s for s in api.seeds.values() if s["verdict"] not in (None, "suspect")]
    expect(chosen).to_contain_text(f"{len(trusted)} seeds chosen")
    expect(chosen.get_by_test_id("stDataFrame")).to_be_visible()
    for label in ("Open in Seeds", "Triage these"):
        target = chosen.get_by_role("link", name=label).get_attribute("href")
        query = {name: float(value[0]) for name, value in parse_qs(urlsplit(target).query).items()}
        assert set(query) == {
            "min_agreement", "max_agreement", "min_reliability", "max_reliability",
        }  # fmt: skip
        assert 0.42 < query["min_reliability"] <= 0.93 <= query["max_reliability"]

    chosen.get_by_role("button", name="Clear").click()
    expect(chosen).to_have_count(0)
    _settled(overview)
    _drag_over(overview, plots.first.locator(".marks .background").first)
    chosen.get_by_role("link", name="Open in Seeds").click()
    expect(overview.get_by_role("heading", name="Seeds", exact=True)).to_be_visible()
    until(lambda: _listed(api).get("min_reliability") == f"{query['min_reliability']:g}")


def test_plots_can_be_taken_home_as_svg_and_csv(overview: Page, tmp_path: Path) -> None:
    _settled(overview)
    files = overview.locator(".st-key-files_funnel")
    for label, begins in (("SVG", "<svg"), ("Data (CSV)", "stage,fate,reason,seeds,share")):
        with overview.expect_download() as download:
            files.get_by_role("button", name=label).click()
        target = tmp_path / download.value.suggested_filename
        download.value.save_as(target)
        assert target.read_text().startswith(begins)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["funnel.csv", "funnel.svg"]


def test_newer_counts_move_the_marks_of_the_chart_that_is_there(
    overview: Page, api: FakeApi
) -> None:
    """The live refresh must not draw a chart anew: that flashes."""
    verdicts = overview.get_by_test_id("stVegaLiteChart").nth(2).locator("svg.marks")
    expect(verdicts).to_contain_text("11")
    verdicts.evaluate("node => { node.dataset.same = 'yes' }")
    api.overview["overview"] = {"verdicts": {"hard": 4321}, "as_of": "2026-11-23T10:00:07+00:00"}
    expect(verdicts).to_contain_text("4,321")
    assert verdicts.get_attribute("data-same") == "yes"
