"""What a run for traces would need, before it starts."""

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from backend.runs.creation import current_revisions, wants_reference
from backend.runs.forecast import Range, count, endpoint_forecast, summed_up
from backend.runs.schemas import RunForecast, TraceRunCreate
from backend.runs.trace_creation import trace_settings_of
from backend.scoring.policies import default_policy, policy_of
from backend.scoring.tables import Teachability
from backend.seeds.tables import Seed, SeedRevision


def forecast_traces(session: Session, wanted: TraceRunCreate) -> RunForecast:
    """What the run would need: seeds with nothing to verify against are not asked about."""
    settings = trace_settings_of(session, wanted)
    teacher, *judges = settings.line_up
    guided = settings.guideline is not None
    seeds = current_revisions(wanted.filter)
    asked = _without_tests(wanted) if guided else _with_key(session, wanted)
    each = Range(teacher.samples, teacher.samples, teacher.samples)
    # Judges see what no rule rejects: none, or all.
    judged = Range(0, teacher.samples, teacher.samples)
    entries = [endpoint_forecast(session, asked, teacher, each)]
    entries += [endpoint_forecast(session, asked, judge, judged) for judge in judges]
    forecast = summed_up(session, count(session, seeds), entries)
    if without := forecast.seeds - count(session, asked):
        lack = "ask for programs" if guided else "have no answer to verify against"
        forecast.notes.append(
            f"{without:,} of {forecast.seeds:,} seeds {lack}: they fail, and cost nothing"
        )
    if guided and not judges:
        forecast.notes.append(
            "no judge is named: no trace is kept until a curator says so, each by itself"
        )
    return forecast


def _without_tests(wanted: TraceRunCreate) -> Select[int]:
    return (
        select(SeedRevision.id)
        .join(Seed, Seed.id == SeedRevision.seed_id)
        .where(SeedRevision.id.in_(current_revisions(wanted.filter)), ~Seed.extra.has_key("tests"))
    )


def _with_key(session: Session, wanted: TraceRunCreate) -> Select[int]:
    """The revisions with a key, as far as SQL can tell: an answer, tests, or trusted votes.

    Older verdicts count here, and answers in free words: it is a forecast.
    """
    threshold = policy_of(default_policy(session)).threshold
    trusted = select(Teachability.id).where(
        Teachability.revision_id == SeedRevision.id,
        Teachability.key_origin == "plurality",
        Teachability.suspect <= 1 - threshold,
    )
    return (
        select(SeedRevision.id)
        .join(Seed, Seed.id == SeedRevision.seed_id)
        .where(
            SeedRevision.id.in_(current_revisions(wanted.filter)),
            or_(~wants_reference(), trusted.exists()),
        )
    )
