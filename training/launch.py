"""Starts a recipe's training: here, on hosts reached by SSH, by Slurm or on Kubernetes.

    python -m training.launch RECIPE.yaml                          on this machine
    python -m training.launch RECIPE.yaml --hostfile hosts         on all hosts of a hostfile
    python -m training.launch RECIPE.yaml --slurm --nodes 4        writes and submits a job
    python -m training.launch RECIPE.yaml --kubernetes --nodes 4   writes a PyTorchJob

`--show` only prints what would be started.
"""

import argparse
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from training import hosts
from training.host_runs import HostRun, forget_failed_hosts
from training.recipes import BadRecipe, GRPORecipe, SFTRecipe, read_recipe

# Where processes on several hosts meet: DeepSpeed's own.
PORT: Final = 29500
# What a process on a CPU has to be told; harmless nowhere else, so only set there.
CPU_ENVIRONMENT: Final = {"DS_ACCELERATOR": "cpu", "OMP_NUM_THREADS": "1"}


class Target(NamedTuple):
    """Where to train.

    Attributes:
        nodes: how many machines.
        devices: how many devices (or processes, without GPUs) on each.
        hostfile: DeepSpeed's list of hosts, where they are reached by SSH.
        port: by which its processes meet; None for DeepSpeed's own.
        gpus: which ones of this machine, where it is not the first `devices`.
    """

    nodes: int = 1
    devices: int = 1
    hostfile: Path | None = None
    port: int | None = None
    gpus: str | None = None

    @property
    def processes(self) -> int:
        """One for each device."""
        return self.nodes * self.devices


def module_of(recipe: SFTRecipe | GRPORecipe) -> str:
    """The program that trains by it."""
    return f"training.{recipe.kind}"


def environment_of(recipe: SFTRecipe | GRPORecipe) -> dict[str, str]:
    """What its processes have to be told beside their arguments."""
    return dict(CPU_ENVIRONMENT) if recipe.precision == "fp32" else {}


