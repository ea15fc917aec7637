"""What each row of an export of a version must be, for itself."""

from collections.abc import Iterator
from typing import Any, Final

from backend.exports.examples import ExportFormat
from backend.exports.row_types import RowTypes, value_of
from backend.exports.rows import Row
from backend.exports.schemas import VersionStanding
from backend.science.thinking import read_trace

_TAGS: Final = ("<think>", "</think>")
# What a model is to learn to write; keys and names may be about tags.
_LEARNED: Final = ("messages", "response")


class RowChecks:
    """Looks at the rows of one data file.

    Args:
        chosen: the format that they are of.
        entry: what the manifest says of the file.
        standing: what stands against the version's seeds now; None where nobody knows.
    """

    def __init__(
        self, chosen: ExportFormat, entry: dict[str, Any], standing: VersionStanding | None
    ) -> None:
        self._format, self._entry = chosen, entry
        self._withdrawn = set(standing.withdrawn_seeds) if standing else set()
        self._hits = {hit.seed_id: hit.item for hit in standing.hits} if standing else {}
        self._types = RowTypes(chosen)
        self._tokens = 0

    def type_faults(self, number: int, row: Any) -> list[str]:
        """The fields of a row that are missing or of another type; such a row says nothing else.

        Args:
            number: its place in the file, from 1.
            row: as it was read.
        """
        return [self._said(number, *fault) for fault in self._types.faults(row)]

    def faults(self, number: int, row: Row) -> Iterator[str]:
        """What else is wrong with a row.

        Args:
            number: its place in the file, from 1.
            row: as it was read.
        """
        for fault in self._of(number, row):
            yield self._said(number, *fault)
        self._tokens += value_of(row, "tokens")

    def sum_faults(self, rows: int) -> Iterator[str]:
        """What is wrong with the file as a whole, after all of its rows."""
        name, said = self._entry["name"], self._entry
        if rows != said["rows"]:
            yield f"{name} holds {rows} rows, the manifest says {said['rows']}"
        if self._tokens != said["tokens"]:
            yield f"{name}, tokens: {self._tokens} in all, the manifest says {said['tokens']}"

    def _said(self, number: int, field: str, fault: str) -> str:
        return f"{self._entry['name']}, row {number}, {field}: {fault}"

    def _of(self, number: int, row: Row) -> Iterator[tuple[str, str]]:
        if self._format.layout == "sft":
            yield from _thinking(row)
        split = value_of(row, "split")
        if split != self._entry["split"]:
            yield "split", f"it is {split}, in a file of {self._entry['split']}"
        position = value_of(row, "position")
        if position != self._entry["first_position"] + number - 1:
            yield "position", f"{position} is not its place in the version"
        seed_id = value_of(row, "seed_id")
        if seed_id in self._withdrawn:
            yield "seed_id", f"seed {seed_id} was taken down or taken back"
        if seed_id in self._hits:
            yield "seed_id", f"seed {seed_id} has a benchmark hit now, {self._hits[seed_id]}"


def _thinking(row: Row) -> Iterator[tuple[str, str]]:
    """A trace is well formed where it can be told what is thinking and what is answer."""
    tagged = [
        (field, text)
        for name in _LEARNED
        for field, text in _said(row.get(name), name)
        if any(tag in text.lower() for tag in _TAGS)
    ]  # fmt: skip
    if not any(text.startswith(_TAGS[0]) for _, text in tagged):
        yield "thinking", "no text begins with <think>"
    for field, text in tagged:
        if (problem := read_trace(text).problem) is not None:
            yield field, f"its <think> tags are not well formed ({problem})"


def _said(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """All texts of a field but for what a user asks, each with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _said(part, f"{path}[{place}]")
    elif isinstance(value, dict) and value.get("role") != "user":
        for name, part in value.items():
            yield from _said(part, f"{path}.{name}")
