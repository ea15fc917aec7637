"""What a run would need, before it starts."""

from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from backend.endpoints.settings import cost
from backend.endpoints.tables import Endpoint
from backend.runs.creation import current_revisions, settings_of
from backend.runs.schemas import RunCreate, RunForecast, RunSettings
from backend.scoring.line_up import LineUpEntry, is_sample_of
from backend.scoring.tables import EndpointSpend, Sample
from backend.seeds.tables import SeedRevision

CHARACTERS_PER_TOKEN = 4
TEMPLATE_TOKENS = 40
# Where an endpoint has not answered yet: part of its token limit is what answers take.
SHARE_OF_MOST_TOKENS = 0.5


class Seeds(NamedTuple):
    """The seeds that match: how many, with known answers, and the mean length of their prompts."""

    total: int
    answered: int
    mean_characters: float


def forecast(session: Session, wanted: RunCreate) -> RunForecast:
    """What the run would need; its tokens go by what was seen of each endpoint."""
    settings = settings_of(session, wanted)
    seeds = _seeds(session, wanted)
    found = RunForecast(
        seeds=seeds.total, calls=0, already_stored=0, estimated_tokens=0, estimated_cost=0.0
    )
    for entry in settings.line_up:
        planned = _asked(entry, seeds, settings) * entry.samples
        stored = min(planned, _stored(session, current_revisions(wanted), entry))
        prompt, completion = _tokens_per_call(session, entry, seeds)
        calls = planned - stored
        found.calls += calls
        found.already_stored += stored
        found.estimated_tokens += round(calls * (prompt + completion))
        found.estimated_cost += float(_price(session, entry, calls * prompt, calls * completion))
    return found


def _seeds(session: Session, wanted: RunCreate) -> Seeds:
    total, answered, characters = session.execute(
        select(
            func.count(),
            func.count(SeedRevision.answer),
            func.coalesce(func.avg(func.length(SeedRevision.prompt)), 0),
        ).where(SeedRevision.id.in_(current_revisions(wanted)))
    ).one()
    return Seeds(total, answered, float(characters))


def _asked(entry: LineUpEntry, seeds: Seeds, settings: RunSettings) -> int:
    """How many seeds the endpoint is asked about."""
    if entry.role != "reference" or settings.check_given_answers:
        return seeds.total
    unanswered = seeds.total - seeds.answered
    calibrating = min(seeds.answered, settings.calibration_seeds) if unanswered else 0
    return unanswered + calibrating


def _stored(session: Session, revisions: Select[int], entry: LineUpEntry) -> int:
    return session.execute(
        select(func.count())
        .select_from(Sample)
        .where(
            Sample.revision_id.in_(revisions),
            is_sample_of([entry]),
            Sample.sample_index < entry.samples,
        )
    ).scalar_one()


def _tokens_per_call(session: Session, entry: LineUpEntry, seeds: Seeds) -> tuple[float, float]:
    prompt = seeds.mean_characters / CHARACTERS_PER_TOKEN + TEMPLATE_TOKENS
    spend = session.get(EndpointSpend, entry.endpoint_id)
    if spend is None:
        return prompt, entry.sampling.max_tokens * SHARE_OF_MOST_TOKENS
    return prompt, spend.completion_tokens / spend.calls


def _price(session: Session, entry: LineUpEntry, prompt: float, completion: float) -> Decimal:
    endpoint = session.get_one(Endpoint, entry.endpoint_id)
    return cost(endpoint, round(prompt), round(completion))
