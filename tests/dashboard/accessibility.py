"""What axe-core finds on a page: barriers for people who use a screen reader or a keyboard only."""

import json
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
# What Streamlit draws and we cannot change: rule, where it is tolerated, and why.
TOLERATED = {
    "list": (
        "[data-testid=stSidebarNavItems]",
        "the navigation's groups stand in its list, each with its heading, without an item",
    ),
    "svg-img-alt": (
        "g[class*=brush]",
        "Vega's rectangle of a drag, inside of a plot that has a name",
    ),
    "listitem": (
        "[data-testid=stSidebarNavItems] li",
        "the same: its items stand in their group, not in the list itself",
    ),
}


def barriers(page: Page) -> list[str]:
    """Each element that breaks a rule, with the rule and what is wrong. Looks into shadow roots."""
    page.evaluate(AXE_SCRIPT)
    options = json.dumps({"runOnly": RULES, "resultTypes": ["violations"]})
    result = page.evaluate(f"axe.run(document, {options})")
    return [
        f"{broken['id']}: {node['html'][:200]} ({_why(node)})"
        for broken in result["violations"]
        for node in broken["nodes"]
        if not _is_tolerated(page, broken["id"], node["target"])
    ]


def _is_tolerated(page: Page, rule: str, target: list[Any]) -> bool:
    where = TOLERATED.get(rule)
    if where is None or not isinstance(target[0], str):
        return False
    return bool(page.locator(target[0]).first.evaluate("(e, where) => e.matches(where)", where[0]))


def _why(node: dict[str, Any]) -> str:
    checks = node["any"] + node["all"] + node["none"]
    return "; ".join(check["message"] for check in checks)
