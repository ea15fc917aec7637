"""Make a run that sorts seeds by domain: model and list are frozen when it is made."""

from typing import Final

from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.domains.choices import choices_of
from backend.domains.settings import DomainSettings
from backend.errors import Invalid
from backend.runs.creation import (
    current_revisions,
    enqueue_shards,
    fix_items,
    new_run,
    usable_endpoint,
)
from backend.runs.domain_schemas import DomainRunCreate
from backend.runs.tables import Run
from backend.science.domain_questions import question_hash
from backend.scoring.line_up import entry_of

ENDPOINT: Final = "endpoint_id"
KIND: Final = "domains"


def create_domain_run(session: Session, wanted: DomainRunCreate, user: User) -> Run:
    """Start a run over the seeds that match the filter now.

    Raises:
        Invalid: the endpoint cannot be asked, or no seed matches.
    """
    settings = domain_settings_of(session, wanted)
    run = new_run(
        session, wanted, settings, user, name=wanted.name or KIND, kind=KIND, chosen=wanted.filter
    )
    fix_items(session, run, current_revisions(wanted.filter))
    enqueue_shards(session, run, range(settings.parallel_jobs), settings.parallel_jobs)
    return run


def domain_settings_of(session: Session, wanted: DomainRunCreate) -> DomainSettings:
    """The settings under which the run would work.

    Raises:
        Invalid: the endpoint cannot be asked.
    """
    endpoint = usable_endpoint(
        session, wanted.endpoint_id, "judge", ENDPOINT, "teacher", "reference"
    )
    if endpoint.uses_batches:
        raise Invalid(
            f"{endpoint.name} is asked by batches, and domains are asked for one by one: register "
            "it without batches, at the prices for single calls",
            field=ENDPOINT,
        )
    asked = question_hash(choices_of(wanted.domains))
    entry = entry_of(endpoint, "proposer", 1).model_copy(update={"template_hash": asked})
    return DomainSettings(
        line_up=[entry], domains=wanted.domains, apply=wanted.apply,
        parallel_jobs=wanted.parallel_jobs,
    )  # fmt: skip
