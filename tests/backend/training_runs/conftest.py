"""A stand-in that trains, and an end to all that it started."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.config import settings
from backend.training_runs.tables import TrainingRun
from tests.training_runs import end_run, standin


@pytest.fixture
def trainer(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    standin(tmp_path, monkeypatch)
    yield
    for handle in session.scalars(select(TrainingRun.handle)):
        end_run(handle)
    monkeypatch.undo()
    settings.cache_clear()
