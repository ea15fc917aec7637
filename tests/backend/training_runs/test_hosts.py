"""Runs on hosts reached by SSH, by stand-ins for `ssh` and for DeepSpeed: see `hosts.py`.

Everything between is what trains: keeper, `training.launch`, `training.hosts`, `training.on_host`.
"""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.jobs import service as jobs
from backend.training_runs.preflight import ask
from backend.training_runs.schemas import TrainingPlan
from tests.backend.training_runs.hosts import Network
from tests.builders import create_user
from tests.services import eventually
from tests.training_runs import (
    asked,
    create_export,
    followed,
    is_alive,
    output,
    plan,
    reached,
    shown,
    step,
)

pytestmark = pytest.mark.usefixtures("trainer")


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trainer: None) -> Iterator[Network]:
    network = Network(tmp_path / "net", "a", "b", "c")
    network.install(monkeypatch)
    yield network
    network.close()


_SHARED_OUT = {"batch": 12, "device_batch": 1}


def _target(network: Network, **fields: Any) -> Any:
    hostfile = str(network.hostfile)
    return {"where": "hosts", "nodes": 2, "devices": 2, "hostfile": hostfile, **fields}


def _asked(
    client: TestClient, session: Session, network: Network, model: str = "ok", nodes: int = 2,
    **overrides: Any,
) -> Any:  # fmt: skip
    target, export = _target(network, nodes=nodes), create_export(session)
    return asked(client, export.id, model, target=target, overrides=_SHARED_OUT | overrides)


def _on(run: Any, host: str) -> Any:
    """What the processes on a host say of themselves, once they do."""
    path = output(run["id"]) / f"{host}.json"
    eventually(path.exists, 30, f"the processes on {host}")
    return json.loads(path.read_text())


def _is_empty(network: Network) -> bool:
    return not any(network.left().values())


def test_run_trains_on_its_hosts_to_the_end(
    client: TestClient, session: Session, network: Network
) -> None:
    run = followed(client, _asked(client, session, network))
    assert (run["failure"], run["state"], run["step"]) == (None, "finished", 6)
    assert run["checkpoint_id"] is not None
    [check] = [check for check in run["checks"]["checks"] if check["name"] == "hosts"]
    assert check["message"] == "2 answer by SSH"
    log = client.get(f"/v1/training-runs/{run['id']}/log").json()["text"]
    assert {"a: its processes begin", "b: its processes begin"} <= set(log.splitlines())
    first, second = _on(run, "a")["given"], _on(run, "b")["given"]
    assert (first["node_rank"], second["node_rank"]) == ("0", "1")
    assert first["master_addr"] == second["master_addr"] == "127.0.0.1"
    assert first["master_port"] == second["master_port"]
    assert not (output(run["id"]) / "c.json").exists()
    assert _is_empty(network)


def test_single_host_is_reached_too(client: TestClient, session: Session, network: Network) -> None:
    run = followed(client, _asked(client, session, network, nodes=1))
    assert run["state"] == "finished"
    variables = _on(run, "a")["variables"]
    assert variables["STANDIN_HOST"] == str(network.folder / "a")


