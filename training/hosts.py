"""Trains on the hosts of a hostfile, reached by SSH: all of them, or none.

    python -m training.hosts look RECIPE.yaml --hostfile hosts --nodes 4 --devices 8
    python -m training.hosts end RECIPE.yaml --hostfile hosts --nodes 4

`training.launch` trains. `look` prints, as a list in JSON, what would keep the run from starting on
any of them; `end` ends what is left of the run on them, and names those that it could not reach.

Each host has this folder, this Python and what the recipe names at the same paths. DeepSpeed's own
launcher for several hosts is not used, only its part for one: it needs `pdsh`, hands on few
variables, leaves processes behind where SSH is cut, and ends those of other runs with its own.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple

from training.recipes import BadRecipe, GRPORecipe, SFTRecipe, read_recipe

_SSH: Final = ("ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=15",
               "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4", "--")  # fmt: skip
UNREACHED: Final = 255  # what ssh itself ends with
_ANSWER_SECONDS: Final = 40.0
# What libraries of training are told by; keys reach them too. CUDA_VISIBLE_DEVICES is each host's.
_HANDED_ON: Final = re.compile(
    r"(CUDA(?!_VISIBLE)|DEEPSPEED_|DS_|GLOO|HF_|HUGGING|MLFLOW|NCCL|OMP_|PYTHON|TENSORBOARD|"
    r"TOKENIZERS_|TORCH|TRANSFORMERS_|TRITON_|UCX_|VLLM_|WANDB|XDG_CACHE)\w*|LD_LIBRARY_PATH|"
    r"(https?|no)_proxy|(HTTPS?|NO)_PROXY"
)


class BadHosts(ValueError):
    """Hosts that cannot be trained on; the text names each and what is wrong there."""


class Host(NamedTuple):
    """A line of a hostfile: `NAME slots=8`."""

    name: str
    slots: int


class Answer(NamedTuple):
    """What came of a call of a host: its status, what it printed, and its last words."""

    code: int
    text: str
    last_words: str


def read_hosts(path: Path, nodes: int, devices: int) -> list[Host]:
    """The first hosts of a hostfile.

    Raises:
        BadHosts: it cannot be read, has too few hosts, or too few slots on one.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadHosts(f"the hostfile cannot be read: {error}") from error
    found: list[Host] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = re.fullmatch(r"\s*([\w][\w.@:-]*)\s+slots=(\d+)\s*(#.*)?", line)
        if match is None:
            raise BadHosts(f"line {number} of {path} is not as `worker-1 slots=8`: {line.strip()}")
        found.append(Host(match[1], int(match[2])))
    names = [host.name for host in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadHosts(f"{path} names {', '.join(twice)} twice")
    if len(found) < nodes:
        raise BadHosts(f"{path} has {len(found)} hosts, {nodes} are asked for")
    if few := [host for host in found[:nodes] if host.slots < devices]:
        said = ", ".join(f"{host.name} has {host.slots}" for host in few)
        raise BadHosts(f"{devices} slots on each host are asked for: {said} in {path}")
    return found[:nodes]


def started(host: Host, mark: str = "") -> "subprocess.Popen[bytes]":
    """A process on a host which waits to be told what to do (`training.on_host`)."""
    command = shlex.join([sys.executable, "-m", "training.on_host", *([mark] if mark else [])])
    there = f"cd {shlex.quote(str(Path.cwd()))} && exec {command}"
    return subprocess.Popen(
        [*_SSH, host.name, there], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if mark else subprocess.PIPE,
    )  # fmt: skip


def mark_of(recipe: SFTRecipe | GRPORecipe, node: int) -> str:
    """By what a run's processes on a host are known."""
    return f"{recipe.output.absolute()}#{node}"


def handed_on(told: dict[str, str]) -> dict[str, str]:
    """What the processes on a host get of our variables, and are told beside."""
    ours = {name: value for name, value in os.environ.items() if _HANDED_ON.fullmatch(name)}
    return {**ours, **told}


def node_command(
    hosts: Sequence[Host], node: int, devices: int, meeting: tuple[str, int], train: Sequence[str]
) -> list[str]:
    """DeepSpeed's launcher for one host, which starts a process for each device."""
    world = {host.name: list(range(devices)) for host in hosts}
    known = base64.urlsafe_b64encode(json.dumps(world).encode()).decode()
    address, port = meeting
    return [
        sys.executable, "-u", "-m", "deepspeed.launcher.launch", f"--world_info={known}",
        f"--node_rank={node}", f"--master_addr={address}", f"--master_port={port}",
        "--module", *train,
    ]  # fmt: skip


def look(
    recipe: SFTRecipe | GRPORecipe, path: Path, hosts: Sequence[Host], devices: int
) -> list[dict[str, Any]]:
    """What is on each host.

    Raises:
        BadHosts: one of them cannot be reached, or lacks what the run needs.
    """
    named = [recipe.data, Path(recipe.model)]
    paths = [str(one.absolute()) for one in named if one.exists()]
    wanted = {"look": {"shared": str(path.absolute()), "paths": paths}}
    mine = hashlib.sha256(path.read_bytes()).hexdigest()
    answers = _at_once(hosts, lambda _, host: _asked(host, wanted))
    faults, found = [], []
    for host, answer in zip(hosts, answers, strict=True):
        said = _read(answer)
        gpus = 0 if recipe.precision == "fp32" else devices
        if said is None:
            faults.append(f"{host.name} {unreached(answer)}")
        elif said["shared"] != mine:
            faults.append(f"{host.name} does not share {path.absolute().parent} with this machine")
        elif said["missing"]:
            faults.append(f"{host.name} has no {', '.join(said['missing'])}")
        elif said["gpus"] < gpus:
            faults.append(f"{host.name} has {said['gpus']} GPUs, {gpus} are asked for")
        else:
            found.append(said)
    if faults:
        raise BadHosts("; ".join(faults))
    return found


def end(recipe: SFTRecipe | GRPORecipe, hosts: Sequence[Host]) -> list[str]:
    """End what is left of a run on its hosts; where that could not be done, and why."""
    answers = _at_once(hosts, lambda node, host: _asked(host, {"end": mark_of(recipe, node)}))
    return [
        f"{host.name} {unreached(answer)}"
        for host, answer in zip(hosts, answers, strict=True) if answer.code
    ]  # fmt: skip


def unreached(answer: Answer) -> str:
    """Why a host did not answer as it should, in words."""
    if answer.code == UNREACHED:
        return f"cannot be reached by SSH: {answer.last_words}"
    return f"cannot be used: {answer.last_words}"


def last_words(text: str) -> str:
    """The last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it says nothing"


def _at_once(hosts: Sequence[Host], ask: Callable[[int, Host], Answer]) -> list[Answer]:
    with ThreadPoolExecutor(min(len(hosts), 64)) as pool:
        return list(pool.map(ask, range(len(hosts)), hosts))


def _asked(host: Host, said: dict[str, Any]) -> Answer:
    try:
        process = started(host)
    except OSError as error:
        return Answer(UNREACHED, "", str(error))
    try:
        out, errors = process.communicate(json.dumps(said).encode() + b"\n", _ANSWER_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return Answer(UNREACHED, "", f"no answer in {_ANSWER_SECONDS:.0f} s")
    words = last_words((errors or out).decode("utf-8", "replace"))
    return Answer(process.returncode, out.decode("utf-8", "replace"), words)


def _read(answer: Answer) -> dict[str, Any] | None:
    """What it has seen: its last line, for a login may greet before."""
    if answer.code:
        return None
    try:
        said: dict[str, Any] = json.loads(last_words(answer.text))
    except ValueError:
        return None
    return said


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("do", choices=["look", "end"])
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--hostfile", type=Path, required=True, help="DeepSpeed's list of hosts.")
    parser.add_argument("--nodes", type=int, default=1, help="Hosts, from the first on.")
    parser.add_argument("--devices", type=int, default=1, help="GPUs (or processes) on each.")
    wanted = parser.parse_args()
    try:
        recipe = read_recipe(wanted.recipe)
        hosts = read_hosts(wanted.hostfile, wanted.nodes, wanted.devices)
        if wanted.do == "end":
            faults = end(recipe, hosts)
        else:
            look(recipe, wanted.recipe, hosts, wanted.devices)
            faults = []
    except (BadRecipe, BadHosts) as error:
        faults = [str(error)]
    sys.stdout.write(json.dumps(faults) + "\n")


if __name__ == "__main__":
    main()
