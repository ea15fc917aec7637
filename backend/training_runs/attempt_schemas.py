"""How attempts of a training run ended."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel


class Failure(BaseModel):
    """Why a run failed. A row at fault is counted from 1; `seed_url` leads to its seed."""

    cause: str
    message: str
    seed_id: int | None
    row: int | None
    seed_url: str | None
    exit_code: int | None
    last_lines: list[str]


class Attempt(BaseModel):
    """An attempt of a run that ended, and was gone on from by the next.

    `step` is how far the run was then. `resumed_from` is the step of the checkpoint that the
    attempt itself began from (0: it began anew), asked for by `resumed_by`; null of a first one.
    `log` is a path on the server.
    """

    number: int
    state: Literal["failed", "cancelled"]
    step: int
    failure: Failure | None
    resumed_from: int | None
    resumed_at: datetime | None
    resumed_by: str | None
    cancel_asked_at: datetime | None
    cancelled_by: str | None
    started_at: datetime | None
    finished_at: datetime | None
    handle: dict[str, Any] | None
    code_version: str | None
    log: str | None
