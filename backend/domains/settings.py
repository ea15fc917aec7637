"""What is stored of how a run that sorts seeds by domain works."""

from pydantic import BaseModel, Field

from backend.domains.choices import DomainChoice
from backend.scoring.line_up import LineUpEntry


class DomainSettings(BaseModel):
    """One model is asked; with `apply` what it says is applied once the run is finished."""

    line_up: list[LineUpEntry] = Field(min_length=1, max_length=1)
    domains: list[DomainChoice]
    apply: bool
    parallel_jobs: int
