#!/usr/bin/env python3
"""A stand-in for the Python that trains: no model, but every file that training writes.

Started again it goes on from its last checkpoint, with twice the loss.

It is called as that Python would be (`-m training.preflight …`, `-m training.launch …`), and
writes `metrics.jsonl`, checkpoints, `samples.jsonl`, `seedbed.json`, `failure.json` and a model in
the form in which `training/` does. What it does beside is said by the recipe's model, word by word:

held       after half of the steps it waits for a file `go` in its output folder
family     it starts a child in a session of its own, whose number it writes to `child`
stumbles   one step before the last it runs out of memory, in the middle of a line, but only once
resumed    at the end it logs the second half of the steps again, with other values
bad-row, gpu-memory, killed, exit-3, no-model      ways to fail
refused    the preflight finds an error
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import yaml


def say(words):
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main():
    module, recipe, *options = sys.argv[2:]
    fields = yaml.safe_load(Path(recipe).read_text())
    words = fields["model"].split()
    if module == "training.preflight":
        return preflight(words, fields)
    if "--slurm" in options:
        command = f"{sys.executable} {__file__} -m training.launch {recipe}"
        sys.stdout.write(
            f"#!/bin/bash\n#SBATCH --output={fields['output']}/slurm-%j.log\n{command}\n"
        )
        return 0
    if "--kubernetes" in options:
        sys.stdout.write(
            yaml.safe_dump({"kind": "PyTorchJob", "metadata": {"name": "seedbed-sft"}})
        )
        return 0
    return train(words, fields, Path(fields["output"]))


def preflight(words, fields):
    data = Path(fields["data"])
    checks = [
        {"name": "gpus", "ok": True, "severity": "info", "message": "fp32 runs on CPUs"},
        {"name": "export", "ok": (data / "manifest.json").exists(), "severity": "error",
         "message": f"{data} is looked at"},
        {"name": "model", "ok": "refused" not in words, "severity": "error",
         "message": "is no folder"},
        {"name": "disk", "ok": False, "severity": "warning", "message": "nearly full"},
    ]  # fmt: skip
    said = {"checks": checks, "memory_gib": 1.5, "card_gib": None, "hours": 0.5, "device_hours": 1}
    sys.stdout.write(json.dumps(said))
    return 1


def train(words, fields, output):
    output.mkdir(parents=True, exist_ok=True)
    say("it begins")
    lineage = {"recipe": fields, "export": {"folder": fields["data"]}, "versions": {"torch": "0"}}
    (output / "seedbed.json").write_text(json.dumps(lineage))
    if "family" in words:
        child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
        (output / "child").write_text(str(child.pid))
    steps, begun = fields["steps"], last_checkpoint(output)
    for step in range(begun + 1, steps + 1):
        if "held" in words and step == steps // 2 + 1:
            wait_for(output / "go")
        loss = (2 if begun else 1) / step
        write(output / "metrics.jsonl", {"step": step, "time": time.time(), "loss": loss})
        if "stumbles" in words and step == steps - 1 and not (output / "stumbled").exists():
            return stumble(output)
        if step % fields.get("save_every", 500) == 0:
            checkpoint(output, step)
    if "resumed" in words:
        for step in range(steps // 2 + 1, steps + 1):
            write(output / "metrics.jsonl", {"step": step, "time": time.time(), "loss": 7.0})
    write(output / "metrics.jsonl", {"step": steps, "time": time.time(), "eval_loss": 0.5})
    for word in words:
        if word in FAILURES:
            return FAILURES[word](output)
    sample = {"step": steps, "prompt": "2 + 2 =", "text": "4", "reward": 1.0}
    write(output / "samples.jsonl", sample)
    write(output / "metrics.jsonl", {"step": steps, "time": time.time(), "train_runtime": 1.0})
    (output / "config.json").write_text("{}")
    (output / "model.safetensors").write_bytes(b"weights")
    return 0


def wait_for(path):
    while not path.exists():
        time.sleep(0.02)


def write(path, said):
    with path.open("a") as file:
        file.write(json.dumps(said) + "\n")


def checkpoint(output, step):
    folder = output / f"checkpoint-{step}"
    folder.mkdir(exist_ok=True)
    (folder / "model.safetensors").write_bytes(b"weights %d" % step)
    (folder / ".whole").touch()


def last_checkpoint(output):
    whole = output.glob("checkpoint-*/.whole")
    return max((int(path.parent.name.partition("-")[2]) for path in whole), default=0)


def stumble(output):
    (output / "stumbled").touch()
    with (output / "metrics.jsonl").open("a") as file:
        file.write('{"step": ')
    failure = {"cause": "out_of_memory", "message": "CUDA out of memory"}
    (output / "failure.json").write_text(json.dumps(failure))
    return 1


def bad_row(output):
    failure = {"cause": "bad_row", "message": "row 3: prompt is missing", "seed_id": 17, "row": 3}
    (output / "failure.json").write_text(json.dumps(failure))
    return 1


def gpu_memory(output):
    say("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB")
    return 1


def killed(output):
    os.kill(os.getpid(), signal.SIGKILL)


def exit_3(output):
    say("ValueError: nothing that anybody has seen before")
    return 3


def no_model(output):
    return 0


FAILURES = {
    "bad-row": bad_row, "gpu-memory": gpu_memory, "killed": killed, "exit-3": exit_3,
    "no-model": no_model,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main())
