"""Exports: files of accepted seeds, or of a mixture's version, with a manifest."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier, Json


class Export(Base):
    """One request for training files; the manifest is written last, so its presence means whole.

    Of a filter (`filter`), or of a version (`version_id`, `format`, `kind`). `destination` is where
    the files go instead of the home folder.
    """

    __tablename__ = "export"
    __table_args__ = (
        CheckConstraint("state in ('pending', 'finished', 'failed')", name="state"),
        CheckConstraint("layout in ('sft', 'rl', 'any')", name="layout"),
        CheckConstraint(
            "(version_id is null) = (format is null) and (version_id is null) = (kind is null)",
            name="of_version",
        ),
        Index(None, "version_id"),
    )

    id: Mapped[Identifier]
    name: Mapped[str]
    layout: Mapped[str]
    filter: Mapped[Json]
    settings: Mapped[Json]
    version_id: Mapped[int | None] = mapped_column(ForeignKey("mixture_version.id"))
    format: Mapped[str | None]
    kind: Mapped[str | None]
    destination: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="pending")
    folder: Mapped[str | None]
    row_count: Mapped[int] = mapped_column(server_default="0")
    manifest: Mapped[Json | None]
    error: Mapped[str | None]
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]


class ExportShard(Base):
    """A data file of an export that is whole where it belongs.

    `guidelines` is the newest version of any guideline whose words its rows were looked through
    for: those of later ones are still to be looked for.
    """

    __tablename__ = "export_shard"
    __table_args__ = (CheckConstraint("split in ('train', 'validation')", name="split"),)

    export_id: Mapped[int] = mapped_column(
        ForeignKey("export.id"), primary_key=True, autoincrement=False
    )
    path: Mapped[str] = mapped_column(primary_key=True)
    split: Mapped[str]
    first_position: Mapped[int]
    end_position: Mapped[int]
    rows: Mapped[int]
    tokens: Mapped[int]
    bytes: Mapped[int]
    sha256: Mapped[str]
    guidelines: Mapped[int]
    created_at: Mapped[CreatedAt]
