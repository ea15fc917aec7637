"""How long does a curator wait, at a million seeds, alone and beside seven others?

    python -m benchmarks.triage [--seeds 1000000] [--small 10000] [--curators 8]

Real Postgres, API, worker and dashboard, and real Chromium (headless) on the same machine; all of
it first with the small number of seeds. Times are taken in the page, from the key or click to the
paint that shows its effect.

    next seed     from a key to the next seed, 240 times, about half a second apart
    burst         30 keys at once: how many decisions Postgres then holds, in the order of the keys
    filter        from choosing a value, or taking it back, to the first seed of the new filter;
                  each seed that comes must fit the filter
    first load    from the address to the first seed, in a browser that has nothing stored
    together      the same by all curators at once, each in a browser context of its own, keys about
                  two seconds apart (`_8` in the last line, whatever their number)

The last line is JSON. ratio_1m_over_10k is filter_ms_p95 at the large number of seeds over that at
the small one, next_seed_ratio the same of next_seed_ms_p95; `_small` marks the small number.
"""

import argparse
import asyncio
import json
import random
import secrets
import shutil
import statistics
import sys
from collections.abc import Sequence
from typing import Any, Final

import psycopg
from playwright.async_api import Browser, async_playwright

from benchmarks.services import Services, running_services
from benchmarks.triage_curator import Curator, Step
from benchmarks.triage_seeds import DOMAINS, SOURCES, VERDICTS, fill, vocabulary

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
PASSWORD: Final = secrets.token_urlsafe(12)
LOADS: Final = 5
PRESSES: Final = 240
BURST: Final = 30
ROUNDS: Final = 2
PRESSES_TOGETHER: Final = 30
STEPS_TOGETHER: Final = 6


def steps() -> list[Step]:
    """Changes of the filter, of every kind: by few and by many of the seeds."""
    words = vocabulary()
    return [
        *(Step("verdict", name, "verdict = %s") for name in VERDICTS),
        *(Step("domain", name, "domain = %s") for name in (DOMAINS[0], DOMAINS[4], DOMAINS[-1])),
        *(
            Step("source", name, "source_id = (select id from source where name = %s)")
            for name in (SOURCES[0], SOURCES[5], SOURCES[-1])
        ),
        Step("flagged", "yes", "flagged = (%s = 'yes')"),
        *(Step("q", words[rank], "prompt ilike '%%' || %s || '%%'") for rank in (5, 40, 400, 1500)),
    ]


