"""The documents that are written by scripts are up to date, and links lead somewhere."""

import re
from pathlib import Path

import pytest

from backend.config import Settings
from scripts import cli_reference, rest_reference

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_rest_reference_is_what_the_api_says() -> None:
    written = rest_reference.TARGET.read_text()
    assert written == rest_reference.reference(rest_reference.openapi()), "run `make docs`"


def test_command_line_reference_is_what_the_commands_say() -> None:
    assert cli_reference.TARGET.read_text() == cli_reference.reference(), "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]+)\)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    names = [f"SEEDBED_{name.upper()}" for name in Settings.model_fields]
    assert [name for name in names if f"`{name}`" not in page] == []
