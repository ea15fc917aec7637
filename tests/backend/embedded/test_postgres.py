"""The embedded Postgres, for real: one server a folder, whatever the path and whoever dies."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from backend.embedded import postgres
from backend.embedded.folders import ROOT, is_locked
from backend.embedded.servers import lock_file
from tests.backend.embedded.waiting import wait_until


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "postgres"
    yield place
    postgres.stop(place)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a server that the tests leave alone."""
    place = tmp_path_factory.mktemp("running")
    start(place)
    yield place
    postgres.stop(place)


def start(folder: Path) -> None:
    postgres.start(folder, settings=postgres.SCRATCH_SETTINGS)


def connect(folder: Path) -> psycopg.Connection:
    url = make_url(postgres.url(folder))
    return psycopg.connect(
        host=str(url.query["host"]),
        port=str(url.query["port"]),
        user=url.username,
        dbname=url.database,
        autocommit=True,
    )


def server_process(folder: Path) -> int:
    return int(lock_file(folder).read_text())


def run_python(program: str, *arguments: object, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, **options)


def test_start_again_after_stop_finds_the_data(folder: Path) -> None:
    start(folder)
    with connect(folder) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
    postgres.stop(folder)
    assert not is_locked(lock_file(folder))
    start(folder)
    with connect(folder) as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(1,)]


def test_start_while_running_keeps_the_server(running: Path) -> None:
    first = server_process(running)
    start(running)
    assert server_process(running) == first


def test_start_after_kill_recovers_what_was_committed(folder: Path) -> None:
    postgres.start(folder)
    with connect(folder) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 100) AS number")
    os.kill(server_process(folder), signal.SIGKILL)
    wait_until(lambda: not postgres.is_ready(folder))
    postgres.start(folder)
    with connect(folder) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchall() == [(100,)]


def test_start_with_a_stale_process_number_of_a_living_process_starts(folder: Path) -> None:
    """After a crash of the machine the number in postmaster.pid may be anybody's."""
    start(folder)
    stale = folder / "data" / "cluster" / "postmaster.pid"
    text = stale.read_text()
    postgres.stop(folder)
    stale.write_text("\n".join([str(os.getppid()), *text.splitlines()[1:]]))
    start(folder)
    assert postgres.is_ready(folder)


def test_start_by_six_processes_at_once_makes_one_server(folder: Path) -> None:
    program = (
        "import sys; from backend.embedded import postgres as p; "
        "p.start(sys.argv[1], settings=p.SCRATCH_SETTINGS, outlive=True); "
        "print(open(sys.argv[1] + '/server.lock').read())"
    )
    starters = [run_python(program, folder) for _ in range(6)]
    seen = {starter.communicate(timeout=60)[0] for starter in starters}
    assert seen == {f"{server_process(folder)}\n"}
    assert postgres.is_ready(folder), "it outlives those who started it"


def test_server_ends_with_the_process_that_started_it(folder: Path) -> None:
    program = (
        "import sys, time; from backend.embedded import postgres as p; "
        "p.start(sys.argv[1], settings=p.SCRATCH_SETTINGS); print('up', flush=True); time.sleep(60)"
    )
    with run_python(program, folder) as starter:
        assert starter.stdout.readline() == "up\n"
        starter.kill()
    wait_until(lambda: not is_locked(lock_file(folder)))


@pytest.mark.parametrize(
    "name", ["with space", "comma, and 100% 'quotes\"", "long-" + "x" * 120], ids=str.split
)
def test_start_in_an_awkward_path_answers(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    start(folder)
    with connect(folder) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    sockets = Path(str(make_url(postgres.url(folder)).query["host"]))
    assert sockets.stat().st_mode & 0o777 == 0o700, "only the owner may reach a trusting server"
    postgres.stop(folder)


def test_server_has_no_port(running: Path) -> None:
    with connect(running) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_extensions_that_search_needs_are_there(running: Path) -> None:
    with connect(running) as connection:
        for extension in ("pg_trgm", "btree_gin", "unaccent"):
            connection.execute(f"CREATE EXTENSION {extension}")


def test_ensure_database_twice_makes_it_once(running: Path) -> None:
    postgres.ensure_database(running, "another")
    postgres.ensure_database(running, "another")
    with connect(running) as connection:
        names = connection.execute("SELECT datname FROM pg_database").fetchall()
    assert names.count(("another",)) == 1


def test_stop_where_none_runs_does_nothing(folder: Path) -> None:
    folder.mkdir()
    postgres.stop(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root leaves root")
def test_start_as_root_without_user_namespaces_runs_as_nobody(folder: Path) -> None:
    """As in most containers; the folder is one that only root may enter."""
    folder.mkdir(mode=0o700)
    program = (
        "import sys; from pathlib import Path; from backend.embedded import postgres, privileges\n"
        "def refuse(): raise PermissionError\n"
        "privileges.enter_user_namespace = refuse\n"
        "postgres.become(Path(sys.argv[1]), postgres.SCRATCH_SETTINGS)"
    )
    with run_python(program, folder, stderr=subprocess.DEVNULL) as server:
        wait_until(lambda: postgres.is_ready(folder))
        owner = Path(f"/proc/{server.pid}").stat().st_uid
        assert owner == (folder / "data" / "cluster").stat().st_uid != 0
        postgres.stop(folder)
    start(folder)  # and goes on as that user where namespaces are there again
