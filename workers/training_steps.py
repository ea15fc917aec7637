"""Follows a training run, one short step at a time; whoever takes the next step may be another.

A step reads the run's state, does the one thing that is due, and stores what came of it in one
transaction. A worker that dies leaves a state from which the next one goes on.
"""

import logging
import socket
import time
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from backend.config import settings
from backend.database import existing, session_scope
from backend.exports.tables import Export
from backend.jobs.service import ClaimedJob
from backend.training_runs import attempts, following
from backend.training_runs.devices import Waits, take_place
from backend.training_runs.folders import (
    attempt_folder,
    export_folder,
    folder_of,
    home,
    last_saved_step,
    log_of,
    output_of,
    whole_checkpoints,
)
from backend.training_runs.following import Failed, Weights
from backend.training_runs.schemas import Target
from backend.training_runs.service import OVER, end
from backend.training_runs.tables import TrainingAttempt, TrainingRun
from workers import training_files as files
from workers.code_version import code_version
from workers.gpus import gpus_here
from workers.launchers import Handle, Launcher, LaunchFailed, LaunchPlan, Look
from workers.launchers.places import LAUNCHERS
from workers.training_failures import failure_of
from workers.training_preflight import Stopped, checked, training_python

log = logging.getLogger("seedbed.training")

PREFLIGHT_SECONDS: Final = 600.0
_RECIPE: Final = "recipe.yaml"
_AT_ONCE: Final = 0.0


