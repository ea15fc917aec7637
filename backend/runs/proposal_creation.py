"""Make a run that asks a model for proposals: what it asks is frozen like a line-up."""

from typing import Any

from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.errors import Invalid
from backend.runs.creation import (
    current_revisions,
    enqueue_shards,
    fix_items,
    new_run,
    usable_endpoint,
)
from backend.runs.proposal_schemas import AugmentationRunCreate, ProposalRunCreate, RewriteRunCreate
from backend.runs.schemas import AugmentationSettings, ProposalSettings, RewriteSettings
from backend.runs.tables import Run
from backend.science.augmentation_templates import augmentation_template
from backend.science.proposal_templates import ProposalTemplate
from backend.science.rewrite_templates import rewrite_template
from backend.scoring.line_up import LineUpEntry, entry_of
from backend.seeds.filters import SeedFilter
from backend.seeds.tables import SeedImport

ENDPOINT = "endpoint_id"


def create_rewrite_run(session: Session, wanted: RewriteRunCreate, user: User) -> Run:
    """Start a run for rewrites of the seeds that match the filter now.

    Raises:
        Invalid: the endpoint cannot be asked, or no seed matches.
    """
    return _create(session, "rewrites", wanted, rewrite_settings_of(session, wanted), user)


def rewrite_settings_of(session: Session, wanted: RewriteRunCreate) -> RewriteSettings:
    """The settings under which the run would work."""
    proposer = _proposer(session, wanted, rewrite_template(wanted.kind))
    return RewriteSettings(template=wanted.kind, **_settings(wanted, proposer))


def create_augmentation_run(session: Session, wanted: AugmentationRunCreate, user: User) -> Run:
    """Start a run that makes new seeds from the accepted ones that match the filter now.

    Raises:
        Invalid: the endpoint cannot be asked, the filter asks for seeds that are not accepted, or
            no seed matches.
    """
    chosen = wanted.model_copy(update={"filter": accepted_of(wanted.filter)})
    made = SeedImport(created_by=user.id, label="")
    session.add(made)
    session.flush()
    settings = augmentation_settings_of(session, wanted, made.id)
    run = _create(session, "augmentation", chosen, settings, user)
    made.label = f"new seeds of run {run.id}"
    session.flush()
    return run


def augmentation_settings_of(
    session: Session, wanted: AugmentationRunCreate, import_id: int
) -> AugmentationSettings:
    """The settings under which the run would work."""
    proposer = _proposer(session, wanted, augmentation_template(wanted.kind))
    return AugmentationSettings(
        template=wanted.kind, import_id=import_id, **_settings(wanted, proposer)
    )


def accepted_of(filter: SeedFilter) -> SeedFilter:
    """The accepted seeds among those of a filter.

    Raises:
        Invalid: the filter asks for others.
    """
    if filter.status not in (None, "accepted"):
        raise Invalid("only accepted seeds are made more of", field="filter.status")
    return filter.model_copy(update={"status": "accepted"})


def _settings(wanted: ProposalRunCreate, proposer: LineUpEntry) -> dict[str, Any]:
    return {
        "line_up": [proposer],
        "candidates": proposer.samples,
        "note": wanted.note,
        "parallel_jobs": wanted.parallel_jobs,
    }


def _create(
    session: Session, kind: str, wanted: ProposalRunCreate, settings: ProposalSettings, user: User
) -> Run:
    run = new_run(
        session, wanted, settings, user, name=wanted.name or kind, kind=kind,
        chosen=wanted.filter,
    )  # fmt: skip
    fix_items(session, run, current_revisions(wanted.filter))
    enqueue_shards(session, run, range(settings.parallel_jobs), settings.parallel_jobs)
    return run


def _proposer(
    session: Session, wanted: ProposalRunCreate, template: ProposalTemplate
) -> LineUpEntry:
    endpoint = usable_endpoint(session, wanted.endpoint_id, "teacher", ENDPOINT, "reference")
    if endpoint.uses_batches:
        raise Invalid(
            f"{endpoint.name} is asked by batches, and proposals are asked for one by one: "
            "register it without batches, at the prices for single calls",
            field=ENDPOINT,
        )
    entry = entry_of(endpoint, "proposer", wanted.candidates)
    return entry.model_copy(update={"template_hash": template.hash_with(wanted.note)})
