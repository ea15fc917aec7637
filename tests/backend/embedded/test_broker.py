"""The embedded broker, for real."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection

from backend.embedded import broker
from backend.embedded.folders import is_locked
from backend.embedded.servers import lock_file


@pytest.fixture(params=["with space", "100%-" + "x" * 120], ids=["space", "long"])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    place = tmp_path / request.param
    yield place
    broker.stop(place)


def put(url: str, payload: str) -> None:
    with Connection(url) as connection, connection.SimpleQueue("test") as queue:
        queue.put(payload)


def get(url: str) -> str:
    with Connection(url) as connection, connection.SimpleQueue("test") as queue:
        message = queue.get(timeout=10)
        message.ack()
        return str(message.payload)


def test_message_outlives_a_clean_stop(folder: Path) -> None:
    put(broker.start(folder).url, "kept")
    broker.stop(folder)
    assert not is_locked(lock_file(folder))
    assert get(broker.start(folder).url) == "kept"


def test_message_outlives_a_kill(folder: Path) -> None:
    put(broker.start(folder).url, "kept")
    os.kill(int(lock_file(folder).read_text()), signal.SIGKILL)
    assert get(broker.start(folder).url) == "kept"


def test_start_while_running_keeps_the_broker(folder: Path) -> None:
    broker.start(folder)
    first = lock_file(folder).read_text()
    broker.start(folder)
    assert lock_file(folder).read_text() == first
