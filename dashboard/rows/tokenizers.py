"""Tokenizers of models to be trained."""

from typing import TypedDict


class Tokenizer(TypedDict):
    """A tokenizer, and how far its counts are."""

    id: int
    name: str
    sha256: str
    size: int
    vocabulary: int
    template_tokens: int
    counted: int | None
    waiting: int | None
    created_by: str
    created_at: str
