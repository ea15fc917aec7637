"""Tokenizers that were registered, and their counts of prompts and traces, each made once."""

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, CreatedAt, Identifier


class Tokenizer(Base):
    """A `tokenizer.json` under a name; it never changes, so that its counts hold.

    `template_tokens` is what the chat template of the model adds to an example of one turn.
    """

    __tablename__ = "tokenizer"
    __table_args__ = (UniqueConstraint("name"), UniqueConstraint("sha256"))

    id: Mapped[Identifier]
    name: Mapped[str]
    sha256: Mapped[str]
    # Megabytes, which no list needs.
    file: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int]
    vocabulary: Mapped[int]
    template_tokens: Mapped[int]
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[CreatedAt]


class PromptTokens(Base):
    """The tokens of a wording's prompt."""

    __tablename__ = "prompt_tokens"

    tokenizer_id: Mapped[int] = mapped_column(
        ForeignKey("tokenizer.id"), primary_key=True, autoincrement=False
    )
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("seed_revision.id"), primary_key=True, autoincrement=False
    )
    tokens: Mapped[int]


class TraceTokens(Base):
    """The tokens of a response as it is trained on: thinking and answer, with their marks."""

    __tablename__ = "trace_tokens"

    tokenizer_id: Mapped[int] = mapped_column(
        ForeignKey("tokenizer.id"), primary_key=True, autoincrement=False
    )
    sample_id: Mapped[int] = mapped_column(
        ForeignKey("sample.id"), primary_key=True, autoincrement=False
    )
    tokens: Mapped[int]
