"""Policies, and verdicts under another one."""

from collections.abc import Sequence

from fastapi import APIRouter

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.jobs.schemas import JobOut
from backend.jobs.tables import Job
from backend.scoring import policies, preview
from backend.scoring.schemas import (
    PolicyCreate,
    PolicyOut,
    PolicyPresetOut,
    PolicyPreviewOut,
    PolicyPreviewRequest,
)
from backend.scoring.tables import PolicyVersion

router = APIRouter(prefix="/v1/policies", tags=["policies"])


@router.get("", response_model=list[PolicyOut])
def list_policies(session: SessionDep, user: Viewer) -> Sequence[PolicyVersion]:
    """All versions, the newest first."""
    return policies.list_policies(session)


@router.get("/presets")
def list_presets(user: Viewer) -> list[PolicyPresetOut]:
    """Bands of published recipes, to start from; nothing of them is stored."""
    return policies.list_presets()


@router.post(":preview")
def preview_policy(
    session: SessionDep, user: Viewer, body: PolicyPreviewRequest
) -> PolicyPreviewOut:
    """How verdicts would change under these settings, without a model call or a write."""
    return preview.preview(session, body)


@router.get("/{policy_id}", response_model=PolicyOut)
def read_policy(session: SessionDep, user: Viewer, policy_id: int) -> PolicyVersion:
    """One version."""
    return policies.get_policy(session, policy_id)


@router.post("", response_model=PolicyOut, status_code=201)
def create_policy(session: SessionDep, user: Curator, body: PolicyCreate) -> PolicyVersion:
    """Add a version of a policy; earlier ones stay as they are."""
    return policies.create_version(session, body.name, body.settings)


@router.post("/{policy_id}:apply", response_model=JobOut, status_code=202)
def apply_policy(session: SessionDep, user: Curator, policy_id: int) -> Job:
    """Compute all verdicts again under this policy, from stored samples, with no model call."""
    return policies.enqueue_apply(session, policy_id, user)
