"""The command line: `seedbed --help`.

Each command stands in a file of its own, which is imported only when the command runs: help and
mistyped commands answer at once.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup


class _Command(NamedTuple):
    """Where a command (a function) or a group of them (a `typer.Typer`) stands."""

    module: str
    name: str
    help: str


COMMANDS: Final = {
    "up": _Command("backend.cli.up", "up", "Start everything on this machine."),
    "doctor": _Command("backend.cli.doctor", "doctor", "Say what this machine lacks, if anything."),
    "sign-in-link": _Command(
        "backend.cli.sign_in_link", "sign_in_link", "Print a one-time link to the dashboard."
    ),
    "seeds": _Command("backend.cli.seeds", "app", "Push, list and move seeds."),
    "endpoints": _Command(
        "backend.cli.endpoints", "app", "Register, list, try and archive endpoints."
    ),
    "runs": _Command("backend.cli.runs", "app", "Start, follow, steer and calibrate scoring runs."),
    "rewrites": _Command(
        "backend.cli.rewrites", "app", "Ask models for rewrites, measure, list and read them."
    ),
    "augment": _Command(
        "backend.cli.augment", "app", "Have models make new seeds from accepted ones."
    ),
    "traces": _Command("backend.cli.traces", "app", "Ask teachers for traces, list and read them."),
    "guidelines": _Command(
        "backend.cli.guidelines", "app", "Add, list, read and compare guidelines."
    ),
    "policies": _Command("backend.cli.policies", "app", "Try, save and apply policies."),
    "demo": _Command("backend.cli.demo", "demo", "Have a local model score about 60 puzzles."),
    "export": _Command(
        "backend.cli.export", "app", "Write seeds or mixtures to training files, and check them."
    ),
    "benchmarks": _Command(
        "backend.cli.benchmarks", "app", "Load benchmarks, and check seeds against them."
    ),
    "decontamination": _Command(
        "backend.cli.decontamination", "app", "What counts as a hit, and how often hits were right."
    ),
    "duplicates": _Command(
        "backend.cli.duplicates", "app", "Find near-duplicates among seeds, keep one of each."
    ),
    "domains": _Command(
        "backend.cli.domains", "app", "Have a model suggest domains for seeds, and apply them."
    ),
    "mixtures": _Command(
        "backend.cli.mixtures", "app", "Mix clusters of seeds by recipes, and freeze versions."
    ),
    "tokenizers": _Command(
        "backend.cli.tokenizers", "app", "Register tokenizers of models, and have them count."
    ),
    "train": _Command(
        "backend.cli.train", "app", "Train on exports: start, follow and cancel runs."
    ),
    "lineage": _Command(
        "backend.cli.lineage", "app", "Where a row or a seed comes from, what it has gone into."
    ),
    "takedowns": _Command(
        "backend.cli.takedowns", "app", "Mark seeds that must not be used any more."
    ),
    "keys": _Command("backend.cli.keys", "app", "Create, list and revoke API keys."),
    "users": _Command("backend.cli.users", "app", "Create and list users."),
}


class _LazyGroup(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """What help shows of a command."""
        if cmd_name not in COMMANDS:
            return None
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name].help)

    def resolve_command(self, ctx: Any, args: Sequence[str]) -> Any:
        """What runs."""
        name, shown, rest = super().resolve_command(ctx, list(args))
        return name, shown and loaded(str(name)), rest


def loaded(name: str) -> Any:
    """The command or group of a name, imported."""
    command = COMMANDS[name]
    found = getattr(import_module(command.module), command.name)
    root = typer.Typer()
    if isinstance(found, typer.Typer):
        root.add_typer(found, name=name)
    else:
        root.command(name)(found)
    return typer.main.get_group(root).commands[name]


app = typer.Typer(cls=_LazyGroup, no_args_is_help=True, add_completion=False)


@app.callback()
def _root() -> None:
    """Seedbed: decide which prompts are worth teaching a model.

    Commands other than `up` speak to the API at SEEDBED_API_URL with the key in SEEDBED_KEY; for
    the one that `up` started in SEEDBED_HOME (./.seedbed), both are found there.
    """


def main() -> None:
    """Run the command line."""
    app(prog_name="seedbed")


if __name__ == "__main__":
    main()
