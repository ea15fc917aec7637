"""Which endpoints speak in a run, frozen with their settings when the run was made."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, and_, false, or_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from backend.database import Json
from backend.endpoints.schemas import Sampling
from backend.endpoints.settings import sampling_of, settings_hash
from backend.endpoints.tables import Endpoint
from backend.science import rubric
from backend.science.prompts import PROGRAM
from backend.science.stopping import PlannedEndpoint, Role
from backend.science.templates import template_named
from backend.scoring.tables import Sample

# The server's word for an answer that reached its token limit.
CUT_OFF = "length"


class LineUpEntry(BaseModel):
    """An endpoint in a run; which stored samples are its own is said by `is_sample_of`.

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
            else template_named(sampling.template).hash
        ),
        settings_hash=settings_hash(endpoint),
        rubric_version=rubric_version if role == "judge" else None,
    )


def line_up_of(run_settings: Json) -> list[LineUpEntry]:
    """The line-up of a run."""
    return [LineUpEntry.model_validate(entry) for entry in run_settings["line_up"]]


def asking_for_programs(entry: LineUpEntry) -> LineUpEntry:
    """The entry as it asks about a seed with tests, whatever its template: for a program."""
    if entry.role == "judge":
        return entry
    return entry.model_copy(update={"template_hash": PROGRAM.hash})


def plan_of(line_up: LineUp) -> list[PlannedEndpoint]:
    """The line-up as the stopping rule sees it."""
    return [PlannedEndpoint(entry.endpoint_id, entry.role, entry.samples) for entry in line_up]


def reference_of(line_up: LineUp) -> LineUpEntry | None:
    """The reference, where there is one."""
    return next((entry for entry in line_up if entry.role == "reference"), None)


def second_reference_of(line_up: LineUp) -> LineUpEntry | None:
    """The model of another family that speaks to a doubtful key, where there is one."""
    return next((entry for entry in line_up if entry.role == "second_reference"), None)


def weak_of(line_up: LineUp) -> list[LineUpEntry]:
    """The weak models; the first is the one to be taught."""
    return [entry for entry in line_up if entry.role == "weak"]


def is_sample_of(line_up: LineUp) -> ColumnElement[bool]:
    """Whether a sample may serve the line-up, whichever run it was made for."""
    return or_(false(), *map(_serves, line_up))


def _serves(entry: LineUpEntry) -> ColumnElement[bool]:
    """Made by the entry's endpoint, with its template and settings, and fit for its token limit.

    That is: made under this very limit, or ended by itself with no more tokens than it allows. So a
    raised limit asks again only for what was cut off, a lowered one for what would be.
    """
    limit = entry.sampling.max_tokens
    ended_within = and_(
        Sample.finish_reason.is_distinct_from(CUT_OFF), Sample.completion_tokens <= limit
    )
    return and_(
        Sample.endpoint_id == entry.endpoint_id,
        Sample.template_hash == entry.template_hash,
        Sample.settings_hash == entry.settings_hash,
        or_(Sample.max_tokens == limit, ended_within),
    )


def serving_samples(line_up: LineUp) -> Select[int]:
    """The numbers of the samples that stand for the line-up; add conditions to narrow them.

    One for each (revision, endpoint, sample index): where several fit, the one that was made under
    the entry's own token limit, else the oldest.
    """
    place = (Sample.revision_id, Sample.endpoint_id, Sample.sample_index)
    limits: list[Any] = [(entry.endpoint_id, entry.sampling.max_tokens) for entry in line_up]
    same_limit = tuple_(Sample.endpoint_id, Sample.max_tokens).in_(limits)
    return (
        select(Sample.id)
        .where(is_sample_of(line_up))
        .ext(distinct_on(*place))
        .order_by(*place, same_limit.desc(), Sample.id)
    )
