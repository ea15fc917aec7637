"""What a run that asks a model for proposals would need, before it starts."""

from decimal import Decimal
from math import ceil

from sqlalchemy import Select
from sqlalchemy.orm import Session

from backend.endpoints.settings import cost
from backend.endpoints.tables import Endpoint
from backend.runs.creation import current_revisions
from backend.runs.forecast import (
    CHARACTERS_PER_TOKEN,
    TEMPLATE_TOKENS,
    Range,
    count,
    endpoint_forecast,
    summed_up,
)
from backend.runs.proposal_creation import rewrite_settings_of
from backend.runs.proposal_schemas import RewriteRunCreate
from backend.runs.schemas import EndpointForecast, ProposalSettings, RunForecast
from backend.science.proposal_templates import ProposalTemplate
from backend.science.rewrite_templates import rewrite_template
from backend.scoring.line_up import LineUpEntry
from backend.seeds.filters import SeedFilter
from backend.seeds.tables import Seed


def forecast_rewrites(session: Session, wanted: RewriteRunCreate) -> RunForecast:
    """What the run would need: seeds that are answered by programs are not asked about."""
    settings = rewrite_settings_of(session, wanted)
    asked = current_revisions(wanted.filter).where(~Seed.extra.has_key("tests"))
    found = _forecast(session, wanted.filter, asked, settings, rewrite_template(wanted.kind))
    if without := found.seeds - count(session, asked):
        found.notes.append(
            f"{without:,} of {found.seeds:,} seeds are answered by programs: they fail, and cost "
            "nothing"
        )
    return _with_note_on_candidates(found, settings, wanted.candidates)


def _forecast(
    session: Session,
    filter: SeedFilter,
    asked: Select[int],
    settings: ProposalSettings,
    template: ProposalTemplate,
) -> RunForecast:
    [entry] = settings.line_up
    each = Range(entry.samples, entry.samples, entry.samples)
    expected = endpoint_forecast(session, asked, entry, each)
    words = len(template.messages("", None, settings.note)[0]["content"])
    tokens = max(ceil(words / CHARACTERS_PER_TOKEN) - TEMPLATE_TOKENS, 0)
    return summed_up(
        session,
        count(session, current_revisions(filter)),
        [_with_template(session, entry, expected, tokens)],
    )


def _with_template(
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


def _with_note_on_candidates(
    found: RunForecast, settings: ProposalSettings, candidates: int
) -> RunForecast:
    if settings.candidates < candidates:
        [entry] = settings.line_up
        found.notes.append(
            f"{entry.name} answers at temperature 0: all its candidates would be one, so one is "
            "asked for"
        )
    return found
