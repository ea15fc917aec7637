"""All rows of an export of a version against all rules, a few at a time in memory."""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from backend.exports.examples import ExportFormat
from backend.exports.export_place import VersionExport
from backend.exports.files import MANIFEST
from backend.exports.formats import FORMATS
from backend.exports.guideline_screen import GuidelineScreen
from backend.exports.guidelines import GuidelineText
from backend.exports.row_checks import RowChecks
from backend.exports.row_types import value_of
from backend.exports.rows import Row
from backend.exports.schemas import VersionStanding
from backend.exports.split_hygiene import SplitHygiene
from backend.exports.table_files import BATCH, read_rows
from backend.mixtures.versions import HASHED, line_of

# What reading a file that is no such file can raise.
_UNREADABLE: Final = (pa.ArrowException, ValueError, OSError, TypeError)
Entry = dict[str, Any]


def row_faults(
    export: VersionExport,
    manifest: dict[str, Any],
    whole: Sequence[Entry],
    guidelines: Sequence[GuidelineText] | None,
    standing: VersionStanding | None,
) -> Iterator[str]:
    """What is wrong with the rows.

    Args:
        export: where they are.
        manifest: what it says of itself.
        whole: the data files among the manifest's that are as they were written.
        guidelines: whose words no row may have; None to look for none.
        standing: what stands against the version's seeds now; None where nobody knows.
    """
    chosen = FORMATS[manifest["format"]]
    screen = None if guidelines is None else GuidelineScreen(guidelines)
    look = _Look(export, chosen, screen, standing)
    for entry in sorted(whole, key=lambda entry: int(entry["first_position"])):
        yield from look.through(entry)
    yield from look.hygiene.faults()
    data = [entry for entry in manifest["files"] if entry["rows"] is not None]
    if len(whole) == len(data):
        yield from look.rows_hash.faults(manifest["mixture"]["rows_hash"])


class _RowsHash:
    """Computes a version's hash from the rows of its export, which carry all that it is over."""

    def __init__(self) -> None:
        self._digest, self.is_known = hashlib.sha256(), True

    def add(self, row: Row) -> None:
        """The next row."""
        said = {name: value_of(row, name) for name in HASHED}
        self._digest.update(line_of(said | {"copy": value_of(row, "copy_number")}))

    def faults(self, expected: str) -> Iterator[str]:
        """Nothing where some rows could not be read: then that is the fault."""
        if self.is_known and (found := self._digest.hexdigest()) != expected:
            yield (
                f"{MANIFEST}, mixture.rows_hash: the rows are not those of the version, or not "
                f"all of them: their hash is {found}"
            )


class _Look:
    """Goes through files, and keeps what is known of all rows together."""

    def __init__(
        self,
        export: VersionExport,
        chosen: ExportFormat,
        screen: GuidelineScreen | None,
        standing: VersionStanding | None,
    ) -> None:
        self._export, self._format = export, chosen
        self._screen, self._standing = screen, standing
        self.hygiene, self.rows_hash = SplitHygiene(), _RowsHash()

    def through(self, entry: Entry) -> Iterator[str]:
        """The faults of a file's rows."""
        name, number = entry["name"], 0
        checks = RowChecks(self._format, entry, self._standing)
        self.hygiene.begin(name, entry["split"])
        try:
            if faults := list(_schema_faults(self._export, self._format, entry)):
                self.rows_hash.is_known = False
                yield from faults
                return
            for batch in _batches(self._export, name):
                yield from self._batch(checks, batch, number, name)
                number += len(batch)
        except _UNREADABLE as error:
            self.rows_hash.is_known = False
            yield f"{name}, after row {number}: it cannot be read: {error}"
        yield from checks.sum_faults(number)

    def _batch(
        self, checks: RowChecks, batch: Sequence[Any], before: int, name: str
    ) -> Iterator[str]:
        sound: list[tuple[int, Row]] = []
        for number, row in enumerate(batch, start=before + 1):
            if faults := checks.type_faults(number, row):
                self.rows_hash.is_known = False
                self.hygiene.add({})
                yield from faults
                continue
            yield from checks.faults(number, row)
            self.hygiene.add(row)
            self.rows_hash.add(row)
            sound.append((number, row))
        if self._screen is not None and sound:
            yield from self._quotes(self._screen, sound, name)

    def _quotes(
        self, screen: GuidelineScreen, rows: Sequence[tuple[int, Row]], name: str
    ) -> Iterator[str]:
        texts = [row for _, row in rows]
        table = pa.Table.from_pylist(texts, schema=self._format.schema)
        for place, quoted in screen.find_all(texts, table):
            number = rows[place][0]
            yield f"{name}, row {number}, {quoted.field}: it has words of {quoted.guideline}"


def _batches(export: VersionExport, name: str) -> Iterator[list[Any]]:
    """The rows of a file; where it cannot be read any further, first those before."""
    with export.open(name) as file:
        rows, failure = read_rows(file, name), None
        while failure is None:
            batch: list[Any] = []
            try:
                for row in islice(rows, BATCH):
                    batch.append(row)
            except _UNREADABLE as error:
                failure = error
            if batch:
                yield batch
            elif failure is None:
                return
        raise failure


def _schema_faults(export: VersionExport, chosen: ExportFormat, entry: Entry) -> Iterator[str]:
    """Of Parquet, which says its columns itself; each line of JSON is looked at as a row."""
    name = entry["name"]
    if not name.endswith(".parquet"):
        return
    with export.open(name) as file:
        parquet = pq.ParquetFile(file)
        found, rows = parquet.schema_arrow, parquet.metadata.num_rows
    faults = []
    for field in chosen.schema:
        place = found.get_field_index(field.name)
        if place < 0 or found.field(place).type != field.type:
            has = "missing" if place < 0 else f"of type {found.field(place).type}"
            faults.append(f"{name}, {field.name}: it is {has}, not {field.type}")
    for extra in sorted(set(found.names) - set(chosen.schema.names)):
        faults.append(f"{name}, {extra}: {chosen.name} has no such column")
    if faults and rows != entry["rows"]:
        faults.append(f"{name} holds {rows} rows, the manifest says {entry['rows']}")
    yield from faults
