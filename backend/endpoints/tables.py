"""Endpoints: registered models behind OpenAI-compatible URLs."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier, Json

EMBEDDING = "embedding"
ENDPOINT_ROLES = ("reference", "weak", "judge", "teacher", EMBEDDING)


class Endpoint(Base):
    """A model in one role. `model` never changes: samples are stored under the endpoint."""

    __tablename__ = "endpoint"
    __table_args__ = (CheckConstraint(f"role in {ENDPOINT_ROLES}", name="role"),)

    id: Mapped[Identifier]
    name: Mapped[str] = mapped_column(unique=True)
    base_url: Mapped[str]
    model: Mapped[str]
    role: Mapped[str]
    key_variable: Mapped[str | None]
    sampling: Mapped[Json]
    input_price: Mapped[Decimal] = mapped_column(Numeric(12, 6), server_default="0")
    output_price: Mapped[Decimal] = mapped_column(Numeric(12, 6), server_default="0")
    max_in_flight: Mapped[int] = mapped_column(server_default="64")
    requests_per_minute: Mapped[int | None]
    tokens_per_minute: Mapped[int | None]
    timeout_seconds: Mapped[float] = mapped_column(server_default="120")
    samples_per_request: Mapped[int] = mapped_column(server_default="1")
    max_calls_per_day: Mapped[int | None]
    max_cost_per_day: Mapped[Decimal | None] = mapped_column(Numeric(14, 6))
    uses_batches: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[CreatedAt]
    archived_at: Mapped[datetime | None]
