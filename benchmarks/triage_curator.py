"""A curator in a real browser, for `benchmarks.triage`: presses keys and chooses filters."""

import asyncio
import random
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Page

WATCH: Final = Path(__file__).with_name("triage_watch.js")
PATIENCE_MS: Final = 120_000
VIEWPORT: Final[Any] = {"width": 1440, "height": 900}
# None of these is refused where a seed has open hits, as accepting is.
KEYS: Final = "xs25"
KINDS: Final = {"x": "reject", "2": "reject", "5": "reject", "s": "skip"}


@dataclass(frozen=True)
class Step:
    """A change of the filter, and what must hold of the seeds that it brings, in SQL."""

    field: str
    value: str
    holds: str


@dataclass
class Times:
    """What a curator had to wait for, in milliseconds."""

    first_load: list[float] = field(default_factory=list)
    next_seed: list[float] = field(default_factory=list)
    filter: list[float] = field(default_factory=list)


class Curator:
    """One signed-in curator with the triage page open.

    Args:
        browser: shared by all.
        url: of the dashboard.
        secret: of a session, as the browser keeps it.
    """

    def __init__(self, browser: Browser, url: str, secret: str) -> None:
        self.browser, self.url, self.secret = browser, url, secret
        self.times = Times()
        self.page: Page
        self._context: BrowserContext | None = None
        self._chance = random.Random(secret)

    async def load(self) -> None:
        """Open the page in a browser that has nothing of it yet but who is signed in."""
        if self._context is not None:
            await self._context.close()
        self._context = await self.browser.new_context(viewport=VIEWPORT)
        name = f"seedbed_session_{urlsplit(self.url).port}"
        await self._context.add_cookies([{"name": name, "value": self.secret, "url": self.url}])
        await self._context.add_init_script(path=WATCH)
        self.page = await self._context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        await self.page.goto(f"{self.url}/triage")
        shown = await self.page.evaluate("triageWatch.loaded")
        self.times.first_load.append(shown["ms"])
        await self._settled()

    async def press(self, count: int, pause: float) -> None:
        """Decide on so many seeds, with pauses of this mean number of seconds."""
        for number in range(count):
            await asyncio.sleep(pause * (0.5 + self._chance.random()))
            await self.page.evaluate("triageWatch.begin(true)")
            await self.page.keyboard.press(KEYS[number % len(KEYS)])
            shown = await self._shown()
            self.times.next_seed.append(shown["ms"])
        await self._saved()  # what comes after is counted from here

    async def burst(self, count: int) -> list[tuple[int, str]]:
        """Press keys without a pause; which seed was on the screen, and what was chosen."""
        before = await self.page.evaluate("triageWatch.pressed.length")
        for number in range(count):
            await self.page.keyboard.press(KEYS[number % len(KEYS)])
        await self._saved()
        pressed = await self.page.evaluate(f"triageWatch.pressed.slice({before})")
        return [(number_in(seed), KINDS[key]) for key, seed in pressed]

    async def choose(self, step: Step) -> int | None:
        """Change one field of the filter; the first seed that comes, None where there is none."""
        act = {"q": self._search, "flagged": self._mark}.get(step.field, self._select)
        shown = await act(step)
        self.times.filter.append(shown["ms"])
        await self._settled()
        return number_in(shown["seed"]) or None

    async def clear(self, step: Step) -> None:
        """Take one field of the filter back by its chip, which is a change of the filter too."""
        chip = self.page.locator(f".st-key-chip_{step.field} button").first
        await chip.wait_for()
        shown = await self._watched(chip.click())
        self.times.filter.append(shown["ms"])
        await self._settled()

    async def close(self) -> None:
        """Close the page."""
        if self._context is not None:
            await self._context.close()

    async def _select(self, step: Step) -> Any:
        await self.page.get_by_label(step.field.capitalize()).click()
        option = self.page.get_by_role("option", name=step.value, exact=True)
        await option.wait_for()
        return await self._watched(option.click())

    async def _mark(self, step: Step) -> Any:
        await self.page.get_by_role("button", name="More filters").click()
        await self.page.get_by_label(step.field.capitalize()).click()
        await self.page.get_by_role("option", name=step.value, exact=True).click()
        button = self.page.get_by_role("button", name="Filter", exact=True)
        return await self._watched(button.click())

    async def _search(self, step: Step) -> Any:
        box = self.page.get_by_label("Search")
        await box.fill(step.value)
        return await self._watched(box.press("Enter"))

    async def _watched(self, act: Any) -> Any:
        await self.page.evaluate("triageWatch.begin(false)")
        await act
        return await self._shown()

    async def _shown(self) -> Any:
        """What was waited for; an evaluation has no deadline of its own."""
        return await asyncio.wait_for(self.page.evaluate("triageWatch.end()"), PATIENCE_MS / 1000)

    async def _settled(self) -> None:
        """Until the page has come to rest: it has run, and nothing is on its way."""
        running = self.page.locator("[data-test-script-state=running]")
        await running.wait_for(state="detached")
        await self._saved()

    async def _saved(self) -> None:
        text = self.page.get_by_test_id("saving").filter(has_text="All saved")
        await text.wait_for()


def number_in(heading: str) -> int:
    """The seed's number in a heading; 0 where there is none."""
    found = re.search(r"\d+", heading)
    return int(found[0]) if found else 0
