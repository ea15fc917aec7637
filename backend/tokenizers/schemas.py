"""What callers send and see of tokenizers."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

TokenizerName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$"
    ),
]


class TokenizerCreate(BaseModel):
    """What to call it, and how many tokens the chat template adds to an example of one turn."""

    model_config = ConfigDict(extra="forbid")

    name: TokenizerName
    template_tokens: Annotated[int, Field(ge=0, le=100_000)] = 16


class TokenizerOut(BaseModel):
    """A tokenizer, and how far its counts are: of accepted seeds' prompts and kept traces.

    `waiting` are those that it has not counted yet. Both are null where they were not asked for.
    """

    id: int
    name: str
    sha256: str
    size: int
    vocabulary: int
    template_tokens: int
    counted: int | None
    waiting: int | None
    created_by: str
    created_at: datetime
