"""Stand-ins for `ssh` and for what it reaches: hosts that are folders of this machine.

`ssh OPTIONS -- HOST COMMAND` hands the command to `Network`, which stands for the servers: a shell
of its own runs it in the host's folder, with none of the caller's variables. As with the real ones
the command is no child of `ssh`: whoever ends `ssh` closes its input, and no more. A host that is
not known or `down` gives 255, as ssh does. `hostname -I` is the loopback's address; a host's
`nvidia-smi` tells of as many GPUs as its file `gpus` says.

The stand-in for DeepSpeed's launcher of one host (`deepspeed.launcher.launch`) trains on the first
host as `standin_trainer` does. The others wait for it, as processes do for one another, unless the
recipe's model says what they do: `b:killed`, `b:exit-3`, `b:bad-row`. A child of each is in a
session of its own.
"""

import json
import os
import socket
import socketserver
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

import pytest

from backend.config import settings
from tests.training_runs import TRAINER, is_alive

_SSH: Final = """
import json, os, socket, struct, sys, threading
host, command = sys.argv[sys.argv.index("--") + 1:]
line = socket.socket(socket.AF_UNIX)
line.connect({path!r})
line.sendall(json.dumps([host, command]).encode() + b"\\n")
def hand_on():
    try:
        while said := os.read(0, 65536):
            line.sendall(said)
        line.shutdown(socket.SHUT_WR)
    except OSError:
        pass
threading.Thread(target=hand_on, daemon=True).start()
answers = line.makefile("rb")
while head := answers.read(5):
    kind, size = struct.unpack("!BI", head)
    if not kind:
        os._exit(size)
    said = answers.read(size)
    while said:
        said = said[os.write(kind, said):]
os.write(2, b"Connection to host closed by remote host.\\n")
os._exit(255)
"""
_NODE: Final = """
import base64, json, os, signal, subprocess, sys, time
from pathlib import Path
sys.path.insert(0, {trainer!r})
import yaml
import standin_trainer as trainer
given = dict(each[2:].split("=", 1) for each in sys.argv[1:] if "=" in each)
world = json.loads(base64.urlsafe_b64decode(given["world_info"]))
host = list(world)[int(given["node_rank"])]
fields = yaml.safe_load(Path(sys.argv[-1]).read_text())
output, words = Path(fields["output"]), fields["model"].split()
output.mkdir(parents=True, exist_ok=True)
trainer.say("its processes begin")
child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
draft = output / (host + ".draft")
draft.write_text(json.dumps(
    {{"child": child.pid, "parent": os.getppid(), "variables": dict(os.environ), "given": given}}
))
draft.rename(output / (host + ".json"))
if given["node_rank"] == "0":
    code = trainer.train(words, fields, output)
    (output / "done").touch()
    sys.exit(code)
for word in words:
    if word.startswith(host + ":"):
        trainer.wait_for(output / "metrics.jsonl")
        how = word.partition(":")[2]
        code = trainer.FAILURES[how](output)
        if how == "bad-row":
            said = json.loads((output / "failure.json").read_text())
            (output / "failure.json").write_text(json.dumps(said | {{"host": host}}))
        sys.exit(code)
if "deaf" in words:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
trainer.wait_for(output / "done")
"""


