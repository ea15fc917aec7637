"""Which endpoints speak in a run, frozen with their settings when the run was made."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, tuple_

from backend.database import Json
from backend.endpoints.schemas import Sampling
from backend.endpoints.settings import sampling_of, settings_hash
from backend.endpoints.tables import Endpoint
from backend.science import rubric
from backend.science.prompts import answer_template
from backend.science.stopping import PlannedEndpoint, Role
from backend.scoring.tables import Sample


class LineUpEntry(BaseModel):
    """An endpoint in a run. Its samples are those of exactly these settings and this template.

    `rubric_version` is a judge's; runs from before there were several versions name none.
    """

    endpoint_id: int
    name: str
    model: str
    role: Role
    samples: int
    sampling: Sampling
    template_hash: str
    settings_hash: str
    rubric_version: str | None = None

    @property
    def rubric(self) -> str:
        """The version of the rubric by which a judge rates."""
        return self.rubric_version or rubric.OLDEST_VERSION


LineUp = Sequence[LineUpEntry]


def entry_of(
    endpoint: Endpoint, role: Role, samples: int, rubric_version: str = rubric.NEWEST_VERSION
) -> LineUpEntry:
    """The entry of an endpoint that is to give so many samples a seed; a judge's by this rubric.

    At temperature 0 all samples are one: asking again would count the same answer several times.
    """
    sampling = sampling_of(endpoint)
    return LineUpEntry(
        endpoint_id=endpoint.id,
        name=endpoint.name,
        model=endpoint.model,
        role=role,
        samples=min(samples, 1) if sampling.temperature == 0 else samples,
        sampling=sampling,
        template_hash=(
            rubric.rubric_hash(rubric_version)
            if role == "judge"
            else answer_template(sampling.template).hash
        ),
        settings_hash=settings_hash(endpoint),
        rubric_version=rubric_version if role == "judge" else None,
    )


def line_up_of(run_settings: Json) -> list[LineUpEntry]:
    """The line-up of a run."""
    return [LineUpEntry.model_validate(entry) for entry in run_settings["line_up"]]


def plan_of(line_up: LineUp) -> list[PlannedEndpoint]:
    """The line-up as the stopping rule sees it."""
    return [PlannedEndpoint(entry.endpoint_id, entry.role, entry.samples) for entry in line_up]


def reference_of(line_up: LineUp) -> LineUpEntry | None:
    """The reference, where there is one."""
    return next((entry for entry in line_up if entry.role == "reference"), None)


def weak_of(line_up: LineUp) -> list[LineUpEntry]:
    """The weak models; the first is the one to be taught."""
    return [entry for entry in line_up if entry.role == "weak"]


def is_sample_of(line_up: LineUp) -> ColumnElement[bool]:
    """Whether a sample was made by an endpoint of the line-up under its settings."""
    keys: list[Any] = [
        (entry.endpoint_id, entry.template_hash, entry.settings_hash) for entry in line_up
    ]
    return tuple_(Sample.endpoint_id, Sample.template_hash, Sample.settings_hash).in_(keys)
