"""The only HTTP client of the API: a method per question, typed answers, errors in plain words."""

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, cast

import httpx

from dashboard import rows
from dashboard.api_errors import ApiDown as ApiDown
from dashboard.api_errors import ApiError as ApiError
from dashboard.api_errors import SignedOut as SignedOut
from dashboard.api_errors import error_from as error_from
from dashboard.benchmark_requests import BenchmarkRequests
from dashboard.contamination_requests import ContaminationRequests
from dashboard.curator_requests import CuratorRequests
from dashboard.domain_requests import DomainRequests
from dashboard.duplicate_requests import DuplicateRequests
from dashboard.endpoint_requests import EndpointRequests
from dashboard.export_requests import ExportRequests
from dashboard.guideline_requests import GuidelineRequests
from dashboard.history_requests import HistoryRequests
from dashboard.judge_requests import JudgeRequests
from dashboard.lineage_requests import LineageRequests
from dashboard.mixture_requests import MixtureRequests
from dashboard.overview_requests import OverviewRequests
from dashboard.policy_requests import PolicyRequests
from dashboard.proposal_requests import ProposalRequests
from dashboard.queue_requests import QueueRequests
from dashboard.reward_requests import RewardRequests
from dashboard.rewrite_requests import RewriteRequests
from dashboard.run_requests import RunRequests
from dashboard.takedown_requests import TakedownRequests
from dashboard.tokenizer_requests import TokenizerRequests
from dashboard.trace_requests import TraceRequests
from dashboard.training_requests import TrainingRequests
from dashboard.view_requests import ViewRequests

DEFAULT_URL = "http://127.0.0.1:8000"
# Almost everything answers at once or is in trouble.
TIMEOUT = httpx.Timeout(15.0, connect=3.0)
SLOW = httpx.Timeout(120.0, connect=3.0)


def api_url() -> str:
    """Where the API listens."""
    return os.environ.get("SEEDBED_API_URL", DEFAULT_URL).rstrip("/")


@cache
def _connections(base_url: str) -> httpx.Client:
    # uvicorn closes what is idle for 5 s, the default here too: a request would now and then go
    # into a connection that is just being closed.
    return httpx.Client(
        base_url=base_url, timeout=TIMEOUT, limits=httpx.Limits(keepalive_expiry=2.0)
    )


def _parameters(query: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if value is not None and value != ""}