class Step:
    """One step of the run that a job follows.

    Args:
        job: the job, claimed.
        run: the run as it was read a moment ago.
    """

    def __init__(self, job: ClaimedJob, run: TrainingRun) -> None:
        self._job, self._run = job, run
        self._launcher: Launcher = LAUNCHERS[run.target["where"]]
        self._pause = settings().training_poll_seconds

    def take(self) -> float | None:
        """Do what is due; seconds until the next step, None where there is none."""
        run = self._run
        if run.state in OVER:
            return None
        if run.cancel_asked_at is not None:
            return self._cancel()
        if run.state == "pending":
            return self._wait_for_export()
        if run.state == "checking":
            return self._check()
        return self._look() if (run.handle or {}).get("begun") else self._start()

    def _plan(self) -> LaunchPlan:
        run, recipe = self._run, folder_of(self._run) / _RECIPE
        return LaunchPlan(
            run.id, attempt_folder(run, run.attempt), recipe, output_of(run), run.kind, run.target,
            training_python(),
        )  # fmt: skip

    def _held(self, session: Session) -> TrainingRun:
        return following.held(session, self._job)

    def _cancel(self) -> float:
        handle = self._run.handle
        left = None if handle is None else self._launcher.cancel(self._plan(), handle)
        self._take_in_metrics()
        with session_scope() as session:
            run = self._held(session)
            end(session, run, "cancelled")
            run.note = left
        return _AT_ONCE

    def _wait_for_export(self) -> float:
        with session_scope() as session:
            run = self._held(session)
            if run.cancel_asked_at is None and following.wait_for_export(session, run):
                run.state = "checking"
                return _AT_ONCE
        return self._pause

    def _check(self) -> float:
        plan = self._plan()
        with session_scope() as session:
            export = existing(session, Export, self._run.export_id, "export")
        data = export_folder(str(export.folder))
        plan.folder.mkdir(parents=True, exist_ok=True)
        if self._run.attempt > 1:
            self._end_what_is_left()
        files.write_recipe(plan.recipe, self._run.recipe["fields"], data, plan.output)
        try:
            target = Target.model_validate(plan.target)
            found = checked(plan.recipe, target, PREFLIGHT_SECONDS, self._is_unwanted, whole=True)
        except Stopped:
            return _AT_ONCE
        with session_scope() as session:
            run = self._held(session)
            run.checks = found.model_dump(mode="json")
            if not found.ok:
                said = [each for each in found.checks if not each.ok and each.severity == "error"]
                message = "; ".join(f"{each.name}: {each.message}" for each in said)
                following.fail(session, run, Failed("preflight", message, {}))
                return _AT_ONCE
            if run.attempt > 1:
                # The run's row is held: nothing of this attempt writes to the folder yet.
                files.prepare_anew(plan.output)
                following.begin_from(session, run, last_saved_step(run))
            run.state = "starting"
            if plan.target["where"] in ("local", "hosts"):
                following.pin(session, run, socket.gethostname())
        return _AT_ONCE

    def _end_what_is_left(self) -> None:
        """End what may live on of attempts before, and read to the end what they have logged."""
        with session_scope() as session:
            left = attempts.left_behind(session, following.read_run(session, self._job))
        if isinstance(left, TrainingAttempt) and left.handle is not None:
            plan = self._plan()._replace(folder=attempt_folder(self._run, left.number))
            self._launcher.cancel(plan, left.handle)
            with session_scope() as session:
                attempts.seen_over(session, self._held(session))
        self._take_in_metrics()

    def _is_unwanted(self) -> bool:
        with session_scope() as session:
            return following.read_run(session, self._job).cancel_asked_at is not None

    def _start(self) -> float:
        handle = self._run.handle or self._announce()
        if handle is None:
            return self._pause
        plan = self._plan()
        try:
            handle = self._launcher.start(plan, handle)
        except LaunchFailed as error:
            with session_scope() as session:
                run = self._held(session)
                if run.cancel_asked_at is None:
                    following.fail(session, run, Failed("launch", str(error), {}))
            return _AT_ONCE
        with session_scope() as session:
            run = self._held(session)
            run.handle, run.note = handle, None
        return _AT_ONCE

    def _announce(self) -> Handle | None:
        """By what the run will be found, stored; None where it has to wait for the machine."""
        handle, code = self._launcher.announce(self._plan()), code_version()
        gpus = gpus_here() if "host" in handle else []
        with session_scope() as session:
            run = self._held(session)
            if run.cancel_asked_at is not None:
                return None
            if (host := handle.get("host")) is not None:
                place = take_place(session, run, host, gpus)
                if isinstance(place, Waits):
                    run.note = place.note
                    return None
                handle = {**handle, **place}
            run.handle, run.code_version = handle, code
        return handle

    def _look(self) -> float:
        assert self._run.handle is not None
        plan = self._plan()
        look = self._launcher.poll(plan, self._run.handle)
        # After that look: all that an ended run has written is there.
        self._take_in_metrics()
        self._register_checkpoints()
        if look.state == "unseen":
            look = self._from_its_files(look)
        if look.state == "ended":
            self._end(look)
            return _AT_ONCE
        with session_scope() as session:
            run = self._held(session)
            self._note(session, run, look)
        return self._pause

    def _note(self, session: Session, run: TrainingRun, look: Look) -> None:
        run.note = look.note
        handle = dict(run.handle or {})
        if look.state == "unseen":
            handle.setdefault("unseen_since", time.time())
        else:
            handle.pop("unseen_since", None)
        run.handle = handle
        if look.state == "running" or following.has_logged(session, run):
            run.state = "running"
            run.started_at = run.started_at or following.now()

    def _from_its_files(self, look: Look) -> Look:
        """How a run stands that nobody can be asked about."""
        with session_scope() as session:
            has_ended = following.has_summary(session, self._run.id)
        output = output_of(self._run)
        if has_ended and files.has_model(output):
            return Look("ended", 0)
        return Look("ended", note=look.note, lost=True) if look.lost else look

    def _take_in_metrics(self) -> None:
        """All lines that are whole by now; each transaction stores lines and how far it read."""
        output = output_of(self._run)
        while True:
            with session_scope() as session:
                run = self._held(session)
                tail = files.new_metrics(output, run.metrics_read)
                if tail.read_to == run.metrics_read:
                    return
                following.take_in(session, run, tail.lines, tail.read_to)
                done = max((line.step for line in tail.lines), default=0)
                self._job.progress(session, done, run.recipe["fields"]["steps"])

    def _register_checkpoints(self) -> None:
        found = whole_checkpoints(output_of(self._run))
        with session_scope() as session:
            known = following.known_steps(session, self._run)
        for step in sorted(found.keys() - known):
            weights = self._weights(step, found[step], is_final=False)
            with session_scope() as session:
                following.register(session, self._held(session), weights)

    def _weights(self, step: int, folder: Path, *, is_final: bool) -> Weights:
        return Weights(
            step, is_final, str(folder.relative_to(home())), files.files_of(folder),
            files.lineage_of(output_of(self._run)),
        )  # fmt: skip

    def _end(self, look: Look) -> None:
        output = output_of(self._run)
        has_model = look.exit_code == 0 and files.has_model(output)
        if not has_model:
            failed = failure_of(output, log_of(self._run), look)
            with session_scope() as session:
                following.fail(session, self._held(session), failed)
            return
        with session_scope() as session:
            step = following.last_step(session, self._run)
        weights = self._weights(step, output, is_final=True)
        with session_scope() as session:
            run = self._held(session)
            run.started_at = run.started_at or following.now()
            following.register(session, run, weights)
            end(session, run, "finished")
