"""The document shows rows as they are."""

import json
import re
from pathlib import Path

import pytest

from backend.exports.examples import ExportFormat
from backend.exports.formats import FORMATS
from backend.exports.formats.lineage import FIELDS, lineage
from tests.format_examples import example

PAGE = Path(__file__).resolve().parents[4] / "docs" / "export-formats.md"


def _example_under(heading: str) -> dict[str, object]:
    section = PAGE.read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = re.search(r"```json\n(.*?)\n```", section, re.DOTALL)
    assert found
    shown: dict[str, object] = json.loads(found[1])
    return shown


def test_lineage_is_shown_as_it_is() -> None:
    assert _example_under("What every row carries") == lineage(example(3))


@pytest.mark.parametrize("format_", FORMATS.values(), ids=lambda one: one.name)
def test_own_columns_are_shown_as_they_are(format_: ExportFormat) -> None:
    row = format_.row(example(3))
    assert row is not None
    shared = {name for name, _ in FIELDS} | {"extra_info"}
    own = {name: value for name, value in row.items() if name not in shared}
    assert _example_under(format_.name) == own
    columns = [f"`{name}`" for name in format_.schema.names if name not in shared - {"extra_info"}]
    [line] = [one for one in PAGE.read_text().splitlines() if one.startswith(f"| `{format_.name}`")]
    assert line.split("|")[3].strip() == ", ".join(columns)
