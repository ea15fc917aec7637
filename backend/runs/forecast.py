"""What a run would need, before it starts: at least, at most, and what is to be expected."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from math import ceil
from typing import NamedTuple

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import Session

from backend.endpoints.settings import cost
from backend.endpoints.tables import Endpoint
from backend.runs.creation import can_calibrate, current_revisions, settings_of, wants_reference
from backend.runs.earlier import mean_samples
from backend.runs.schemas import EndpointForecast, RunCreate, RunForecast, RunSettings
from backend.science.adaptive import AdaptiveRule
from backend.science.equivalence import equivalent_by_rules
from backend.science.sampling_rules import SeedAnswers, vote_rule
from backend.scoring.days import DayLeft, days_left
from backend.scoring.line_up import LineUpEntry, is_sample_of, plan_of
from backend.scoring.tables import EndpointSpend, Sample
from backend.seeds.tables import Seed, SeedRevision

CHARACTERS_PER_TOKEN = 4
TEMPLATE_TOKENS = 40
# Where an endpoint has not answered yet: part of its token limit is what answers take.
SHARE_OF_MOST_TOKENS = 0.5
# Where no run of this kind was before: how far from the least to the most answers a rule goes. In
# simulation, seeds of even difficulty took 11.7 of 2 to 32 answers until they were settled.
SHARE_OF_MOST_SAMPLES = 1 / 3


# Of rewrites a second reference confirms each, and judges are asked a second question.
_ASKED_OF_REWRITES = ("second_reference", "judge")


class Range(NamedTuple):
    """A number that is not known: the least, what is to be expected, and the most."""

    low: float
    mean: float
    high: float


def forecast(session: Session, wanted: RunCreate) -> RunForecast:
    """What the run would need; its calls and tokens go by what was seen of earlier ones."""
    settings = settings_of(session, wanted)
    seeds = current_revisions(wanted.filter)
    return forecast_over(session, settings, seeds, partial(_asked, wanted, settings))


def forecast_over(
    session: Session,
    settings: RunSettings,
    revisions: Select[int],
    asked: Callable[[LineUpEntry], Select[int]] | None = None,
) -> RunForecast:
    """What a run with these settings over these revisions would need.

    Args:
        session: for reading.
        settings: of the run.
        revisions: what it is over.
        asked: those of them that an endpoint is asked about; all, where it is not given.
    """
    samples = _samples_per_seed(session, settings)
    entries = [
        endpoint_forecast(
            session, asked(entry) if asked else revisions, entry, samples[entry.endpoint_id]
        )
        for entry in settings.line_up
    ]
    return summed_up(session, count(session, revisions), entries)


def summed_up(session: Session, seeds: int, entries: Sequence[EndpointForecast]) -> RunForecast:
    """The forecast of a run over so many seeds from what each endpoint would be asked."""
    left = days_left(session, [entry.endpoint_id for entry in entries])
    notes = [_days_note(session, entry, left.get(entry.endpoint_id)) for entry in entries]
    return RunForecast(
        seeds=seeds,
        calls=sum(entry.calls for entry in entries),
        calls_low=sum(entry.calls_low for entry in entries),
        calls_high=sum(entry.calls_high for entry in entries),
        already_stored=sum(entry.already_stored for entry in entries),
        estimated_tokens=sum(entry.estimated_tokens for entry in entries),
        estimated_cost=sum(entry.estimated_cost for entry in entries),
        estimated_cost_high=sum(entry.estimated_cost_high for entry in entries),
        endpoints=entries,
        notes=[note for note in notes if note is not None],
    )


def _samples_per_seed(session: Session, settings: RunSettings) -> dict[int, Range]:
    """Answers of each endpoint that a seed gets, stored ones among them."""
    least = _least_samples(settings)
    earlier = {} if settings.stopping == "fixed" else mean_samples(session, settings)
    found = {}
    for entry in settings.line_up:
        low = least[entry.endpoint_id]
        usual = low + SHARE_OF_MOST_SAMPLES * (entry.samples - low)
        mean = min(max(earlier.get(entry.role, usual), low), entry.samples)
        found[entry.endpoint_id] = Range(low, mean, entry.samples)
        if settings.rewrites and entry.role in _ASKED_OF_REWRITES:
            found[entry.endpoint_id] = Range(*[entry.samples + (entry.role == "judge")] * 3)
    return found


def _least_samples(settings: RunSettings) -> dict[int, int]:
    """What the stopping rule asks of each endpoint, whatever is answered."""
    plan = plan_of(settings.line_up)
    if settings.stopping != "adaptive":
        nothing = SeedAnswers({}, equivalent_by_rules, given=None, asks_reference=True)
        return dict(vote_rule(settings.stopping, plan).wanted(nothing).samples)
    rule = AdaptiveRule()
    least = {
        "weak": rule.weak_minimum, "reference": rule.reference_minimum, "second_reference": 0,
    }  # fmt: skip
    return {
        entry.endpoint: min(least.get(entry.role, entry.samples), entry.samples) for entry in plan
    }


def endpoint_forecast(
    session: Session, asked: Select[int], entry: LineUpEntry, samples: Range
) -> EndpointForecast:
    """What the endpoint would be asked about these revisions, each getting so many samples."""
    total, stored = count(session, asked), _stored(session, asked, entry)
    stored[0] = total - sum(stored.values())
    calls = Range(
        *(sum(seeds * max(most - have, 0) for have, seeds in stored.items()) for most in samples)
    )
    prompt, completion = _tokens_per_call(session, entry, asked)
    endpoint = session.get_one(Endpoint, entry.endpoint_id)
    price = cost(endpoint, round(prompt), round(completion))
    return EndpointForecast(
        endpoint_id=entry.endpoint_id,
        endpoint=entry.name,
        role=entry.role,
        calls=round(calls.mean),
        calls_low=round(calls.low),
        calls_high=round(calls.high),
        already_stored=sum(have * seeds for have, seeds in stored.items()),
        estimated_tokens=round(calls.mean * (prompt + completion)),
        estimated_cost=float(price * Decimal(calls.mean)),
        estimated_cost_high=float(price * Decimal(calls.high)),
    )


def with_template(
    session: Session, entry: LineUpEntry, found: EndpointForecast, tokens: int
) -> EndpointForecast:
    """The forecast with the template's words, and at most with replies up to the token limit."""
    endpoint = session.get_one(Endpoint, entry.endpoint_id)
    more = cost(endpoint, found.calls * tokens, 0)
    expected = found.estimated_cost + float(more)
    longest = cost(endpoint, 0, found.calls * entry.sampling.max_tokens)
    return found.model_copy(
        update={
            "estimated_tokens": found.estimated_tokens + found.calls * tokens,
            "estimated_cost": expected,
            "estimated_cost_high": max(expected, float(more + Decimal(longest))),
        }
    )