def test_hosts_are_told_what_training_needs_and_no_more(
    client: TestClient, session: Session, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = """it's a "key" $HOME; `with` all"""
    monkeypatch.setenv("WANDB_API_KEY", key)
    monkeypatch.setenv("HF_HOME", "/shared/a cache")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    monkeypatch.setenv("SEEDBED_DATABASE_URL_OF_OTHERS", "postgresql://secret")
    run = _asked(client, session, network, "held")
    followed(client, run, "running")
    variables = _on(run, "b")["variables"]
    arguments = b""
    for number in network.left()["b"]:
        arguments += Path(f"/proc/{number}/cmdline").read_bytes()
    assert (variables["WANDB_API_KEY"], variables["HF_HOME"]) == (key, "/shared/a cache")
    assert variables["DS_ACCELERATOR"] == "cpu"  # as the recipe has it
    assert "CUDA_VISIBLE_DEVICES" not in variables
    assert not any("DATABASE" in name for name in variables)
    assert b"training.on_host" in arguments
    assert b"`with`" not in arguments
    (output(run["id"]) / "go").touch()
    assert followed(client, run)["state"] == "finished"


@pytest.mark.parametrize("model", ["held", "held deaf"])
def test_cancelling_ends_every_process_on_every_host(
    client: TestClient, session: Session, network: Network, model: str
) -> None:
    run = _asked(client, session, network, model, nodes=3)
    followed(client, run, "running")
    reached(client, run, 3)
    children = [_on(run, host)["child"] for host in "abc"]
    assert all(is_alive(number) for number in children)
    client.post(f"/v1/training-runs/{run['id']}:cancel")
    step(run["job_id"])
    over = shown(client, run["id"])
    assert (over["state"], over["note"]) == ("cancelled", None)
    assert _is_empty(network)
    assert not any(is_alive(number) for number in children)


def test_cancelling_leaves_other_runs_on_the_same_hosts_alone(
    client: TestClient, session: Session, network: Network
) -> None:
    run = _asked(client, session, network, "held")
    followed(client, run, "running")
    other = _on(run, "b")["child"]
    waits = _asked(client, session, network)
    followed(client, waits, "starting")
    client.post(f"/v1/training-runs/{waits['id']}:cancel")
    step(waits["job_id"])
    assert shown(client, waits["id"])["state"] == "cancelled"
    assert is_alive(other)
    assert shown(client, run["id"])["state"] == "running"


def test_host_that_is_gone_when_it_is_cancelled_is_named(
    client: TestClient, session: Session, network: Network
) -> None:
    run = _asked(client, session, network, "held")
    followed(client, run, "running")
    _on(run, "b")
    network.down("b")
    client.post(f"/v1/training-runs/{run['id']}:cancel")
    step(run["job_id"])
    over = shown(client, run["id"])
    assert over["state"] == "cancelled"
    assert over["note"].startswith("its processes may live on: b cannot be reached by SSH")
    eventually(lambda: _is_empty(network), 20, "the end of what nobody holds any more")


@pytest.mark.parametrize(
    ("model", "cause", "words"),
    [
        ("held b:killed", "out_of_memory", "b: A process was killed by signal 9"),
        ("held b:exit-3", "other", "b: training ended with status 3: ValueError: nothing that"),
        ("held b:gpu-memory", "out_of_memory", "b: The GPU ran out of memory. torch.OutOfMemory"),
        ("held b:bad-row", "bad_row", "b: row 3: prompt is missing"),
        ("gpu-memory", "out_of_memory", "a: The GPU ran out of memory."),
    ],
)
def test_failure_on_one_host_names_it_and_ends_the_others(
    client: TestClient, session: Session, network: Network, model: str, cause: str, words: str
) -> None:
    run = followed(client, _asked(client, session, network, model))
    assert (run["state"], run["failure"]["cause"]) == ("failed", cause)
    assert run["failure"]["message"].startswith(words)
    assert run["failure"]["last_lines"][0] in ("its processes begin", "it begins")
    assert _is_empty(network)


def test_host_that_ssh_has_lost_is_named_and_ends_what_runs_there(
    client: TestClient, session: Session, network: Network
) -> None:
    run = _asked(client, session, network, "held")
    followed(client, run, "running")
    _on(run, "b")
    network.cut("b")
    failure = followed(client, run)["failure"]
    assert failure["cause"] == "communication"
    assert failure["message"].startswith("b: SSH has lost it: Connection to host closed")
    eventually(lambda: _is_empty(network), 20, "the end of what nobody holds any more")


def test_what_holds_the_processes_of_a_host_is_killed_and_they_are_ended_all_the_same(
    client: TestClient, session: Session, network: Network
) -> None:
    run = _asked(client, session, network, "held")
    followed(client, run, "running")
    holder = _on(run, "b")["parent"]
    os.kill(holder, signal.SIGKILL)
    failure = followed(client, run)["failure"]
    assert failure["message"].startswith("b: A process was killed by signal 9")
    assert _is_empty(network)


def test_keeper_that_was_killed_leaves_nothing_on_the_hosts(
    client: TestClient, session: Session, network: Network
) -> None:
    run = _asked(client, session, network, "held")
    followed(client, run, "running")
    _on(run, "b")
    os.kill(shown(client, run["id"])["handle"]["pid"], signal.SIGKILL)
    assert followed(client, run)["failure"]["cause"] == "lost"
    eventually(lambda: _is_empty(network), 20, "the end of what nobody holds any more")


def test_host_that_cannot_be_used_is_named_before_anything_starts(
    client: TestClient, session: Session, network: Network
) -> None:
    network.down("b")
    run = followed(client, _asked(client, session, network, nodes=3))
    assert run["failure"]["cause"] == "preflight"
    assert run["failure"]["message"] == (
        "hosts: b cannot be reached by SSH: ssh: connect to host b port 22: Connection timed out"
    )
    assert run["handle"] is None
    assert not output(run["id"]).exists()


def test_host_that_goes_down_after_the_checks_keeps_the_others_from_starting(
    client: TestClient, session: Session, network: Network
) -> None:
    network.down_after("b", 1)
    failure = followed(client, _asked(client, session, network))["failure"]
    assert "b cannot be reached by SSH" in failure["message"]
    assert failure["cause"] != "preflight"
    assert _is_empty(network)


def test_folder_that_is_not_shared_is_told_with_its_host(
    client: TestClient, session: Session, network: Network
) -> None:
    network.alone("b")
    run = followed(client, _asked(client, session, network))
    folder = output(run["id"]).parent
    assert run["failure"]["message"] == f"hosts: b does not share {folder} with this machine"


def test_gpus_are_counted_where_the_run_trains(
    client: TestClient, session: Session, network: Network
) -> None:
    for name, count in {"a": 2, "b": 1}.items():
        network.gpus(name, count)
    run = _asked(client, session, network, precision="bf16")
    failure = followed(client, run)["failure"]
    assert failure["message"] == "hosts: b has 1 GPUs, 2 are asked for"


def test_plan_is_checked_on_its_hosts_before_it_is_asked_for(
    client: TestClient, session: Session, network: Network
) -> None:
    network.down("b")
    wanted = plan(create_export(session).id, target=_target(network), overrides=_SHARED_OUT)
    del wanted["name"]
    number = ask(session, create_user(session), TrainingPlan.model_validate(wanted))
    session.commit()
    step(number)
    checks = jobs.get(session, number).payload["result"]
    [check] = [check for check in checks["checks"] if check["name"] == "hosts"]
    assert "b cannot be reached by SSH" in check["message"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("a slots=2\n", "has 1 hosts, 2 are asked for"),
        ("a slots=2\nb slots=1\n", "2 slots on each host are asked for: b has 1"),
        ("a slots=2\na slots=2\n", "names a twice"),
        ("a slots=2\n-oProxyCommand=x slots=2\n", "line 2 of"),
        ("a slots=2\nd slots=2\n", "d cannot be reached by SSH: ssh: Could not resolve"),
    ],
)
def test_hostfile_that_will_not_do_is_refused_with_words(
    client: TestClient, session: Session, network: Network, lines: str, words: str
) -> None:
    network.hostfile.write_text(lines)
    run = followed(client, _asked(client, session, network))
    assert words in run["failure"]["message"]
    assert run["failure"]["cause"] == "preflight"
