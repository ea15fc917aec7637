"""What a run that sorts seeds by domain would need, before it starts."""

from math import ceil

from sqlalchemy.orm import Session

from backend.domains.choices import choices_of
from backend.runs.creation import current_revisions
from backend.runs.domain_creation import domain_settings_of
from backend.runs.domain_schemas import DomainRunCreate
from backend.runs.forecast import (
    CHARACTERS_PER_TOKEN,
    TEMPLATE_TOKENS,
    Range,
    count,
    endpoint_forecast,
    summed_up,
    with_template,
)
from backend.runs.schemas import RunForecast
from backend.science.domain_questions import question_messages


def forecast_domains(session: Session, wanted: DomainRunCreate) -> RunForecast:
    """What the run would need: one call a seed, but for those that were asked so before."""
    settings = domain_settings_of(session, wanted)
    [entry] = settings.line_up
    chosen = current_revisions(wanted.filter)
    expected = endpoint_forecast(session, chosen, entry, Range(1, 1, 1))
    words = len(question_messages(choices_of(settings.domains), "")[0]["content"])
    tokens = max(ceil(words / CHARACTERS_PER_TOKEN) - TEMPLATE_TOKENS, 0)
    return summed_up(
        session, count(session, chosen), [with_template(session, entry, expected, tokens)]
    )
