"""What the pages ask the API about training."""

from collections.abc import Mapping
from typing import Any, Final, cast

import httpx

from dashboard import rows
from dashboard.rows.training import (
    Checkpoint,
    Checks,
    LogPart,
    Metrics,
    RecipeTemplate,
    Samples,
    TrainingRun,
)

# A worker looks at models, data and devices before it answers.
PATIENT: Final = httpx.Timeout(120.0, connect=3.0)


class TrainingRequests:
    """The part of `dashboard.api.Api` that is about training."""

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def training_recipes(self) -> list[RecipeTemplate]:
        """Recipes to begin with."""
        return cast(list[RecipeTemplate], self._get("/v1/training-recipes"))

    def check_training(self, plan: Mapping[str, Any]) -> Checks:
        """What a worker says of a plan before it is started."""
        answer = self._post("/v1/training-runs:preflight", dict(plan), timeout=PATIENT)
        return cast(Checks, answer)

    def start_training(self, plan: Mapping[str, Any]) -> TrainingRun:
        """Begin a training run."""
        return cast(TrainingRun, self._post("/v1/training-runs", dict(plan)))

    def training_runs(self, *, after: str | None = None, limit: int = 50) -> rows.Page[TrainingRun]:
        """A page of the runs, newest first."""
        page = self._get("/v1/training-runs", after=after, limit=limit)
        return cast(rows.Page[TrainingRun], page)

    def training_run(self, run_id: int) -> TrainingRun:
        """A run with how far it is."""
        return cast(TrainingRun, self._get(f"/v1/training-runs/{run_id}"))

    def cancel_training(self, run_id: int) -> TrainingRun:
        """Have a run ended."""
        return cast(TrainingRun, self._post(f"/v1/training-runs/{run_id}:cancel"))

    def resume_training(self, run_id: int, *, host_is_gone: bool = False) -> TrainingRun:
        """Go on with a run that failed or was cancelled; elsewhere, where its host is gone."""
        gone = {"host_is_gone": True} if host_is_gone else {}
        return cast(TrainingRun, self._post(f"/v1/training-runs/{run_id}:resume", params=gone))

    def training_metrics(self, run_id: int, after: int) -> Metrics:
        """What a run logged after a position."""
        return cast(Metrics, self._get(f"/v1/training-runs/{run_id}/metrics", after=after))

    def training_log(
        self, run_id: int, after: int | None = None, limit: int | None = None
    ) -> LogPart:
        """A part of a run's log; its end, where no offset is given."""
        path = f"/v1/training-runs/{run_id}/log"
        return cast(LogPart, self._get(path, after=after, limit=limit))

    def training_samples(self, run_id: int) -> Samples:
        """The last completions that a run wrote down."""
        return cast(Samples, self._get(f"/v1/training-runs/{run_id}/samples"))

    def checkpoints(
        self, *, matching: str | None = None, after: str | None = None, limit: int = 50
    ) -> rows.Page[Checkpoint]:
        """A page of checkpoints, newest first; of those whose name holds a text, or of a number."""
        page = self._get("/v1/checkpoints", matching=matching, after=after, limit=limit)
        return cast(rows.Page[Checkpoint], page)

    def checkpoint(self, checkpoint_id: int) -> Checkpoint:
        """A checkpoint with what made it."""
        return cast(Checkpoint, self._get(f"/v1/checkpoints/{checkpoint_id}"))