def environment_here(
    recipe: SFTRecipe | GRPORecipe, target: Target, ours: Mapping[str, str]
) -> dict[str, str]:
    """All variables of a training on this machine, from those that we have ourselves.

    GPUs that were chosen are numbered as `nvidia-smi` does. DeepSpeed takes them as an argument,
    and sets CUDA_VISIBLE_DEVICES for each process; what it finds there itself it forgets.
    """
    found = {**ours, **environment_of(recipe)}
    if target.gpus is not None:
        found["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
        found.pop("CUDA_VISIBLE_DEVICES", None)
    return found


def command_of(recipe: SFTRecipe | GRPORecipe, path: Path, target: Target) -> list[str]:
    """The command that trains on this machine.

    Raises:
        BadRecipe: its batch cannot be shared out among so many devices.
    """
    recipe.accumulation(target.processes)
    where = ["--num_accelerators", str(target.devices)]
    if target.gpus is not None:
        where = ["--include", f"localhost:{target.gpus}"]
    if target.port is not None:
        where = [*where, "--master_port", str(target.port)]
    launcher = [sys.executable, "-m", "deepspeed.launcher.runner"]
    return [*launcher, *where, "--module", module_of(recipe), str(path)]


def run_on_hosts(recipe: SFTRecipe | GRPORecipe, path: Path, target: Target, *, show: bool) -> int:
    """Train on the hosts of a hostfile, once all of them have been looked at; the status.

    Raises:
        BadRecipe: its batch cannot be shared out among so many devices.
        BadHosts: one of them cannot be reached, or lacks what the run needs.
    """
    recipe.accumulation(target.processes)
    assert target.hostfile is not None
    chosen = hosts.read_hosts(target.hostfile, target.nodes, target.devices)
    address = chosen[0].name
    if not show:
        forget_failed_hosts(recipe.output)
        address = hosts.look(recipe, path, chosen, target.devices)[0]["address"]
    meeting, train = (address, target.port or PORT), [module_of(recipe), str(path)]
    commands = [
        hosts.node_command(chosen, node, target.devices, meeting, train)
        for node in range(len(chosen))
    ]
    if show:
        for host, command in zip(chosen, commands, strict=True):
            sys.stdout.write(f"{host.name}: {shlex.join(command)}\n")
        return 0
    marks = [hosts.mark_of(recipe, node) for node in range(len(chosen))]
    told = hosts.handed_on(environment_of(recipe))
    status = HostRun(chosen, commands, marks, told).follow(recipe.output)
    # Whatever held the processes of a host may have been killed itself.
    for left in hosts.end(recipe, chosen) if status else ():
        sys.stdout.write(f"what it started may live on: {left}\n")
    return status


def slurm_script(recipe: SFTRecipe | GRPORecipe, path: Path, target: Target, hours: int) -> str:
    """A batch script: one task on each node starts that node's processes.

    Raises:
        BadRecipe: its batch cannot be shared out among so many devices.
    """
    recipe.accumulation(target.processes)
    train = shlex.join(["-m", module_of(recipe), str(path)])
    return f"""\
#!/bin/bash
#SBATCH --job-name=seedbed-{recipe.kind}
#SBATCH --nodes={target.nodes}
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node={target.devices}
#SBATCH --time={hours}:00:00
#SBATCH --output={recipe.output}/slurm-%j.log
#SBATCH --open-mode=append
#SBATCH --requeue

set -euo pipefail
export MASTER_ADDR=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
# Another job of this node may have the usual one.
export MASTER_PORT=$((20000 + SLURM_JOB_ID % 20000))
srun --kill-on-bad-exit=1 bash -c '
    exec {shlex.quote(sys.executable)} -m torch.distributed.run \\
        --nnodes "$SLURM_NNODES" --nproc-per-node {target.devices} \\
        --node-rank "$SLURM_NODEID" --master-addr "$MASTER_ADDR" --master-port "$MASTER_PORT" \\
        {train}'
"""


def pytorch_job(
    recipe: SFTRecipe | GRPORecipe, path: Path, target: Target, image: str
) -> dict[str, Any]:
    """A PyTorchJob for Kubeflow's training operator: a master and workers, one a node.

    Raises:
        BadRecipe: its batch cannot be shared out among so many devices.
    """
    recipe.accumulation(target.processes)
    template = {
        "spec": {
            "containers": [
                {
                    "name": "pytorch",
                    "image": image,
                    "command": [
                        "torchrun", "--nproc-per-node", str(target.devices), "-m",
                        module_of(recipe), str(path),
                    ],
                    "resources": {"limits": {"nvidia.com/gpu": target.devices}},
                    "volumeMounts": [
                        {"name": "work", "mountPath": "/work"},
                        {"name": "memory", "mountPath": "/dev/shm"},
                    ],
                    "workingDir": "/work",
                }
            ],
            "volumes": [
                {"name": "work", "persistentVolumeClaim": {"claimName": "seedbed-training"}},
                # By it the processes of a pod exchange tensors: 64 MiB, as it is else, do not do.
                {"name": "memory", "emptyDir": {"medium": "Memory"}},
            ],
        }
    }  # fmt: skip
    replicas = {"Master": {"replicas": 1, "restartPolicy": "OnFailure", "template": template}}
    if target.nodes > 1:
        replicas["Worker"] = {**replicas["Master"], "replicas": target.nodes - 1}
    return {
        "apiVersion": "kubeflow.org/v1",
        "kind": "PyTorchJob",
        "metadata": {"name": _job_name(recipe)},
        "spec": {"nprocPerNode": str(target.devices), "pytorchReplicaSpecs": replicas},
    }


def _job_name(recipe: SFTRecipe | GRPORecipe) -> str:
    """After the run's folder, so that several are told apart; short, for pods add to it."""
    output = recipe.output.absolute()
    folder = output.parent if output.name == "output" else output
    words = re.sub(r"[^a-z0-9]+", "-", folder.name.lower()).strip("-")
    return f"seedbed-{recipe.kind}-{words}"[:45].strip("-")


def main() -> None:
    wanted = _arguments().parse_args()
    try:
        recipe = read_recipe(wanted.recipe)
        target = Target(wanted.nodes, wanted.devices, wanted.hostfile, wanted.port, wanted.gpus)
        status = _start(wanted, recipe, target)
    except (BadRecipe, hosts.BadHosts) as error:
        sys.exit(str(error))
    sys.exit(status)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--nodes", type=int, default=1, help="Machines.")
    parser.add_argument("--devices", type=int, default=1, help="GPUs (or processes) on each.")
    parser.add_argument(
        "--port",
        type=int,
        help="Where processes meet; on one machine a free one is found, on several 29500.",
    )
    parser.add_argument("--gpus", help="Which ones of this machine, such as 2,3; else the first.")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--hostfile", type=Path, help="DeepSpeed's list of hosts.")
    where.add_argument("--slurm", action="store_true")
    where.add_argument("--kubernetes", action="store_true")
    parser.add_argument("--hours", type=int, default=72, help="Time limit of a Slurm job.")
    parser.add_argument("--image", default="seedbed-training", help="Image on Kubernetes.")
    parser.add_argument("--show", action="store_true", help="Print, and start nothing.")
    return parser


def _start(
    wanted: argparse.Namespace, recipe: SFTRecipe | GRPORecipe, target: Target
) -> int | None:
    if wanted.kubernetes:
        sys.stdout.write(yaml.safe_dump(pytorch_job(recipe, wanted.recipe, target, wanted.image)))
        return 0
    if wanted.slurm:
        return _submit(
            slurm_script(recipe, wanted.recipe, target, wanted.hours), recipe, wanted.show
        )
    if target.hostfile is not None:
        return run_on_hosts(recipe, wanted.recipe, target, show=wanted.show)
    command = command_of(recipe, wanted.recipe, target)
    if wanted.show:
        told = [f"{name}={value}" for name, value in environment_of(recipe).items()]
        sys.stdout.write(" ".join([*told, shlex.join(command)]) + "\n")
        return 0
    if target.port is None:
        command = command_of(recipe, wanted.recipe, target._replace(port=_free_port()))
    environment = environment_here(recipe, target, os.environ)
    return subprocess.run(command, env=environment, check=False).returncode


def _free_port() -> int:
    """So that several runs can train on one machine."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def _submit(script: str, recipe: SFTRecipe | GRPORecipe, show: bool) -> int:
    if show:
        sys.stdout.write(script)
        return 0
    recipe.output.mkdir(parents=True, exist_ok=True)
    path = recipe.output / "slurm.sh"
    path.write_text(script, "utf-8")
    return subprocess.run(["sbatch", str(path)], check=False).returncode


if __name__ == "__main__":
    main()
