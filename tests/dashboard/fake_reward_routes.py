"""What the fake API answers on rewards: what the real one does, which stores nothing."""

from typing import TYPE_CHECKING, Any

from backend.rewards import service
from backend.rewards.schemas import RewardRequest, RewardSettings
from tests.dashboard.fake_routes import route

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi


@route("POST /v1/rewards:curve")
def reward_curve(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, service.curve(RewardSettings.model_validate(body)).model_dump(mode="json")


@route("POST /v1/rewards:score")
def score_response(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, service.score(RewardRequest.model_validate(body)).model_dump(mode="json")
