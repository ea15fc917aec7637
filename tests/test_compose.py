"""docker-compose.yml: valid, without default secrets, and its commands and health checks work.

No Docker engine is needed: the commands run here with the same environment, on real services.
"""

import os
import re
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from backend.embedded import broker, postgres
from tests.services import PROGRAMS, ROOT, eventually, free_port, process, reachable

SECRETS = {
    "SEEDBED_POSTGRES_PASSWORD": "postgrespassword",
    "SEEDBED_RABBITMQ_PASSWORD": "rabbitpassword",
    "SEEDBED_ADMIN_KEY": "an-admin-key-for-tests",
}
COMPOSE = next(
    (["docker", "compose"] if name == "docker" else [name]
     for name in ("docker-compose", "docker")
     if shutil.which(name) and subprocess.run(
         [name, *(["compose"] if name == "docker" else []), "version"], capture_output=True
     ).returncode == 0),
    None,
)  # fmt: skip


def _config(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    assert COMPOSE is not None
    return subprocess.run(
        [*COMPOSE, "-f", "docker-compose.yml", "config"], cwd=ROOT, text=True,
        env={"PATH": os.environ["PATH"], **environment}, capture_output=True, check=False,
    )  # fmt: skip


@pytest.mark.skipif(COMPOSE is None, reason="docker compose is not installed")
def test_compose_file_is_valid() -> None:
    answer = _config(SECRETS)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.skipif(COMPOSE is None, reason="docker compose is not installed")
@pytest.mark.parametrize("secret", SECRETS)
def test_each_secret_is_required(secret: str) -> None:
    answer = _config({name: value for name, value in SECRETS.items() if name != secret})
    assert answer.returncode != 0
    assert secret in answer.stderr


def _services(ports: dict[str, str]) -> dict[str, Any]:
    """The file's services on loopback, with free ports in place of the published ones."""
    text = (ROOT / "docker-compose.yml").read_text().replace("0.0.0.0", "127.0.0.1")
    for written, free in ports.items():
        text = text.replace(written, free)
    text = re.sub(r"\$\{(\w+):[?-]([^}]*)\}", lambda found: SECRETS.get(found[1], ""), text)
    services: dict[str, Any] = yaml.safe_load(text)["services"]
    return services


def _healthy(check: list[str], environment: dict[str, str]) -> bool:
    assert check[0] == "CMD"
    return (
        subprocess.run(
            [str(PROGRAMS / check[1]), *check[2:]], cwd=ROOT, capture_output=True, check=False,
            env={**os.environ, **environment},
        ).returncode
        == 0
    )  # fmt: skip


def test_commands_and_health_checks_work(tmp_path: Path) -> None:
    ports = {"8300": str(free_port()), "8301": str(free_port())}
    services = _services(ports)
    database = postgres.start(tmp_path / "postgres", settings=postgres.SCRATCH_SETTINGS).url()
    rabbit = reachable("127.0.0.1", 5672)
    broker_url = "amqp://guest:guest@127.0.0.1" if rabbit else broker.start(tmp_path / "broker").url
    ours = {
        "SEEDBED_DATABASE_URL": database,
        "SEEDBED_BROKER_URL": broker_url,
        "SEEDBED_HOME": str(tmp_path / "home"),
        "SEEDBED_API_URL": f"http://127.0.0.1:{ports['8300']}",
    }
    with ExitStack() as running:
        for name in ("migrations", "api", "worker", "dashboard"):
            given = services[name]["environment"]
            environment = {key: value or "" for key, value in given.items()} | ours
            command = services[name]["command"]
            log = tmp_path / f"{name}.log"
            child = running.enter_context(process(command, environment, log))
            if name == "migrations":
                assert child.wait(60) == 0, log.read_text()
                continue
            check = services[name]["healthcheck"]["test"]
            eventually(lambda c=check, e=environment: _healthy(c, e), 60, f"{name} healthy")  # type: ignore[misc]
        health = httpx.get(f"{ours['SEEDBED_API_URL']}/healthz", timeout=10)
        assert health.json()["status"] == "ok", health.text
        bearer = {"Authorization": f"Bearer {SECRETS['SEEDBED_ADMIN_KEY']}"}
        me = httpx.get(f"{ours['SEEDBED_API_URL']}/v1/me", headers=bearer, timeout=10)
        assert me.json()["role"] == "admin"
    broker.stop(tmp_path / "broker")
    postgres.stop(tmp_path / "postgres")
