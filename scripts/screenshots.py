"""Takes docs/images/*.png from the Seedbed that runs in SEEDBED_HOME, in a real Chromium.

python -m scripts.screenshots             the pages that the documents show, in light
python -m scripts.screenshots --all OUT   every page, in light and dark, 1280 and 2560 wide
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, Page, sync_playwright

from backend.embedded.home import home_folder, read_environment

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SHOWN = ("overview", "triage", "seeds", "history", "queues")
PAGES = sorted(path.stem for path in (ROOT / "dashboard" / "app_pages").glob("[a-z]*.py"))
# Where a page's address is not its file's name.
ADDRESSES = {"overview": "", "imports": "import", "exports": "export"}
WIDTHS = (1280, 2560)
Scheme = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")
SETTLED_SECONDS = 2.5  # charts and formulas draw themselves after the page is there


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--all", metavar="OUT", type=Path)
    everywhere = parser.parse_args().all
    environment = read_environment(home_folder())
    if not environment:
        sys.exit(f"Nothing runs in {home_folder()}: start it with `make up` first.")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit("There is no Chromium (apt install chromium).")
    with sync_playwright() as playwright:
        # As root Chromium has no sandbox.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        if everywhere is None:
            take(browser, environment, SHOWN, TARGET, 1440, "light", "")
        else:
            for width, scheme in product(WIDTHS, SCHEMES):
                take(browser, environment, PAGES, everywhere, width, scheme, f"-{width}-{scheme}")
        browser.close()


def take(
    browser: Browser,
    environment: dict[str, str],
    pages: Sequence[str],
    folder: Path,
    width: int,
    scheme: Scheme,
    ending: str,
) -> None:
    """A picture of each page, by a browser that is signed in anew."""
    folder.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(sign_in_link(environment))
    settle(page)
    for name in pages:
        page.goto(f"{environment['SEEDBED_DASHBOARD_URL']}/{ADDRESSES.get(name, name)}")
        settle(page)
        page.screenshot(path=folder / f"{name}{ending}.png")
    context.close()


def sign_in_link(environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", "backend.cli.app", "sign-in-link"]
    made = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return made.stdout.strip()


def settle(page: Page) -> None:
    """Wait until the page has run and drawn."""
    page.wait_for_selector("[data-testid=stAppViewContainer]")
    page.wait_for_selector("[data-test-script-state=running]", state="detached")
    page.wait_for_timeout(SETTLED_SECONDS * 1000)


if __name__ == "__main__":
    main()
