"""Training runs: checks before the start, and following them. Both are taken beside the slots."""

import logging
import tempfile
import time
from pathlib import Path
from typing import Final

from backend.database import session_scope
from backend.exports.service import get_export
from backend.jobs import service as jobs
from backend.jobs.service import ClaimedJob, LeaseLost
from backend.training_runs import following
from backend.training_runs.folders import export_folder, home
from backend.training_runs.preflight import CHECK_SECONDS
from backend.training_runs.schemas import Target
from backend.training_runs.service import OVER
from workers.training_files import write_recipe
from workers.training_preflight import checked
from workers.training_steps import Step

log = logging.getLogger("seedbed.training")

TROUBLE_SECONDS: Final = 10.0


def follow(job: ClaimedJob) -> None:
    """Take steps until one has to be waited for; then give the job back, to be woken again.

    What goes wrong between us and the run is noted on it, and tried again: the run goes on.
    """
    try:
        pause = _steps(job)
    except LeaseLost:
        raise
    except Exception as error:
        log.warning("training run %s", job.payload["training_run_id"], exc_info=True)
        pause = TROUBLE_SECONDS
        with session_scope() as session:
            run = following.held(session, job)
            run.note = f"Seedbed could not look after it, and tries again: {error}"
    with session_scope() as session:
        run = following.held(session, job)
        if run.state in OVER:
            job.done(session)
        else:
            # Whoever asked to cancel while we took a step found nobody to hurry.
            new = run.cancel_asked_at is not None and pause != TROUBLE_SECONDS
            job.postpone(session, 0.0 if new else pause)


def _steps(job: ClaimedJob) -> float:
    while True:
        with session_scope() as session:
            run = following.read_run(session, job)
        pause = Step(job, run).take()
        if pause is None or pause > 0:
            return pause or 0.0


def preflight(job: ClaimedJob) -> None:
    """Look at a plan, and store what is to be said of it in the job."""
    if time.time() > job.payload["void_after"]:
        raise TimeoutError("the caller has stopped waiting")
    with session_scope() as session:
        export = get_export(session, job.payload["export_id"])
    # Where runs lie, which hosts have to share: not in a folder of this machine alone.
    runs = home() / "training"
    runs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".checks-", dir=runs) as folder:
        recipe, output = Path(folder) / "recipe.yaml", Path(folder) / "output"
        data = export_folder(export.folder or "not-written-yet")
        write_recipe(recipe, job.payload["recipe"], data, output)
        target = Target.model_validate(job.payload["target"])
        whole = export.state == "finished"
        found = checked(recipe, target, CHECK_SECONDS, lambda: False, whole=whole)
    with session_scope() as session:
        job.fence(session)
        row = jobs.get(session, job.id)
        row.payload = row.payload | {"result": found.model_dump(mode="json")}
