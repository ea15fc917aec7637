"""Stand-ins for Slurm's commands, which behave as the real ones do where we call them.

`sbatch --parsable` answers the number, and starts nothing: what the job does is what a test writes
into the cluster's folder (`queue`, `accounting`). `squeue` lists jobs of the queue, and refuses the
number of one that has left it ("Invalid job id specified"); `sacct` lists what is accounted, and
says nothing of what it has forgotten; `scancel` moves a job from the queue to the accounting.
"""

from pathlib import Path

import pytest

# Queue and accounting: a line a job, "NUMBER|NAME|STATE|REASON or EXIT CODE".
_SBATCH = """
[ -e "$C/down" ] && { echo "sbatch: error: Unable to contact slurm controller" >&2; exit 1; }
for a in "$@"; do
case "$a" in --job-name=*) name=${a#*=};; --parsable) p=1;; *) script=$a;; esac
done
[ "$p" = 1 ] || exit 2
n=$(( $(cat "$C/last" 2>/dev/null || echo 16) + 1 )); echo $n > "$C/last"
cp "$script" "$C/script-$n"
echo "$n|$name|PENDING|Resources" >> "$C/queue"
echo "$n;cluster"
"""
_SQUEUE = """
[ -e "$C/down" ] && { echo "squeue: error: Unable to contact slurm controller" >&2; exit 1; }
for a in "$@"; do case "$a" in --jobs=*) n=${a#*=};; --name=*) name=${a#*=};; esac; done
if [ -n "$name" ]; then awk -F'|' -v x="$name" '$2==x {print $1}' "$C/queue"; exit 0; fi
found=$(awk -F'|' -v x="$n" '$1==x {print $3"|"$4}' "$C/queue")
[ -n "$found" ] || { echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1; }
echo "$found"
"""
_SACCT = """
for a in "$@"; do case "$a" in --jobs=*) n=${a#*=};; --name=*) name=${a#*=};; esac; done
if [ -n "$name" ]; then awk -F'|' -v x="$name" '$2==x {print $1}' "$C/accounting"; exit 0; fi
awk -F'|' -v x="$n" '$1==x {print $3"|"$4}' "$C/accounting"
"""
_SCANCEL = """
grep "^$1|" "$C/queue" | awk -F'|' '{print $1"|"$2"|CANCELLED by 1000|0:15"}' >> "$C/accounting"
grep -v "^$1|" "$C/queue" > "$C/rest"; mv "$C/rest" "$C/queue"
"""


class Cluster:
    """What the stand-ins know, and how a test changes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        for name in ("queue", "accounting"):
            (folder / name).touch()

    def install(self, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        programs.mkdir()
        given = {"sbatch": _SBATCH, "squeue": _SQUEUE, "sacct": _SACCT, "scancel": _SCANCEL}
        for name, body in given.items():
            (programs / name).write_text(f"#!/bin/sh\nC='{self.folder}'\n{body}")
            (programs / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(programs), prepend=":")

    def queued(self) -> list[list[str]]:
        return [line.split("|") for line in (self.folder / "queue").read_text().splitlines()]

    def run(self, job: str) -> None:
        """The job has its machines."""
        [line] = [line for line in self.queued() if line[0] == job]
        (self.folder / "queue").write_text(f"{job}|{line[1]}|RUNNING|None\n")

    def leave(self, job: str, state: str = "", code: str = "0:0") -> None:
        """The job leaves the queue, and is accounted for, if a state is given."""
        [line] = [line for line in self.queued() if line[0] == job]
        (self.folder / "queue").write_text("")
        if state:
            (self.folder / "accounting").write_text(f"{job}|{line[1]}|{state}|{code}\n")

    def script(self, job: str) -> str:
        return (self.folder / f"script-{job}").read_text()
