"""The supervisor over small stand-ins: order, restarts, failures and endings."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.embedded.folders import ROOT
from tests.backend.embedded.waiting import wait_until


class Whole:
    """A running supervisor and what it and its parts have said so far."""

    def __init__(self, folder: Path, parts: list[dict[str, object]]) -> None:
        self.folder = folder
        self.screen = folder / "screen"
        with self.screen.open("wb") as screen:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.backend.embedded.whole", str(folder)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=screen,
                stderr=subprocess.STDOUT,
            )
        self.process.stdin.write(json.dumps(parts).encode())
        self.process.stdin.close()

    def said(self) -> str:
        return self.screen.read_text()

    def journal(self) -> list[str]:
        path = self.folder / "journal"
        return path.read_text().splitlines() if path.exists() else []

    def await_said(self, text: str) -> None:
        wait_until(lambda: text in self.said() or self.process.poll() is not None)
        assert text in self.said()

    def number_of(self, part: str) -> int:
        return int((self.folder / f"{part}.ready").read_text())

    def end(self, chosen: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(chosen)
        return self.process.wait(timeout=30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "with space"
    place.mkdir()
    return place


@pytest.fixture
def begin(folder: Path) -> Iterator[object]:
    begun: list[Whole] = []

    def begin(*parts: dict[str, object]) -> Whole:
        begun.append(Whole(folder, list(parts)))
        return begun[-1]

    yield begin
    for whole in begun:
        whole.process.kill()
        whole.process.wait()


def is_gone(process: int) -> bool:
    """Gone, or dead and only waiting for its new parent to take note."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def test_parts_start_after_what_they_need_and_stop_before_it(begin) -> None:
    whole = begin(
        {"name": "page", "after": ["service", "tables"]},
        {"name": "service", "after": ["store", "tables"]},
        {"name": "tables", "after": ["store"], "once": True, "code": "note('made')"},
        {"name": "store"},
    )
    whole.await_said("ALL READY")
    assert whole.end() == 0
    assert whole.journal() == [
        "store started", "tables made", "service started", "page started",
        "page stopped", "service stopped", "store stopped",
    ]  # fmt: skip


@pytest.mark.parametrize("chosen", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_stop_ends_everything_well(begin, chosen: signal.Signals) -> None:
    whole = begin({"name": "one"}, {"name": "two"})
    whole.await_said("ALL READY")
    assert whole.end(chosen) == 0
    assert sorted(whole.journal()[2:]) == ["one stopped", "two stopped"]


def test_a_killed_part_is_named_and_started_again(begin) -> None:
    whole = begin({"name": "worker"}, {"name": "other"})
    whole.await_said("ALL READY")
    first = whole.number_of("worker")
    os.kill(first, signal.SIGKILL)
    whole.await_said("worker was killed by SIGKILL; starting it again in 0.5 s")
    wait_until(lambda: whole.number_of("worker") != first)
    assert whole.journal().count("other started") == 1


FORKING = """
child = os.fork()
if child == 0: time.sleep(60)
(folder / "child").write_text(str(child))
serve()
"""


def test_children_of_a_killed_part_do_not_live_on_beside_its_successor(begin) -> None:
    whole = begin({"name": "worker", "code": FORKING})
    whole.await_said("ALL READY")
    child = int((whole.folder / "child").read_text())
    os.kill(whole.number_of("worker"), signal.SIGKILL)
    wait_until(lambda: is_gone(child))


def test_children_of_a_part_end_with_it(begin) -> None:
    whole = begin({"name": "worker", "code": FORKING})
    whole.await_said("ALL READY")
    child = int((whole.folder / "child").read_text())
    assert whole.end() == 0
    wait_until(lambda: is_gone(child))


def test_a_part_that_cannot_start_is_reported_and_the_rest_stops(begin) -> None:
    broken = "print('the config is wrong', flush=True); sys.exit(3)"
    whole = begin({"name": "store"}, {"name": "service", "code": broken, "after": ["store"]})
    assert whole.process.wait(timeout=30) == 1
    said = whole.said()
    assert "service ended with 3. Its last words:" in said
    assert "the config is wrong" in said
    assert f"Its log: {whole.folder / 'logs' / 'service.log'}" in said
    assert said.count("starting it again") == 2
    assert "ALL READY" not in said
    assert whole.journal() == ["store started", "store stopped"]


def test_a_part_that_never_becomes_ready_is_reported(begin) -> None:
    mute = "print('thinking', flush=True); time.sleep(60)"
    whole = begin({"name": "service", "code": mute, "start_patience": 0.5})
    assert whole.process.wait(timeout=30) == 1
    assert "service did not become ready in time" in whole.said()
    assert "thinking" in whole.said()


def test_a_failing_one_shot_is_not_tried_again(begin) -> None:
    whole = begin({"name": "tables", "once": True, "code": "note('tried'); sys.exit(1)"})
    assert whole.process.wait(timeout=30) == 1
    assert whole.journal() == ["tables tried"]


def test_an_unessential_part_may_fail(begin) -> None:
    demo = {"name": "demo", "once": True, "essential": False, "after": ["service"]}
    whole = begin({"name": "service"}, {**demo, "code": "sys.exit('no seeds')"})
    whole.await_said("ALL READY")
    whole.await_said("no seeds")
    assert whole.end() == 0


def test_a_deaf_part_is_killed_in_bounded_time(begin) -> None:
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN); is_ready(); time.sleep(60)"
    whole = begin({"name": "deaf", "code": deaf, "stop_patience": 0.3})
    whole.await_said("ALL READY")
    process = whole.number_of("deaf")
    assert whole.end() == 0
    assert is_gone(process)


def test_a_second_request_stops_at_once(begin) -> None:
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN); is_ready(); time.sleep(60)"
    whole = begin({"name": "deaf", "code": deaf, "stop_patience": 1000})
    whole.await_said("ALL READY")
    process = whole.number_of("deaf")
    whole.process.send_signal(signal.SIGINT)
    wait_until(lambda: whole.process.poll() is not None or whole.process.send_signal(signal.SIGINT))
    assert is_gone(process)


def test_parts_end_with_a_supervisor_that_is_killed(begin) -> None:
    whole = begin({"name": "one"}, {"name": "two"})
    whole.await_said("ALL READY")
    processes = [whole.number_of("one"), whole.number_of("two")]
    whole.end(signal.SIGKILL)
    wait_until(lambda: all(is_gone(process) for process in processes))


def test_logs_of_the_run_before_are_kept_beside(begin, folder: Path) -> None:
    log, previous = folder / "logs" / "part.log", folder / "logs" / "part.previous.log"
    for word in ("first", "second"):
        whole = begin({"name": "part", "code": f"print({word!r}, flush=True); serve()"})
        wait_until(lambda word=word: log.exists() and log.read_text() == f"{word}\n")
        whole.end()
    assert previous.read_text() == "first\n"
