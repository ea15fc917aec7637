"""What an export of a filter wrote: files have no index by seed, and may lie elsewhere by now."""

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base


class ExportRow(Base):
    """A row of an export's data files, by its place in them from 0.

    Those of an export that is not finished say nothing yet: they are written anew with its files.
    Exports from before these rows were kept have none.
    """

    __tablename__ = "export_row"
    __table_args__ = (Index("ix_export_row_seed_id", "seed_id", "export_id"),)

    export_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("export.id"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seed_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("seed.id"))
    revision_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("seed_revision.id"))
    sample_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("sample.id"))
