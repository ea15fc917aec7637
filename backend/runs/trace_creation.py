"""Make a run that asks a teacher for traces: what it asks is frozen like a line-up."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.config import settings
from backend.endpoints.tables import Endpoint
from backend.errors import Invalid, NotFound
from backend.guidelines.service import get_guideline, get_version, newest_version
from backend.guidelines.tables import Guideline, GuidelineVersion
from backend.runs.creation import (
    current_revisions,
    enqueue_shards,
    fix_items,
    new_run,
    usable_endpoint,
)
from backend.runs.schemas import GuidelineUse, TraceRunCreate, TraceSettings
from backend.runs.tables import Run
from backend.science.guided_questions import GuidedQuestion
from backend.science.templates import template_named
from backend.science.trace_judging import template_hash
from backend.scoring.line_up import LineUpEntry, entry_of
from backend.traces.rules import checked_rules
from backend.traces.tokenizers import checked_tokenizer

TEACHER = "teacher_endpoint_id"
JUDGES = "judge_endpoint_ids"


def create_trace_run(session: Session, wanted: TraceRunCreate, user: User) -> Run:
    """Start a run over the seeds that match the filter now.

    Votes are trusted as far as the newest default policy asks for.

    Raises:
        Invalid: the teacher or a judge cannot be asked, the guideline cannot be used, a rule is
            unknown, the tokenizer cannot be read, or no seed matches.
    """
    working = trace_settings_of(session, wanted)
    run = new_run(
        session, wanted, working, user, name=wanted.name or "traces", kind="traces",
        chosen=wanted.filter,
    )  # fmt: skip
    fix_items(session, run, current_revisions(wanted.filter))
    enqueue_shards(session, run, range(working.parallel_jobs), working.parallel_jobs)
    return run


def trace_settings_of(session: Session, wanted: TraceRunCreate) -> TraceSettings:
    """The settings under which the run would work, with all rules that it leaves as they are."""
    version = _guideline_version(session, wanted)
    path = wanted.tokenizer or settings().tokenizer
    teacher = _teacher(session, wanted, version.text if version else None)
    return TraceSettings(
        line_up=[teacher, *_judges(session, wanted)],
        samples=teacher.samples,
        rules=checked_rules(wanted.rules)._asdict(),
        guideline=_use(session, version) if version else None,
        tokenizer=checked_tokenizer(path) if path else None,
        parallel_jobs=wanted.parallel_jobs,
    )


def _guideline_version(session: Session, wanted: TraceRunCreate) -> GuidelineVersion | None:
    if wanted.guideline_id is None:
        if wanted.guideline_version is not None:
            raise Invalid("name the guideline that it is a version of", field="guideline_version")
        return None
    try:
        guideline = get_guideline(session, wanted.guideline_id)
        if wanted.guideline_version is None:
            version = newest_version(session, guideline.id)
        else:
            version = get_version(session, guideline.id, wanted.guideline_version)
    except NotFound as error:
        raise Invalid(error.message, field="guideline_id") from error
    if guideline.archived_at is not None:
        raise Invalid(f"the guideline {guideline.name} is archived", field="guideline_id")
    return version


def _use(session: Session, version: GuidelineVersion) -> GuidelineUse:
    guideline = session.get_one(Guideline, version.guideline_id)
    return GuidelineUse(
        guideline_id=guideline.id, name=guideline.name, number=version.number,
        version_id=version.id,
    )  # fmt: skip


def _teacher(session: Session, wanted: TraceRunCreate, guideline: str | None) -> LineUpEntry:
    endpoint = _asked_singly(
        usable_endpoint(session, wanted.teacher_endpoint_id, "teacher", TEACHER), TEACHER
    )
    entry = entry_of(endpoint, "teacher", wanted.samples)
    template = template_named(wanted.template or entry.sampling.template)
    sampling = entry.sampling.model_copy(update={"template": template.name})
    hashed = template.hash if guideline is None else GuidedQuestion(guideline, template.name).hash
    return entry.model_copy(update={"sampling": sampling, "template_hash": hashed})


def _judges(session: Session, wanted: TraceRunCreate) -> Sequence[LineUpEntry]:
    if len(set(wanted.judge_endpoint_ids)) < len(wanted.judge_endpoint_ids):
        raise Invalid("an endpoint is named twice", field=JUDGES)
    hashed = template_hash(guided=wanted.guideline_id is not None)
    judges = [
        _asked_singly(usable_endpoint(session, endpoint_id, "judge", JUDGES), JUDGES)
        for endpoint_id in wanted.judge_endpoint_ids
    ]
    entries = [entry_of(judge, "judge", wanted.samples) for judge in judges]
    return [entry.model_copy(update={"template_hash": hashed}) for entry in entries]


def _asked_singly(endpoint: Endpoint, field: str) -> Endpoint:
    if endpoint.uses_batches:
        raise Invalid(
            f"{endpoint.name} is asked by batches, and traces are asked for one by one: register "
            "it without batches, at the prices for single calls",
            field=field,
        )
    return endpoint
