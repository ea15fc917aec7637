"""Commands, scripts and manifests: what is written, and what Slurm is given."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.training.test_recipes import FOLDER, changed
from training.launch import (
    Target,
    command_of,
    environment_here,
    environment_of,
    pytorch_job,
    slurm_script,
)
from training.recipes import BadRecipe, read_recipe

SFT = FOLDER / "phi4_sft.yaml"
ROOT = FOLDER.parents[1]


def launch(*arguments: str, path: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}"}
    return subprocess.run(
        [sys.executable, "-m", "training.launch", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_command_of_this_machine() -> None:
    recipe = read_recipe(SFT)
    here = command_of(recipe, SFT, Target(1, 8))
    assert here[-5:] == ["--num_accelerators", "8", "--module", "training.sft", str(SFT)]
    apart = command_of(recipe, SFT, Target(1, 8, port=4711))
    assert apart[3:7] == ["--num_accelerators", "8", "--master_port", "4711"]


def test_chosen_gpus_are_an_argument_for_deepspeed_forgets_the_variable() -> None:
    recipe, target = read_recipe(SFT), Target(1, 2, gpus="2,5")
    assert command_of(recipe, SFT, target)[3:5] == ["--include", "localhost:2,5"]
    told = environment_here(recipe, target, {"CUDA_VISIBLE_DEVICES": "0", "HOME": "/home/me"})
    assert told == {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "HOME": "/home/me"}


def test_hosts_are_shown_with_what_would_run_on_each(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("# ours\nworker-1 slots=8\nworker-2 slots=8\nworker-3 slots=8\n")
    given = [str(SFT), "--hostfile", str(hosts), "--nodes", "2", "--devices", "8"]
    shown = launch(*given, "--show")
    first, second = shown.stdout.splitlines()
    assert first.startswith("worker-1: ")
    assert "--node_rank=1 --master_addr=worker-1 --master_port=29500" in second
    few = launch(*given[:4], "4", "--devices", "8", "--show")
    assert (few.returncode, few.stderr) == (1, f"{hosts} has 3 hosts, 4 are asked for\n")


def test_processes_without_gpus_are_told_so() -> None:
    assert environment_of(read_recipe(SFT)) == {}
    assert environment_of(read_recipe(FOLDER / "tiny_sft.yaml"))["DS_ACCELERATOR"] == "cpu"


def test_batch_that_cannot_be_shared_out_is_refused_before_anything_starts() -> None:
    with pytest.raises(BadRecipe, match="batch 32 is no multiple of 24 devices"):
        slurm_script(read_recipe(SFT), SFT, Target(3, 8), 72)
    refused = launch(str(SFT), "--nodes", "3", "--devices", "8", "--slurm", "--show")
    assert refused.returncode == 1
    assert "no multiple of 24 devices" in refused.stderr


def test_slurm_script_is_a_program_that_bash_reads() -> None:
    script = slurm_script(read_recipe(SFT), SFT, Target(4, 8), 72)
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    for line in (
        "--nodes=4", "--gpus-per-node=8", "--time=72:00:00", "--requeue", "--open-mode=append",
    ):  # fmt: skip
        assert f"#SBATCH {line}\n" in script


def test_slurm_jobs_of_one_node_meet_at_ports_of_their_own() -> None:
    script = slurm_script(read_recipe(SFT), SFT, Target(1, 1), 72)
    [line] = [line for line in script.splitlines() if "MASTER_PORT=" in line]
    ports = [
        subprocess.run(
            ["bash", "-c", f"{line}; echo $MASTER_PORT"], env={"SLURM_JOB_ID": job},
            capture_output=True, text=True, check=True,
        ).stdout
        for job in ("40017", "40018")
    ]  # fmt: skip
    assert ports == ["20017\n", "20018\n"]


def test_slurm_job_is_submitted(tmp_path: Path) -> None:
    """`sbatch` here is a stand-in that keeps what it was given and answers as the real one does."""
    sbatch = tmp_path / "sbatch"
    sbatch.write_text(f'#!/bin/sh\ncp "$1" {tmp_path}/given\necho Submitted batch job 17\n')
    sbatch.chmod(0o755)
    recipe = changed(tmp_path, "phi4_sft.yaml", output=str(tmp_path / "out"))
    found = launch(str(recipe), "--slurm", "--nodes", "4", "--devices", "8", path=str(tmp_path))
    assert (found.returncode, found.stdout) == (0, "Submitted batch job 17\n"), found.stderr
    assert "training.sft" in (tmp_path / "given").read_text()


def test_kubernetes_has_a_master_and_workers() -> None:
    job = pytorch_job(read_recipe(SFT), SFT, Target(4, 8), "image:1")
    replicas = job["spec"]["pytorchReplicaSpecs"]
    assert {name: replica["replicas"] for name, replica in replicas.items()} == {
        "Master": 1, "Worker": 3,
    }  # fmt: skip
    [container] = replicas["Worker"]["template"]["spec"]["containers"]
    assert container["resources"]["limits"] == {"nvidia.com/gpu": 8}
    # NCCL shares memory among the processes of a pod.
    assert {"name": "memory", "mountPath": "/dev/shm"} in container["volumeMounts"]
    volumes = replicas["Worker"]["template"]["spec"]["volumes"]
    assert {"name": "memory", "emptyDir": {"medium": "Memory"}} in volumes
    shown = launch(str(SFT), "--kubernetes", "--nodes", "1", "--devices", "8")
    assert yaml.safe_load(shown.stdout)["spec"]["pytorchReplicaSpecs"].keys() == {"Master"}


def test_jobs_of_several_runs_are_told_apart_on_kubernetes(tmp_path: Path) -> None:
    names = []
    for folder in ("12-First try/output", "13-first-try/output", "checkpoints/phi-4-sft"):
        recipe = changed(tmp_path, "phi4_sft.yaml", output=str(tmp_path / folder))
        job = pytorch_job(read_recipe(recipe), recipe, Target(1, 8), "image:1")
        names.append(job["metadata"]["name"])
    assert names == [
        "seedbed-sft-12-first-try",
        "seedbed-sft-13-first-try",
        "seedbed-sft-phi-4-sft",
    ]
