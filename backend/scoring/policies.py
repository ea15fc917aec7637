"""Policies: bands, threshold and priors, in numbered versions that never change."""

import dataclasses
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import Json, existing
from backend.errors import Invalid
from backend.jobs import service as jobs
from backend.jobs.tables import Job
from backend.science.policy_presets import POLICY_PRESETS
from backend.science.teachability_policy import Policy, PolicyError
from backend.scoring.schemas import PolicyPresetOut
from backend.scoring.tables import PolicyVersion
from backend.seeds.tables import Seed

DEFAULT_NAME = "default"
APPLY = "policy.apply"


def default_policy(session: Session) -> PolicyVersion:
    """The newest version of the policy named default; its first use makes the first."""
    session.execute(
        insert(PolicyVersion)
        .values(name=DEFAULT_NAME, version=1, settings=dataclasses.asdict(Policy()))
        .on_conflict_do_nothing()
    )
    return session.scalars(
        select(PolicyVersion)
        .where(PolicyVersion.name == DEFAULT_NAME)
        .order_by(PolicyVersion.version.desc())
        .limit(1)
    ).one()


def list_policies(session: Session) -> Sequence[PolicyVersion]:
    """All versions of all policies, the newest first."""
    default_policy(session)
    return session.scalars(select(PolicyVersion).order_by(PolicyVersion.id.desc())).all()


def list_presets() -> list[PolicyPresetOut]:
    """Bands of published recipes."""
    return [
        PolicyPresetOut(**preset._asdict() | {"settings": dataclasses.asdict(preset.policy)})
        for preset in POLICY_PRESETS
    ]


def get_policy(session: Session, policy_id: int) -> PolicyVersion:
    """The policy version, or NotFound."""
    return existing(session, PolicyVersion, policy_id, "policy")


def create_version(session: Session, name: str, settings: Json) -> PolicyVersion:
    """The next version of a named policy; what `settings` leaves out has its default.

    Raises:
        Invalid: a setting is unknown or out of range; the field names it.
    """
    values = dataclasses.asdict(checked(settings))
    # One writer at a time for each name, so that versions are numbered without holes.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"policy {name}"))))
    last = session.scalar(select(func.max(PolicyVersion.version)).where(PolicyVersion.name == name))
    policy = PolicyVersion(name=name, version=(last or 0) + 1, settings=values)
    session.add(policy)
    session.flush()
    return policy


def checked(settings: Json) -> Policy:
    """The policy with these settings, the rest by default.

    Raises:
        Invalid: a setting is unknown or out of range; the field names it.
    """
    known = {field.name for field in dataclasses.fields(Policy)}
    for name in settings:
        if name not in known:
            raise Invalid(f"a policy has no setting {name}", field=f"settings.{name}")
    try:
        return Policy(**settings)
    except PolicyError as error:
        raise Invalid(str(error), field=f"settings.{error.field}") from error


def policy_of(version: PolicyVersion) -> Policy:
    """The version's settings, for the science."""
    return Policy(**version.settings)


def label_of(version: PolicyVersion) -> str:
    """What people call the version: its name and number."""
    return f"{version.name} v{version.version}"


def enqueue_apply(session: Session, policy_id: int, user: User) -> Job:
    """Have all verdicts computed again under a policy, from stored samples."""
    get_policy(session, policy_id)
    scored = select(func.count()).where(Seed.verdict.is_not(None), Seed.withdrawn_at.is_(None))
    return jobs.enqueue(
        session, APPLY, {"policy_id": policy_id}, created_by=user.id,
        total=session.scalar(scored),
    )  # fmt: skip