class Api(
    BenchmarkRequests,
    ContaminationRequests,
    CuratorRequests,
    DomainRequests,
    DuplicateRequests,
    EndpointRequests,
    ExportRequests,
    GuidelineRequests,
    HistoryRequests,
    JudgeRequests,
    LineageRequests,
    MixtureRequests,
    OverviewRequests,
    PolicyRequests,
    ProposalRequests,
    QueueRequests,
    RewardRequests,
    RewriteRequests,
    RunRequests,
    TakedownRequests,
    TokenizerRequests,
    TraceRequests,
    TrainingRequests,
    ViewRequests,
):
    """The API as one signed-in user sees it."""

    def __init__(self, secret: str | None, base_url: str | None = None) -> None:
        self._base_url = base_url or api_url()
        self._headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = self._headers | options.pop("headers", {})
        try:
            response = _connections(self._base_url).request(
                method, path, headers=headers, **options
            )
        except httpx.TimeoutException as error:
            raise ApiDown("The API did not answer in time.") from error
        except httpx.TransportError as error:
            raise ApiDown(f"The API at {self._base_url} cannot be reached.") from error
        if response.is_error:
            raise error_from(response)
        return response

    def _get(self, path: str, *, timeout: httpx.Timeout = TIMEOUT, **query: Any) -> Any:
        return self._send("GET", path, params=_parameters(query), timeout=timeout).json()

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        response = self._send("POST", path, json=body, **options)
        return response.json() if response.content else None

    # Sign-in

    @classmethod
    def sign_in(cls, **credentials: str) -> rows.SignIn:
        """Begin a session with `name` and `password`, or with the token of a one-time `link`."""
        return cast(rows.SignIn, cls(None)._post("/v1/sign-in", credentials))

    def sign_out(self) -> None:
        """End the session."""
        self._post("/v1/sign-out")

    def me(self) -> rows.User:
        """Who is signed in."""
        return cast(rows.User, self._get("/v1/me"))

    # Seeds

    def count_seeds(self, chosen: rows.SeedFilter) -> rows.SeedCount:
        """How many seeds match."""
        return cast(rows.SeedCount, self._get("/v1/seeds/count", **chosen))

    def values(self) -> rows.SeedValues:
        """The domains and sources that seeds have."""
        return cast(rows.SeedValues, self._get("/v1/seeds/values"))

    def facets(self, chosen: rows.SeedFilter) -> rows.Facets:
        """Counts by value under a filter."""
        return cast(rows.Facets, self._get("/v1/seeds/facets", **chosen))

    def seeds(
        self, chosen: rows.SeedFilter, *, after: str | None = None, limit: int = 50
    ) -> rows.Page[rows.SeedRow]:
        """One page of the seeds under a filter."""
        page = self._get("/v1/seeds", **chosen, after=after, limit=limit)
        return cast(rows.Page[rows.SeedRow], page)

    def seed(self, seed_id: int) -> rows.SeedDetail:
        """A seed with all evidence and history."""
        return cast(rows.SeedDetail, self._get(f"/v1/seeds/{seed_id}"))

    def edit_seed(self, seed_id: int, changes: Mapping[str, Any]) -> rows.SeedDetail:
        """Change a seed; a new prompt or answer makes a new revision."""
        response = self._send("PATCH", f"/v1/seeds/{seed_id}", json=dict(changes))
        return cast(rows.SeedDetail, response.json())

    def push_seeds(
        self, lines: Iterable[bytes], *, label: str, key: str, recipe: str | None = None
    ) -> rows.ImportResult:
        """Send seeds as NDJSON in one request; `key` makes a repeated send harmless."""
        params = {"label": label, "results": "rejected"}
        response = self._send(
            "POST", "/v1/seeds:bulk", content=lines, timeout=SLOW,
            params=params if recipe is None else {**params, "recipe": recipe},
            headers={"Content-Type": "application/x-ndjson", "Idempotency-Key": key},
        )  # fmt: skip
        return cast(rows.ImportResult, response.json())

    def import_recipes(self) -> list[rows.Recipe]:
        """The public sets whose rows can be sent as they stand."""
        return cast(list[rows.Recipe], self._get("/v1/import-recipes"))

    def imports(self) -> rows.Page[rows.SeedImport]:
        """The last imports."""
        return cast(rows.Page[rows.SeedImport], self._get("/v1/imports"))

    def undo_import(self, import_id: int) -> rows.ImportUndone:
        """Take an import back."""
        answer = self._post(f"/v1/imports/{import_id}:undo", timeout=SLOW)
        return cast(rows.ImportUndone, answer)

    # Review

    def queue(
        self,
        chosen: rows.SeedFilter,
        limit: int = 20,
        *,
        shown: Sequence[int] = (),
        count: bool = True,
        patience: float | None = None,
    ) -> rows.Queue:
        """The next seeds to decide, leased to the caller, without those that are `shown` by now.

        patience: seconds after which it is given up, in place of the usual.
        """
        wanted = {**chosen, "limit": limit, "shown": list(shown), "count": count}
        timeout = TIMEOUT if patience is None else httpx.Timeout(patience)
        return cast(rows.Queue, self._get("/v1/queue", timeout=timeout, **wanted))

    def keep_leases(self, seed_ids: Sequence[int], queue_id: int | None = None) -> rows.Held:
        """Say that these seeds are still being looked at; which of them another has by now."""
        body = {"seed_ids": list(seed_ids), "queue_id": queue_id}
        return cast(rows.Held, self._post("/v1/queue:heartbeat", _parameters(body)))

    def release(self, seed_ids: Sequence[int], leased_until: str | None = None) -> None:
        """Give seeds back to the queue; with `leased_until` not those renewed since."""
        body = {"seed_ids": list(seed_ids), "leased_until": leased_until}
        self._post("/v1/queue:release", _parameters(body))

    def decide(self, decisions: Sequence[Mapping[str, Any]]) -> list[rows.DecisionResult]:
        """Post decisions; their tokens make repeating harmless."""
        answer = self._post("/v1/decisions", {"decisions": list(decisions)})
        return cast(list[rows.DecisionResult], answer["results"])

    def undo(self, token: str, decision_id: int | None = None) -> rows.Undone:
        """Undo a decision, or the caller's last that stands."""
        body = {"token": token, "decision_id": decision_id}
        return cast(rows.Undone, self._post("/v1/decisions:undo", _parameters(body)))

    # Jobs

    def job(self, job_id: int) -> rows.Job:
        """A piece of durable work."""
        return cast(rows.Job, self._get(f"/v1/jobs/{job_id}"))
