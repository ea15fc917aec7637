"""Keeps which rows an export writes, beside its files."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend.lineage.tables import ExportRow
from backend.row_sets import given_rows, insert_rows

_ROWS: Final = insert_rows(
    ExportRow, ["export_id", "position", "seed_id", "revision_id", "sample_id"]
)


class RowRecord:
    """The rows of one export, noted as they pass and stored in parts.

    Args:
        export_id: whose they are; what an earlier attempt has stored of it is to be forgotten.
    """

    def __init__(self, export_id: int) -> None:
        self._export_id, self._noted = export_id, 0
        self._waiting: list[dict[str, Any]] = []

    def forget(self, session: Session) -> None:
        """Take back what an earlier attempt has stored."""
        session.execute(delete(ExportRow).where(ExportRow.export_id == self._export_id))

    def noting(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The same rows, each noted."""
        for row in rows:
            self._waiting.append(
                {
                    "export_id": self._export_id, "position": self._noted,
                    "seed_id": row["seed_id"], "revision_id": row["revision_id"],
                    "sample_id": row.get("sample_id"),
                }
            )  # fmt: skip
            self._noted += 1
            yield row

    def store(self, session: Session) -> None:
        """Store what was noted since the last time."""
        if self._waiting:
            session.execute(_ROWS, given_rows(self._waiting))
            self._waiting = []