class Network:
    """The hosts, and how a test changes them."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.folder = folder
        self.lines: dict[str, set[socket.socket]] = {name: set() for name in names}
        self.calls: dict[str, int] = {}
        for name in names:
            (folder / name).mkdir(parents=True)
            (folder / name / "gpus").write_text("0")
        self.hostfile = folder / "hostfile"
        self.hostfile.write_text("".join(f"{name} slots=2\n" for name in names))
        self._server = socketserver.ThreadingUnixStreamServer(str(folder / "s"), _Line)
        self._server.network = self  # type: ignore[attr-defined]
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def install_ssh(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put the stand-in where the real one is found."""
        programs = self.folder / "programs"
        programs.mkdir()
        ssh = _SSH.format(path=str(self.folder / "s"))
        _program(programs / "ssh", f"#!{sys.executable} -IS\n{ssh}")
        monkeypatch.setenv("PATH", str(programs), prepend=":")

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same, and for DeepSpeed too: the launcher that starts it is the real one."""
        self.install_ssh(monkeypatch)
        packages = self.folder / "packages"
        launcher = packages / "deepspeed" / "launcher"
        launcher.mkdir(parents=True)
        (launcher / "launch.py").write_text(_NODE.format(trainer=str(TRAINER.parent)))
        python = self.folder / "python"
        _program(
            python,
            "#!/bin/sh\n"
            f'case "$2" in training.preflight) exec "{sys.executable}" "{TRAINER}" "$@";; esac\n'
            f'exec "{sys.executable}" "$@"\n',
        )
        monkeypatch.setenv("PYTHONPATH", str(packages))
        monkeypatch.setenv("SEEDBED_TRAINING_PYTHON", str(python))
        settings.cache_clear()

    def down(self, name: str) -> None:
        (self.folder / name / "down").touch()

    def down_after(self, name: str, calls: int) -> None:
        """Answer so many calls, and no more."""
        self.calls[name] = calls

    def alone(self, name: str) -> None:
        """It has folders of its own: what this machine writes is not there."""
        (self.folder / name / "alone").touch()

    def gpus(self, name: str, count: int) -> None:
        (self.folder / name / "gpus").write_text(str(count))

    def cut(self, name: str) -> None:
        """SSH to a host is cut, and what runs there is not told otherwise."""
        for line in self.lines[name]:
            line.shutdown(socket.SHUT_RDWR)

    def left(self) -> dict[str, set[int]]:
        """What lives of all that was started on each host."""
        found: dict[str, set[int]] = {name: set() for name in self.lines}
        for number in (int(name) for name in os.listdir("/proc") if name.isdigit()):
            try:
                variables = Path(f"/proc/{number}/environ").read_bytes().split(b"\0")
                for name in found:
                    if f"STANDIN_HOST={self.folder}/{name}".encode() in variables:
                        found[name] |= {number} if is_alive(number) else set()
            except OSError:
                continue
        return found

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        for numbers in self.left().values():
            for number in numbers:
                subprocess.run(["kill", "-9", str(number)], check=False, capture_output=True)


class _Line(socketserver.StreamRequestHandler):
    """A connection: a command in a host's folder."""

    rbufsize = 0  # what follows the first line is the command's

    def handle(self) -> None:
        network: Network = self.server.network  # type: ignore[attr-defined]
        name, command = json.loads(self.rfile.readline())
        host = network.folder / name
        if name not in network.lines:
            return self._refuse(f"ssh: Could not resolve hostname {name}")
        if (host / "down").exists():
            return self._refuse(f"ssh: connect to host {name} port 22: Connection timed out")
        if name in network.calls:
            network.calls[name] -= 1
            if not network.calls[name]:
                network.down(name)
        network.lines[name].add(self.request)
        self._serve(host, command)
        network.lines[name].remove(self.request)

    def _refuse(self, words: str) -> None:
        self._say(2, f"{words}\n".encode())
        self._send(struct.pack("!BI", 0, 255))

    def _serve(self, host: Path, command: str) -> None:
        variables = {"PATH": f"{_programs(host)}:/usr/bin:/bin", "HOME": str(host)}
        child = subprocess.Popen(
            ["sh", "-c", command], cwd=host, env={**variables, "STANDIN_HOST": str(host)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, bufsize=0,
        )  # fmt: skip
        is_alone = (host / "alone").exists()
        threading.Thread(target=self._hand_on, args=(child.stdin, is_alone), daemon=True).start()
        errors = threading.Thread(target=self._print, args=(2, child.stderr), daemon=True)
        errors.start()
        self._print(1, child.stdout)
        errors.join()
        self._send(struct.pack("!BI", 0, child.wait() % 256))

    def _hand_on(self, into: Any, is_alone: bool) -> None:
        try:
            while said := self.request.recv(65_536):
                into.write(
                    said.replace(b'"shared": "', b'"shared": "/nowhere') if is_alone else said
                )
        except OSError:
            pass
        finally:
            into.close()

    def _print(self, kind: int, source: Any) -> None:
        with source:
            while said := source.read(65_536):
                self._say(kind, said)

    def _say(self, kind: int, said: bytes) -> None:
        self._send(struct.pack("!BI", kind, len(said)) + said)

    def _send(self, said: bytes) -> None:
        try:
            self.request.sendall(said)
        except OSError:  # nobody listens any more
            pass


def _programs(host: Path) -> Path:
    """What a host has in place of this machine's programs."""
    folder = host / "programs"
    folder.mkdir(exist_ok=True)
    _program(folder / "hostname", "#!/bin/sh\necho 127.0.0.1\n")
    _program(folder / "nvidia-smi", f"#!/bin/sh\nseq $(cat {host}/gpus) | sed 's/$/ /'\n")
    return folder


def _program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)
