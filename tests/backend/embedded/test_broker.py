"""The embedded broker, for real."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import redis
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


def wait_for_file(url: str) -> None:
    """Wait until all that was put stands in the broker's file, as it does within a second."""
    path = unquote(url.removeprefix("redis+socket://"))
    with redis.Redis(unix_socket_path=path) as client:
        client.set("mark", 1)  # one's own last write is waited for, and all before it
        assert client.waitaof(1, 0, 10_000)[0] == 1


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


def test_message_in_the_file_outlives_a_kill(folder: Path) -> None:
    url = broker.start(folder).url
    put(url, "kept")
    wait_for_file(url)
    os.kill(int(lock_file(folder).read_text()), signal.SIGKILL)
    assert get(broker.start(folder).url) == "kept"


def test_start_while_running_keeps_the_broker(folder: Path) -> None:
    broker.start(folder)
    first = lock_file(folder).read_text()
    broker.start(folder)
    assert lock_file(folder).read_text() == first
