"""What a format of exports is given, and what it gives: writing and checking must agree."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import pyarrow as pa

from backend.exports.rows import AcceptedSeed, Row

FormatName = Literal["trl-sft", "trl-grpo", "openrlhf-sft", "openrlhf-rl", "verl", "datasets"]
FileKind = Literal["parquet", "jsonl.zst"]


class Example(NamedTuple):
    """A row of a frozen mixture version with all that a format may say of it.

    `seed` is as the version froze it: its revision, and as its response the trace of the row, where
    the row has one. `family` is the least number among the seeds that stand on one side of the
    split together.
    """

    position: int
    split: str
    copy_number: int
    weight: float
    tokens: int
    family: int
    seed: AcceptedSeed


class WrittenFile(NamedTuple):
    """A data file that is whole; its path is relative to the export's folder, with slashes."""

    path: str
    split: str
    sha256: str
    bytes: int
    rows: int


class VersionFacts(NamedTuple):
    """What the files beside the data (card, Croissant, commands) are written from.

    `recipe` and `figures` are those of the version; `certificate` is what
    `backend.exports.certificate` says, with `decided_at` of the freeze. The same version gives the
    same facts, so that nothing written from them differs between two exports.
    """

    export_name: str
    mixture: str
    version: int
    rows_hash: str
    frozen_at: datetime
    recipe: Mapping[str, Any]
    figures: Mapping[str, Any]
    certificate: Mapping[str, Any]
    kind: FileKind
    files: Sequence[WrittenFile]

    @property
    def frozen(self) -> datetime:
        """When it was frozen, in UTC, whatever zone a database speaks in."""
        return self.frozen_at.astimezone(UTC)


class ExportFormat(NamedTuple):
    """How a training library wants its rows.

    Attributes:
        name: as the API takes it.
        title: what it is for, in a few words.
        layout: `sft` needs a trace in each row, `rl` a reference answer, `any` neither.
        schema: of each file, with the columns of lineage.
        row: an example as a row of that schema; None where the example lacks what the layout needs.
        companions: texts that lie beside the data, by path: at least `README.md`, `croissant.json`.
    """

    name: FormatName
    title: str
    layout: Literal["sft", "rl", "any"]
    schema: pa.Schema
    row: Callable[[Example], Row | None]
    companions: Callable[[VersionFacts], Mapping[str, str]]
