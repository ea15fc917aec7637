"""Which code trains: the package's version, and the commit where it is a checkout."""

import subprocess
from importlib.metadata import version
from typing import Final

from backend.embedded.folders import ROOT

_SECONDS: Final = 10.0


def code_version() -> str:
    """Such as `0.1.0, commit 4f7a2c9e6d13, with changes`."""
    said = version("seedbed")
    if not (ROOT / ".git").exists():
        return said
    commit = _git("rev-parse", "--short=12", "HEAD")
    if not commit:
        return said
    changed = _git("status", "--porcelain", "--untracked-files=no")
    return f"{said}, commit {commit}{', with changes' if changed else ''}"


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False,
            timeout=_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
