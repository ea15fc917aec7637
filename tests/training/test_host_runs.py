"""What a host prints, as it comes to the log of a run on several of them."""

from types import SimpleNamespace

import pytest

from training.host_runs import HostRun


def test_every_line_begins_with_its_host_one_that_was_written_over_too(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    run = HostRun([], [], [], {})
    printed = [b"begun\n", b"\rMap:  1%\rMap:  2%\rIt failed.\r\n"]
    process = SimpleNamespace(stdout=printed, wait=lambda: 1)
    run._read("worker-1", process)  # type: ignore[arg-type]
    assert capfdbinary.readouterr().out == b"worker-1: begun\nworker-1: It failed.\n"
    ended = run._ends.get_nowait()
    assert (ended.exit_code, ended.last_words) == (1, "It failed.")
