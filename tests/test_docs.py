"""The documents that are written by scripts are up to date, and links lead somewhere."""

import re
from pathlib import Path

import pytest

from backend.config import Settings
from backend.science.rubric import NEWEST_VERSION, rubric_of
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


def test_every_level_of_the_rubric_is_documented() -> None:
    page = (ROOT / "docs" / "concepts.md").read_text()
    dimensions = rubric_of(NEWEST_VERSION).dimensions
    words = [anchor.meaning for found in dimensions[1:] for anchor in found.anchors]
    words += [f"**{found.name}**" for found in dimensions[1:]]
    assert [each for each in words if each not in page] == []
