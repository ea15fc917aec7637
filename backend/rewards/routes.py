"""The reward, to be tried before anything is trained by it."""

from fastapi import APIRouter

from backend.accounts.access import Viewer
from backend.rewards import service
from backend.rewards.schemas import RewardCurve, RewardOut, RewardRequest, RewardSettings

router = APIRouter(prefix="/v1/rewards", tags=["rewards"])


@router.post(":curve")
def read_curve(user: Viewer, body: RewardSettings) -> RewardCurve:
    """Reward against length, for right answers and wrong ones; nothing is stored."""
    return service.curve(body)


@router.post(":score")
def score_response(user: Viewer, body: RewardRequest) -> RewardOut:
    """What one response would earn, with each part of it; nothing is stored."""
    return service.score(body)
