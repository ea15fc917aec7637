"""What callers see of jobs."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class JobOut(BaseModel):
    """A job's progress."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: str
    state: str
    done_count: int
    total_count: int | None
    error: str | None
    created_at: datetime
    finished_at: datetime | None
