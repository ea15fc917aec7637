"""What a run that asks a model for proposals would need, before it starts."""

from math import ceil

from sqlalchemy.orm import Session

from backend.runs.creation import current_revisions
from backend.runs.forecast import (
    CHARACTERS_PER_TOKEN,
    TEMPLATE_TOKENS,
    Range,
    count,
    endpoint_forecast,
    summed_up,
    with_template,
)
from backend.runs.proposal_creation import (
    accepted_of,
    augmentation_settings_of,
    rewrite_settings_of,
)
from backend.runs.proposal_schemas import AugmentationRunCreate, ProposalRunCreate, RewriteRunCreate
from backend.runs.schemas import ProposalSettings, RunForecast
from backend.science.augmentation_templates import augmentation_template
from backend.science.proposal_templates import ProposalTemplate
from backend.science.rewrite_templates import rewrite_template
from backend.seeds.tables import Seed

NO_IMPORT = 0


def forecast_rewrites(session: Session, wanted: RewriteRunCreate) -> RunForecast:
    """What the run would need: seeds that are answered by programs are not asked about."""
    settings = rewrite_settings_of(session, wanted)
    return _forecast(session, wanted, settings, rewrite_template(wanted.kind))


def forecast_augmentation(session: Session, wanted: AugmentationRunCreate) -> RunForecast:
    """The same of a run for new seeds: only accepted ones are asked about."""
    chosen = wanted.model_copy(update={"filter": accepted_of(wanted.filter)})
    settings = augmentation_settings_of(session, chosen, NO_IMPORT)
    return _forecast(session, chosen, settings, augmentation_template(wanted.kind))


def _forecast(
    session: Session,
    wanted: ProposalRunCreate,
    settings: ProposalSettings,
    template: ProposalTemplate,
) -> RunForecast:
    [entry] = settings.line_up
    each = Range(entry.samples, entry.samples, entry.samples)
    chosen = current_revisions(wanted.filter)
    asked = chosen.where(~Seed.extra.has_key("tests"))
    expected = endpoint_forecast(session, asked, entry, each)
    words = len(template.messages("", None, settings.note)[0]["content"])
    tokens = max(ceil(words / CHARACTERS_PER_TOKEN) - TEMPLATE_TOKENS, 0)
    found = summed_up(
        session, count(session, chosen), [with_template(session, entry, expected, tokens)]
    )
    if without := found.seeds - count(session, asked):
        found.notes.append(
            f"{without:,} of {found.seeds:,} seeds are answered by programs: they fail, and cost "
            "nothing"
        )
    if entry.samples < wanted.candidates:
        found.notes.append(
            f"{entry.name} answers at temperature 0: all its candidates would be one, so one is "
            "asked for"
        )
    return found
