"""What a run has of its host, and the line of those that wait for it.

Devices are given in the order of the runs' numbers: a run that asks for many is not overtaken by
those that ask for few. Who has what is read from the runs themselves, so it outlives every worker.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.database import Json
from backend.embedded.ports import free_port
from backend.jobs.service import OPEN
from backend.jobs.tables import Job
from backend.queue import beside
from backend.training_runs.tables import TrainingRun

# Where a run's processes meet: a port near DeepSpeed's own, which another training may have.
PORT: Final = 29500


class Waits(NamedTuple):
    """It does not begin yet; the text says for what it waits."""

    note: str


def take_place(session: Session, run: TrainingRun, host: str, gpus: Sequence[int]) -> Json | Waits:
    """Give a run devices and a port of its host, which the same transaction stores in its handle.

    Args:
        session: holds the host until its transaction ends.
        run: its row is held.
        host: where it is to train.
        gpus: all that runs of ours may have there, as `nvidia-smi` numbers them.

    Returns:
        `devices`: its GPUs, None where it has the machine for itself; and `port`.
    """
    name = func.hashtextextended(f"training on {host}", 0)
    session.execute(select(func.pg_advisory_xact_lock(name)))
    training, before = _training(session, run, host), _before(session, run, host)
    held = {other.id: (other.handle or {}).get("devices") for other in training}
    asked = asked_gpus(run, gpus)
    given = None if before else allot(asked, gpus, list(held.values()))
    if given is None:
        return Waits(_waiting_note(sorted(held), before, host))
    ports = {(other.handle or {}).get("port") for other in training}
    port = free_port(PORT, [number for number in ports if number is not None])
    return {"devices": given or None, "port": port}


def asked_gpus(run: TrainingRun, gpus: Sequence[int]) -> int:
    """How many GPUs of its host it asks for; 0 where it takes the machine for itself.

    So do runs on processors, for which nobody counts what they use, and those that go on from here
    to several hosts.
    """
    here = run.target["where"] == "local" and run.recipe["fields"].get("precision") != "fp32"
    asked = int(run.target["devices"])
    # One that asks for more than there are is left to say so itself.
    return asked if here and asked <= len(gpus) else 0


def allot(
    asked: int, gpus: Sequence[int], held: Sequence[Sequence[int] | None]
) -> list[int] | None:
    """Devices for a run beside others.

    Args:
        asked: how many; 0 for the machine as a whole.
        gpus: all that there are.
        held: by each run that trains; None for the machine as a whole.

    Returns:
        those that it gets, none of them for the machine as a whole; None where it has to wait.
    """
    if not asked:
        return None if held else []
    taken: set[int] = set()
    for devices in held:
        if devices is None:
            return None
        taken |= set(devices)
    free = [number for number in gpus if number not in taken]
    return free[:asked] if len(free) >= asked else None


def _training(session: Session, run: TrainingRun, host: str) -> list[TrainingRun]:
    """The other runs that have something of this host."""
    wanted = select(TrainingRun).where(
        TrainingRun.state.in_(("starting", "running")),
        TrainingRun.handle["host"].astext == host,
        TrainingRun.id != run.id,
    )
    return list(session.scalars(wanted.execution_options(populate_existing=True)))


def _before(session: Session, run: TrainingRun, host: str) -> list[int]:
    """Those that wait for this host too, and stand before it; nobody waits for the cancelled."""
    wanted = select(TrainingRun.id).join(Job, Job.id == TrainingRun.job_id)
    return list(
        session.scalars(
            wanted.where(
                TrainingRun.state == "starting",
                TrainingRun.handle["host"].astext.is_(None),
                TrainingRun.cancel_asked_at.is_(None),
                TrainingRun.id < run.id,
                Job.queue == beside(host),
                Job.state.in_(OPEN),
            ).order_by(TrainingRun.id)
        )
    )


def _waiting_note(training: list[int], before: list[int], host: str) -> str:
    place = "it is the next in line"
    if before:
        stand = "1 run stands" if len(before) == 1 else f"{len(before)} runs stand"
        place = f"{stand} before it in line"
    if len(training) == 1:
        return f"waits for run {training[0]}, which trains on {host}; {place}"
    if training:
        numbers = ", ".join(map(str, training[:-1]))
        return f"waits for runs {numbers} and {training[-1]}, which train on {host}; {place}"
    return f"waits for run {before[0]}, which is about to train on {host}; {place}"
