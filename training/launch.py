"""Starts a recipe's training: here, on hosts reached by SSH, by Slurm or on Kubernetes.

    python -m training.launch RECIPE.yaml                          on this machine
    python -m training.launch RECIPE.yaml --hostfile hosts         on all hosts of a hostfile
    python -m training.launch RECIPE.yaml --slurm --nodes 4        writes and submits a job
    python -m training.launch RECIPE.yaml --kubernetes --nodes 4   writes a PyTorchJob

`--show` only prints what would be started.
"""

import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from training.recipes import BadRecipe, GRPORecipe, SFTRecipe, read_recipe

# What a process on a CPU has to be told; harmless nowhere else, so only set there.
CPU_ENVIRONMENT: Final = {"DS_ACCELERATOR": "cpu", "OMP_NUM_THREADS": "1"}


class Target(NamedTuple):
    """Where to train.

    Attributes:
        nodes: how many machines.
        devices: how many devices (or processes, without GPUs) on each.
        hostfile: DeepSpeed's list of hosts, where they are reached by SSH.
    """

    nodes: int = 1
    devices: int = 1
    hostfile: Path | None = None

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


def command_of(recipe: SFTRecipe | GRPORecipe, path: Path, target: Target) -> list[str]:
    """The command that trains on this machine or on a hostfile's.

    Raises:
        BadRecipe: its batch cannot be shared out among so many devices.
    """
    recipe.accumulation(target.processes)
    where = ["--num_accelerators", str(target.devices)]
    if target.hostfile is not None:
        where = ["--hostfile", str(target.hostfile), "--num_nodes", str(target.nodes), *where]
    launcher = [sys.executable, "-m", "deepspeed.launcher.runner"]
    return [*launcher, *where, "--module", module_of(recipe), str(path)]


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
#SBATCH --requeue

set -euo pipefail
export MASTER_ADDR=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
export MASTER_PORT=29500
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
                    "volumeMounts": [{"name": "work", "mountPath": "/work"}],
                    "workingDir": "/work",
                }
            ],
            "volumes": [
                {"name": "work", "persistentVolumeClaim": {"claimName": "seedbed-training"}}
            ],
        }
    }  # fmt: skip
    replicas = {"Master": {"replicas": 1, "restartPolicy": "OnFailure", "template": template}}
    if target.nodes > 1:
        replicas["Worker"] = {**replicas["Master"], "replicas": target.nodes - 1}
    return {
        "apiVersion": "kubeflow.org/v1",
        "kind": "PyTorchJob",
        "metadata": {"name": f"seedbed-{recipe.kind}"},
        "spec": {"nprocPerNode": str(target.devices), "pytorchReplicaSpecs": replicas},
    }


def main() -> None:
    wanted = _arguments().parse_args()
    try:
        recipe = read_recipe(wanted.recipe)
        target = Target(wanted.nodes, wanted.devices, wanted.hostfile)
        status = _start(wanted, recipe, target)
    except BadRecipe as error:
        sys.exit(str(error))
    sys.exit(status)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--nodes", type=int, default=1, help="Machines.")
    parser.add_argument("--devices", type=int, default=1, help="GPUs (or processes) on each.")
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
    command = command_of(recipe, wanted.recipe, target)
    if wanted.show:
        told = [f"{name}={value}" for name, value in environment_of(recipe).items()]
        sys.stdout.write(" ".join([*told, shlex.join(command)]) + "\n")
        return 0
    return subprocess.run(
        command, env={**os.environ, **environment_of(recipe)}, check=False
    ).returncode


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