class Watched:
    """Curators before one installation; what they waited for, and whether the rest was right."""

    def __init__(self, services: Services, browser: Browser, dashboard: str) -> None:
        self.services, self.browser, self.dashboard = services, browser, dashboard
        self._database = psycopg.connect(
            services.environment["SEEDBED_DATABASE_URL"].replace("+psycopg", ""), autocommit=True
        )

    async def alone(self, user: dict[str, Any]) -> dict[str, float]:
        """All measures by one curator."""
        curator = await self._curator(user)
        for _ in range(LOADS):
            await curator.load()
        await curator.press(PRESSES, 0.5)
        stored = await self._burst(user, curator)
        for step in ROUNDS * steps():
            await self._filter(curator, step)
        await curator.close()
        return figures([curator]) | {"burst_stored": stored}

    async def together(self, users: Sequence[dict[str, Any]]) -> dict[str, float]:
        """All measures by many at once; the fewest decisions that one's burst has brought."""
        curators = [await self._curator(user) for user in users]
        await asyncio.gather(*(curator.load() for curator in curators))
        await asyncio.gather(*(curator.press(PRESSES_TOGETHER, 2.0) for curator in curators))
        stored = await asyncio.gather(*map(self._burst, users, curators))
        await asyncio.gather(*map(self._some_filters, curators, range(len(curators))))
        for curator in curators:
            await curator.close()
        return figures(curators) | {"burst_stored": min(stored)}

    async def _curator(self, user: dict[str, Any]) -> Curator:
        curator = Curator(self.browser, self.dashboard, self._secret(user))
        await curator.load()
        curator.times.first_load.clear()  # the first after a start imports all pages
        return curator

    def _secret(self, user: dict[str, Any]) -> str:
        credentials = {"name": user["name"], "password": PASSWORD}
        return str(self.services.post("/v1/sign-in", credentials)["secret"])

    async def _burst(self, user: dict[str, Any], curator: Curator) -> int:
        last = self._value("select coalesce(max(id), 0) from decision")
        pressed = await curator.burst(BURST)
        stored = self._database.execute(
            "select seed_id, kind from decision where user_id = %s and id > %s order by id",
            [user["id"], last],
        ).fetchall()
        return sum(one == other for one, other in zip(pressed, stored, strict=False))

    async def _some_filters(self, curator: Curator, number: int) -> None:
        for step in random.Random(number).sample(steps(), STEPS_TOGETHER):
            await self._filter(curator, step)

    async def _filter(self, curator: Curator, step: Step) -> None:
        seed_id = await curator.choose(step)
        if seed_id is None:
            print(f"no seed with {step.field} {step.value}", file=sys.stderr)
        elif not self._value(
            "select status = 'pending' and " + step.holds + " from seed "
            "join seed_revision on seed_revision.id = revision_id where seed.id = %s",
            step.value, seed_id,
        ):  # fmt: skip
            raise RuntimeError(f"seed {seed_id} does not fit {step.field} {step.value}")
        await curator.clear(step)

    def _value(self, statement: Any, *values: Any) -> Any:
        row = self._database.execute(statement, values).fetchone()
        return row and row[0]


def figures(curators: Sequence[Curator]) -> dict[str, float]:
    """The figures over all that curators waited for."""
    found: dict[str, float] = {}
    for name in ("next_seed", "filter", "first_load"):
        times = [time for curator in curators for time in getattr(curator.times, name)]
        found[f"{name}_ms_p50"] = statistics.median(times)
        found[f"{name}_ms_p95"] = statistics.quantiles(times, n=20, method="inclusive")[-1]
    return found


async def _measured(services: Services, users: list[dict[str, Any]]) -> dict[str, float]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit("There is no Chromium (apt install chromium).")
    dashboard = services.start_dashboard()
    async with async_playwright() as playwright:
        # As root Chromium has no sandbox.
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        watched = Watched(services, browser, dashboard)
        found = await watched.alone(users[0])
        found |= {f"{name}_8": value for name, value in (await watched.together(users)).items()}
        await browser.close()
    return found


def measured(seeds: int, curators: int) -> dict[str, float]:
    """Everything, in an installation with so many seeds."""
    with running_services(concurrency=1) as services:
        users = [
            services.post(
                "/v1/users",
                {"name": f"curator {number}", "role": "curator", "password": PASSWORD},
            )
            for number in range(curators)
        ]
        url = services.environment["SEEDBED_DATABASE_URL"]
        seconds = fill(url, seeds, [user["id"] for user in users])
        found = asyncio.run(_measured(services, users))
    print(f"\n{seeds:,} seeds, filled in {seconds:.0f} s")
    for name, value in found.items():
        print(f"{name:<24}{value:>10.1f}")
    return found | {"fill_seconds": seconds}


def main() -> None:
    """Run, print both tables, and as the last line one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--curators", type=int, default=8)
    options = parser.parse_args()
    small = measured(options.small, options.curators)
    large = measured(options.seeds, options.curators)
    result = {
        **large,
        "ratio_1m_over_10k": large["filter_ms_p95"] / small["filter_ms_p95"],
        "next_seed_ratio": large["next_seed_ms_p95"] / small["next_seed_ms_p95"],
        **{f"{name}_small": value for name, value in small.items()},
    }
    print(json.dumps({name: round(value, 2) for name, value in result.items()}))


if __name__ == "__main__":
    main()
