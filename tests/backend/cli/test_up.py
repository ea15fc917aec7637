"""`seedbed up`, for real but for the model: all parts under the supervisor, on free ports."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from backend.embedded.folders import ROOT
from tests.backend.embedded.waiting import wait_until

UP = [sys.executable, "-m", "backend.cli.app", "up", "--no-demo", "--no-model"]
PATIENCE = 200.0  # seconds: a shared machine may be slow


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


@pytest.fixture
def environment(tmp_path: Path, taken_port: int) -> dict[str, str]:
    """As on a bare machine, in a path with a space, with one port taken."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("SEEDBED_")}
    return {
        **bare,
        "SEEDBED_HOME": str(tmp_path / "my home"),
        "SEEDBED_API_PORT": str(taken_port),
        "SEEDBED_DASHBOARD_PORT": str(taken_port),
        "SEEDBED_ADMIN_KEY": "the-key-of-automation",
    }


@pytest.fixture
def screen(tmp_path: Path, environment: dict[str, str]) -> Iterator[Path]:
    """What a running `seedbed up` has said so far."""
    path = tmp_path / "screen"
    with path.open("wb") as output:
        process = subprocess.Popen(
            UP, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait_until(lambda: "Ctrl-C" in path.read_text() or process.poll() is not None, PATIENCE)
        yield path
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0, path.read_text()
        assert path.read_text().endswith("Stopped.\n")
    finally:
        process.kill()
        process.wait()


def api_url(said: str) -> str:
    found = re.search(r"api +[\d.]+ s +(http\S+)", said)
    assert found, said
    return found[1]


def test_up_brings_all_parts_and_a_link_and_mends_what_dies(
    screen: Path, environment: dict[str, str], taken_port: int
) -> None:
    said = screen.read_text()
    assert f"port {taken_port} is taken; the API goes to" in said
    api = api_url(said)
    assert httpx.get(f"{api}/healthz").json()["status"] == "ok"
    key = {"Authorization": f"Bearer {environment['SEEDBED_ADMIN_KEY']}"}
    assert httpx.get(f"{api}/v1/me", headers=key).json()["role"] == "admin"

    link = re.search(r"link=(\S+)", said)
    assert link, said
    assert httpx.post(f"{api}/v1/sign-in", json={"link": link[1]}).is_success

    second = subprocess.run(UP, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert second.returncode == 0
    assert "is running already" in second.stdout
    assert re.search(r"link=(\S+)", second.stdout)

    os.kill(int((Path(environment["SEEDBED_HOME"]) / "broker/server.lock").read_text()), 9)
    wait_until(lambda: "broker was killed by SIGKILL; starting it again" in screen.read_text())
    wait_until(lambda: httpx.get(f"{api}/healthz").json()["parts"]["broker"] == "ok", PATIENCE)
