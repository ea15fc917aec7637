"""Two workers of a host that begin runs at the same moment, each on a connection of its own."""

import threading
from typing import Any

import pytest
from sqlalchemy import text

from backend.database import session_scope
from backend.training_runs import service
from backend.training_runs.devices import Waits, take_place
from backend.training_runs.schemas import TrainingRunCreate
from backend.training_runs.tables import TrainingRun
from tests.builders import create_user
from tests.services import eventually
from tests.training_runs import create_export, plan

GPUS = [0, 1]


def _asked() -> int:
    with session_scope() as session:
        body: Any = plan(create_export(session).id, target={"devices": 1})
        body["recipe"]["overrides"]["precision"] = "bf16"
        wanted = TrainingRunCreate.model_validate(body)
        return service.create_run(session, create_user(session), wanted).id


def _is_waited_for() -> bool:
    waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
    with session_scope() as session:
        return bool(session.scalar(text(waiting)))


@pytest.mark.usefixtures("committed")
def test_runs_that_begin_at_the_same_moment_get_different_devices() -> None:
    """The second waits for the first one's transaction, and sees what that has taken."""
    one, two = _asked(), _asked()
    found: list[Any] = []

    def take() -> None:
        with session_scope() as session:
            run = session.get_one(TrainingRun, two)
            found.append(take_place(session, run, "here", GPUS))

    second = threading.Thread(target=take)
    with session_scope() as session:
        run = session.get_one(TrainingRun, one)
        place = take_place(session, run, "here", GPUS)
        assert not isinstance(place, Waits)
        run.state, run.handle = "starting", {"host": "here", **place}
        second.start()
        eventually(_is_waited_for, 20, "the second")
    second.join()
    assert (place["devices"], found[0]["devices"]) == ([0], [1])
    assert place["port"] != found[0]["port"]
