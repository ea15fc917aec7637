"""What the fake API answers on training; recipes and their faults are the real ones."""

from typing import TYPE_CHECKING, Any

from backend.errors import SeedbedError
from backend.training_runs import recipes
from backend.training_runs.recipe_checks import recipe_of
from backend.training_runs.schemas import RecipeChoice, Target
from tests.dashboard import fake_rows as fake
from tests.dashboard.fake_pages import paged
from tests.dashboard.fake_routes import route

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi

Answer = tuple[int, Any]


def page(items: list[Any]) -> dict[str, Any]:
    return {"items": items, "next": None, "total": None}


def refused(error: SeedbedError) -> Answer:
    return error.status, {
        "status": error.status, "code": error.problem_code, "detail": error.message,
        "errors": error.errors or [],
    }  # fmt: skip


@route("GET /v1/training-recipes")
def list_recipes(api: "FakeApi", query: Any, body: Any) -> Answer:
    return 200, [template.model_dump() for template in recipes.templates()]


@route("POST /v1/training-runs:preflight")
def preflight(api: "FakeApi", query: Any, body: Any) -> Answer:
    try:
        recipe_of(RecipeChoice(**body["recipe"]), Target(**body["target"]))
    except SeedbedError as error:
        return refused(error)
    return 200, api.training.checks


@route("POST /v1/training-runs")
def start(api: "FakeApi", query: Any, body: Any) -> Answer:
    try:
        recipe_of(RecipeChoice(**body["recipe"]), Target(**body["target"]))
    except SeedbedError as error:
        return refused(error)
    export = next(e for e in api.exports if e["id"] == body["export_id"])
    waits = export["state"] == "pending"
    return 201, api.training.add(
        body["recipe"]["template"], overrides=body["recipe"]["overrides"], name=body["name"],
        target=body["target"], export_id=export["id"], export_name=export["name"],
        parent_checkpoint_id=body.get("checkpoint_id"),
        note="it waits for its export" if waits else None,
    )  # fmt: skip


@route("GET /v1/training-runs")
def list_runs(api: "FakeApi", query: Any, body: Any) -> Answer:
    return 200, page(api.training.runs[::-1])


@route(r"GET /v1/training-runs/(\d+)")
def get_run(api: "FakeApi", query: Any, body: Any, number: str) -> Answer:
    found = next((one for one in api.training.runs if one["id"] == int(number)), None)
    if found is None:
        detail = f"there is no training run {number}"
        return 404, {"status": 404, "code": "not_found", "detail": detail}
    return 200, found


@route(r"POST /v1/training-runs/(\d+):cancel")
def cancel(api: "FakeApi", query: Any, body: Any, number: str) -> Answer:
    of = api.training.runs[int(number) - 1]
    of |= {"cancel_asked_at": fake.NOW, "cancelled_by": "ada"}
    return 200, of


@route(r"POST /v1/training-runs/(\d+):resume")
def resume(api: "FakeApi", query: Any, body: Any, number: str) -> Answer:
    of = api.training.runs[int(number) - 1]
    if of["resume_step"] is None and not query.get("host_is_gone"):
        detail = f"training run {number} is {of['state']}"
        return 409, {"status": 409, "code": "goes_on", "detail": detail}
    return 200, api.training.resume(int(number))


@route(r"GET /v1/training-runs/(\d+)/metrics")
def metrics(api: "FakeApi", query: Any, body: Any, number: str) -> Answer:
    after = int(query.get("after", 0))
    rows = api.training.metrics[int(number)]
    found = sorted(
        (row for row in rows if row["position"] > after),
        key=lambda row: (row["kind"], row["step"]),
    )
    of = api.training.runs[int(number) - 1]
    said = {name: of[name] for name in ("state", "attempt", "resumed_from")}
    newest = max((row["position"] for row in rows), default=after)
    return 200, {"items": found, "next": newest, "stride": 1, **said}


@route(r"GET /v1/training-runs/(\d+)/log")
def log(api: "FakeApi", query: Any, body: Any, number: str) -> Answer:
    whole = api.training.logs[int(number)]
    limit = int(query.get("limit", 65_536))
    start = int(query["after"]) if "after" in query else max(0, len(whole) - limit)
    text = whole[start : start + limit]
    return 200, {
        "text": text.decode(), "start": start, "next": start + len(text), "size": len(whole),
        "state": api.training.runs[int(number) - 1]["state"],
    }  # fmt: skip


@route(r"GET /v1/training-runs/(\d+)/samples")
def samples(api: "FakeApi", query: Any, body: Any, number: str) -> Answer:
    state = api.training.runs[int(number) - 1]["state"]
    return 200, {"items": api.training.samples[int(number)][-20:], "next": 0, "state": state}


@route("GET /v1/checkpoints")
def list_checkpoints(api: "FakeApi", query: Any, body: Any) -> Answer:
    return 200, paged(api.training.checkpoints[::-1], query)


@route(r"GET /v1/checkpoints/(\d+)")
def get_checkpoint(api: "FakeApi", query: Any, body: Any, number: str) -> Answer:
    return 200, api.training.checkpoints[int(number) - 1]