def _asked(wanted: RunCreate, settings: RunSettings, entry: LineUpEntry) -> Select[int]:
    """The seeds' revisions that the endpoint is asked about, by the rules of `creation`."""
    revisions = current_revisions(wanted.filter)
    if "reference" not in entry.role or settings.check_given_answers:
        return revisions
    among = (
        select(SeedRevision.id)
        .join(Seed, Seed.id == SeedRevision.seed_id)
        .where(SeedRevision.id.in_(revisions))
    )
    unanswered = among.where(wants_reference())
    gold = (
        among.where(can_calibrate(), unanswered.exists())
        .order_by(func.md5(func.concat(SeedRevision.id)))
        .limit(settings.calibration_seeds)
    )
    both = union_all(unanswered, select(gold.subquery().c.id)).subquery()
    return select(both.c.id)


def count(session: Session, revisions: Select[int]) -> int:
    """How many revisions a statement chooses."""
    return session.execute(select(func.count()).select_from(revisions.subquery())).scalar_one()


def _stored(session: Session, revisions: Select[int], entry: LineUpEntry) -> dict[int, int]:
    """How many of these seeds have so many of the samples that the run could ask for."""
    have = (
        select(func.count(Sample.sample_index.distinct()).label("samples"))
        .where(
            Sample.revision_id.in_(revisions),
            is_sample_of([entry]),
            Sample.sample_index < entry.samples,
        )
        .group_by(Sample.revision_id)
        .subquery()
    )
    rows = session.execute(select(have.c.samples, func.count()).group_by(have.c.samples))
    return {row[0]: row[1] for row in rows}


def _tokens_per_call(
    session: Session, entry: LineUpEntry, revisions: Select[int]
) -> tuple[float, float]:
    characters = session.scalar(
        select(func.avg(func.length(SeedRevision.prompt))).where(SeedRevision.id.in_(revisions))
    )
    prompt = float(characters or 0) / CHARACTERS_PER_TOKEN + TEMPLATE_TOKENS
    spend = session.get(EndpointSpend, entry.endpoint_id)
    if spend is None:
        return prompt, entry.sampling.max_tokens * SHARE_OF_MOST_TOKENS
    return prompt, spend.completion_tokens / spend.calls


def _days_note(session: Session, entry: EndpointForecast, left: DayLeft | None) -> str | None:
    """How many days the endpoint's limits make of the run, where it is more than this one."""
    if left is None:
        return None
    endpoint = session.get_one(Endpoint, entry.endpoint_id)
    low = _days(entry.calls_low, left.calls, endpoint.max_calls_per_day)
    high = max(
        _days(entry.calls_high, left.calls, endpoint.max_calls_per_day),
        _days(entry.estimated_cost_high, left.cost, endpoint.max_cost_per_day),
    )
    if high <= 1:
        return None
    limits = []
    if endpoint.max_calls_per_day is not None:
        limits.append(f"{endpoint.max_calls_per_day:,} calls a day")
    if endpoint.max_cost_per_day is not None:
        limits.append(f"{endpoint.max_cost_per_day:.2f} of money a day")
    days = f"{high:,}" if low == high else f"{low:,} to {high:,}"
    return f"{entry.endpoint} takes {days} days at its limit of {' and '.join(limits)}"


def _days(needed: float, left: Decimal | int | None, a_day: Decimal | int | None) -> int:
    if left is None or a_day is None or needed <= left:
        return 1
    return 1 + ceil((Decimal(needed) - max(left, 0)) / a_day)
