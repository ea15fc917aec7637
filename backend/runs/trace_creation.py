"""Make a run that asks a teacher for traces: what it asks is frozen like a line-up."""

from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.endpoints.tables import Endpoint
from backend.errors import Invalid
from backend.runs.creation import current_revisions, enqueue_shards, fix_items, usable_endpoint
from backend.runs.schemas import TraceRunCreate, TraceSettings
from backend.runs.tables import Run
from backend.science.templates import template_named
from backend.scoring.line_up import LineUpEntry, entry_of
from backend.scoring.policies import default_policy
from backend.traces.rules import checked_rules

TEACHER = "teacher_endpoint_id"


def create_trace_run(session: Session, wanted: TraceRunCreate, user: User) -> Run:
    """Start a run over the seeds that match the filter now.

    Votes are trusted as far as the newest default policy asks for.

    Raises:
        Invalid: the teacher cannot be asked, a rule is unknown, or no seed matches.
    """
    settings = trace_settings_of(session, wanted)
    run = Run(
        name=wanted.name or "traces",
        kind="traces",
        filter=wanted.filter.model_dump(mode="json", exclude_none=True),
        settings=settings.model_dump(mode="json"),
        policy_id=default_policy(session).id,
        max_calls=wanted.max_calls,
        max_tokens=wanted.max_tokens,
        max_cost=wanted.max_cost,
        created_by=user.id,
    )
    session.add(run)
    session.flush()
    fix_items(session, run, current_revisions(wanted.filter))
    enqueue_shards(session, run, range(settings.parallel_jobs), settings.parallel_jobs)
    return run


def trace_settings_of(session: Session, wanted: TraceRunCreate) -> TraceSettings:
    """The settings under which the run would work, with all rules that it leaves as they are."""
    endpoint = usable_endpoint(session, wanted.teacher_endpoint_id, "teacher", TEACHER)
    teacher = _teacher(endpoint, wanted)
    return TraceSettings(
        line_up=[teacher],
        samples=teacher.samples,
        rules=checked_rules(wanted.rules)._asdict(),
        parallel_jobs=wanted.parallel_jobs,
    )


def _teacher(endpoint: Endpoint, wanted: TraceRunCreate) -> LineUpEntry:
    if endpoint.uses_batches:
        raise Invalid(
            f"{endpoint.name} is asked by batches, and traces are asked for one by one: register "
            "it without batches, at the prices for single calls",
            field=TEACHER,
        )
    entry = entry_of(endpoint, "teacher", wanted.samples)
    if wanted.template is None:
        return entry
    template = template_named(wanted.template)
    sampling = entry.sampling.model_copy(update={"template": template.name})
    return entry.model_copy(update={"sampling": sampling, "template_hash": template.hash})
