"""Takes docs/images/*.png from the Seedbed that runs in SEEDBED_HOME, in a real Chromium.

python -m scripts.screenshots
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from backend.embedded.home import home_folder, read_environment

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PAGES = {
    "overview": "",
    "triage": "triage",
    "seeds": "seeds",
    "runs": "runs",
    "policies": "policies",
    "endpoints": "endpoints",
    "judges": "judges",
    "benchmarks": "benchmarks",
    "import": "import",
    "export": "export",
}
SETTLED_SECONDS = 2.5  # charts and formulas draw themselves after the page is there


def main() -> None:
    environment = read_environment(home_folder())
    if not environment:
        sys.exit(f"Nothing runs in {home_folder()}: start it with `make up` first.")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit("There is no Chromium (apt install chromium).")
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        # As root Chromium has no sandbox.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(sign_in_link(environment))
        settle(page)
        for name, path in PAGES.items():
            page.goto(f"{environment['SEEDBED_DASHBOARD_URL']}/{path}")
            settle(page)
            page.screenshot(path=TARGET / f"{name}.png")
        browser.close()


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
