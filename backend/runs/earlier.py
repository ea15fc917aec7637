"""How many answers seeds took in earlier runs, where a rule and not a number says when to stop."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from backend.runs.schemas import RunSettings
from backend.runs.tables import Run, RunItem
from backend.science.stopping import Role
from backend.scoring.line_up import LineUp, is_sample_of, line_up_of
from backend.scoring.tables import Sample

# The last runs that are looked through for some of the same kind, how many of those are read, and
# how many seeds of each: enough for a mean within a few per cent.
RUNS_LOOKED_AT = 50
RUNS_READ = 5
SEEDS_READ = 400


def mean_samples(session: Session, settings: RunSettings) -> dict[Role, float]:
    """Answers of each role that a scored seed had, in the last runs of this rule and these roles.

    A reference's mean is over the seeds that it was asked about. Empty where there was no such run.
    """
    runs = session.scalars(
        select(Run)
        .where(
            Run.seeds_scored > 0,
            Run.settings["stopping"].astext == settings.stopping,
            # Of rewrites more is asked.
            func.coalesce(Run.settings["rewrites"].as_boolean(), False) == settings.rewrites,
        )
        .order_by(Run.id.desc())
        .limit(RUNS_LOOKED_AT)
    )
    roles = _roles(settings.line_up)
    alike = [run for run in runs if _roles(line_up_of(run.settings)) == roles][:RUNS_READ]
    found: dict[Role, list[tuple[int, int]]] = defaultdict(list)
    for run in alike:
        for role, samples, seeds in _counts(session, run):
            found[role].append((samples, seeds))
    return {
        role: sum(samples for samples, _ in counts) / max(sum(seeds for _, seeds in counts), 1)
        for role, counts in found.items()
    }


def _roles(line_up: LineUp) -> set[Role]:
    return {entry.role for entry in line_up}


def _counts(session: Session, run: Run) -> list[tuple[Role, int, int]]:
    """Role, samples and seeds of each entry of a run's line-up, over a part of its scored seeds."""
    line_up = line_up_of(run.settings)
    revision_ids = session.scalars(
        select(RunItem.revision_id)
        .where(RunItem.run_id == run.id, RunItem.state == "scored")
        .order_by(func.md5(func.concat(RunItem.revision_id)))
        .limit(SEEDS_READ)
    ).all()
    rows = session.execute(
        select(
            Sample.endpoint_id,
            func.count(tuple_(Sample.revision_id, Sample.sample_index).distinct()),
            func.count(Sample.revision_id.distinct()),
        )
        .where(Sample.revision_id.in_(revision_ids), is_sample_of(line_up), _within(line_up))
        .group_by(Sample.endpoint_id)
    )
    counts = {endpoint_id: (samples, seeds) for endpoint_id, samples, seeds in rows}
    return [
        (entry.role, *_of_asked(entry.role, *counts.get(entry.endpoint_id, (0, 0)), revision_ids))
        for entry in line_up
    ]


def _of_asked(
    role: Role, samples: int, answered: int, revision_ids: Sequence[int]
) -> tuple[int, int]:
    return samples, answered if role == "reference" else len(revision_ids)


def _within(line_up: LineUp) -> ColumnElement[bool]:
    """No more samples than the run could have asked for: others may have asked for more."""
    return or_(
        *(
            and_(Sample.endpoint_id == entry.endpoint_id, Sample.sample_index < entry.samples)
            for entry in line_up
        )
    )
