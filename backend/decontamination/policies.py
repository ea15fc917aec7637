"""Policies of decontamination, in numbered versions that never change."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.decontamination.policy_schemas import (
    PolicySettings,
    PolicyVersionCreate,
    PolicyVersionCreated,
    PolicyVersionOut,
)
from backend.decontamination.service import enqueue_check
from backend.decontamination.tables import DecontaminationPolicyVersion
from backend.endpoints.schemas import IN_PROCESS
from backend.endpoints.tables import Endpoint
from backend.errors import Invalid
from backend.science.contamination import Action, DecontaminationPolicy, Hit
from backend.science.judged_pairs import is_refuted

IN_FORCE: Final = "default"


def current_policy(session: Session) -> DecontaminationPolicyVersion:
    """The newest version of the policy named default; its first use makes the first."""
    newest = (
        select(DecontaminationPolicyVersion)
        .where(DecontaminationPolicyVersion.name == IN_FORCE)
        .order_by(DecontaminationPolicyVersion.version.desc())
        .limit(1)
    )
    if (found := session.scalar(newest)) is not None:
        return found
    session.execute(
        insert(DecontaminationPolicyVersion)
        .values(name=IN_FORCE, version=1, settings=PolicySettings().model_dump())
        .on_conflict_do_nothing()
    )
    return session.scalars(newest).one()


def list_policies(session: Session) -> Sequence[DecontaminationPolicyVersion]:
    """All versions of all policies, the newest first."""
    current_policy(session)
    newest_first = DecontaminationPolicyVersion.id.desc()
    return session.scalars(select(DecontaminationPolicyVersion).order_by(newest_first)).all()


def create_version(
    session: Session, user: User, wanted: PolicyVersionCreate
) -> PolicyVersionCreated:
    """The next version of a named policy; one of `default` has all seeds checked anew.

    Raises:
        Invalid: an endpoint that the settings name is not there, or not for this work.
    """
    for role in ("embedding", "judge"):
        _check_endpoint(session, role, getattr(wanted.settings, f"{role}_endpoint_id"))
    current_policy(session)
    # One writer at a time for each name, so that versions are numbered without holes.
    lock = func.hashtext(f"decontamination policy {wanted.name}")
    session.execute(select(func.pg_advisory_xact_lock(lock)))
    table = DecontaminationPolicyVersion
    last = session.scalar(select(func.max(table.version)).where(table.name == wanted.name))
    made = DecontaminationPolicyVersion(
        name=wanted.name, version=(last or 0) + 1, settings=wanted.settings.model_dump()
    )
    session.add(made)
    session.flush()
    job = enqueue_check(session, user) if wanted.name == IN_FORCE else None
    shown = PolicyVersionOut.model_validate(made)
    return PolicyVersionCreated(**shown.model_dump(), job_id=job and job.id)


def label_of(session: Session, policy_id: int) -> str:
    """What people call a version: its name and number."""
    version = session.get_one(DecontaminationPolicyVersion, policy_id)
    return f"{version.name} v{version.version}"


def settings_of(version: DecontaminationPolicyVersion) -> PolicySettings:
    """The version's settings; what it does not say, because it is older, has its default."""
    return PolicySettings.model_validate(version.settings)


def science_of(settings: PolicySettings) -> DecontaminationPolicy:
    """What of the settings the comparison of texts needs."""
    names = [field.name for field in fields(DecontaminationPolicy)]
    return DecontaminationPolicy(**{name: getattr(settings, name) for name in names})


def action_of(settings: PolicySettings, hit: Hit) -> Action:
    """What a hit does; one that a judge has refuted is evidence and stops nothing."""
    return "ignore" if is_refuted(hit) else settings.actions.of(hit.verdict)


def _check_endpoint(session: Session, role: str, endpoint_id: int | None) -> None:
    if endpoint_id is None:
        return
    endpoint = session.get(Endpoint, endpoint_id)
    field = f"settings.{role}_endpoint_id"
    if endpoint is None or endpoint.archived_at is not None:
        message = f"there is no endpoint {endpoint_id} in use"
        raise Invalid(message, field=field, code="no_endpoint")
    if endpoint.role != role or endpoint.base_url == IN_PROCESS:
        message = f"{endpoint.name} is no server in the role {role}"
        raise Invalid(message, field=field, code="wrong_endpoint")
