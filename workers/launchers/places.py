"""Which launcher starts what."""

from typing import Final

from workers.launchers import Launcher
from workers.launchers.hosts import HostsLauncher
from workers.launchers.kubernetes import KubernetesLauncher
from workers.launchers.local import LocalLauncher
from workers.launchers.slurm import SlurmLauncher

LAUNCHERS: Final[dict[str, Launcher]] = {
    "local": LocalLauncher(),
    "hosts": HostsLauncher(),
    "slurm": SlurmLauncher(),
    "kubernetes": KubernetesLauncher(),
}
