"""What callers send and see of suggested domains."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.paging import Page
from backend.review.results import BatchOut
from backend.review.schemas import GivenReason

Outcome = Literal["named", "other", "cut_off", "not_json", "fields", "not_text", "unknown_name"]


class ApplyCreate(BaseModel):
    """Give seeds the domains that a run suggests: those without one, or all with `replace`.

    `token` is the caller's own: a repeated post has no second effect, and undoes all of it later.
    Seeds that read otherwise by now, and those that fit no domain of the list, stay as they are.
    """

    model_config = ConfigDict(extra="forbid")

    token: UUID
    reason: GivenReason | None = None
    replace: bool = False
    dry_run: bool = False


class OutcomeCount(BaseModel):
    """How many of a run's replies came to this."""

    outcome: Outcome
    count: int
    share: float


class DomainCount(BaseModel):
    """How many seeds a domain is suggested for, null where none fits; `new`: they had none."""

    domain: str | None
    seeds: int
    new: int


class Confusion(BaseModel):
    """How many seeds of a given domain a domain is suggested for; null: none of the list."""

    given: str
    suggested: str | None
    seeds: int


class DomainSummary(BaseModel):
    """What a run suggests, and what was made of it.

    `judge` is who suggests it. Given domains are those that seeds had when their reply was read:
    `agreement` is how often the two are the same, null where none was given. `applicable` seeds
    without a domain would get one now; with `replaceable`, so many would change.
    """

    run_id: int
    judge: str
    replies: int
    outcomes: list[OutcomeCount]
    domains: list[DomainCount]
    confusion: list[Confusion]
    agreement: float | None
    applicable: int
    replaceable: int
    applied: list[BatchOut]


class SuggestionOut(BaseModel):
    """What was suggested for a seed; `said` is why a reply cannot be read."""

    seed_id: int
    revision_id: int
    sample_id: int
    outcome: Outcome
    domain: str | None
    given: str | None
    said: str | None


class SuggestionQuery(BaseModel):
    """Suggestions of one outcome or domain, or all, and a page."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome | None = None
    domain: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")] | None = None
    after: str | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


SuggestionPage = Page[SuggestionOut]
