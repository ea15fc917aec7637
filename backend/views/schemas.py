"""What callers send and see of saved views."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.seeds.filters import SeedFilter
from backend.seeds.orders import Sort

# Postgres holds no NUL in text.
ViewName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00]*$"),
]


class ViewCreate(BaseModel):
    """A view to keep; private unless shared."""

    model_config = ConfigDict(extra="forbid")

    name: ViewName
    filter: SeedFilter = Field(default_factory=SeedFilter)
    sort: Sort = "attention"
    shared: bool = False


class ViewUpdate(BaseModel):
    """What may change; absent fields stay. `deleted` false brings a deleted view back."""

    model_config = ConfigDict(extra="forbid")

    name: ViewName | None = None
    filter: SeedFilter | None = None
    sort: Sort | None = None
    shared: bool | None = None
    deleted: bool | None = None


class ViewOut(BaseModel):
    """A saved view; `mine` says whether the caller may change it."""

    id: int
    name: str
    owner: str
    mine: bool
    filter: SeedFilter
    sort: Sort
    shared: bool
    created_at: datetime
