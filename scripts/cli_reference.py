"""Writes docs/cli.md from the commands themselves.

python -m scripts.cli_reference
"""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from backend.cli.app import COMMANDS, loaded

TARGET = Path(__file__).resolve().parent.parent / "docs" / "cli.md"
HEAD = """# Command line

Written by `make docs` from the commands. Those other than `up`, `demo`, `doctor` and `sign-in-link`
speak to the API at `SEEDBED_API_URL` with the key in `SEEDBED_KEY`; beside a running `seedbed up`
both are found in `SEEDBED_HOME`. Exit status: 0 done, 1 refused, 2 a wrong command line, 3 the API
does not answer, 4 some rows were rejected.
"""


def reference() -> str:
    """The whole page."""
    parts = [HEAD]
    for name in COMMANDS:
        command = loaded(name)
        parts.append(f"## seedbed {name}\n")
        groups = getattr(command, "commands", None)
        if groups is None:
            parts.extend(_described(name, command, level=None))
        else:
            parts.append(f"{command.help}\n")
            for sub, subcommand in groups.items():
                parts.extend(_described(f"{name} {sub}", subcommand, level="###"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).rstrip() + "\n"


def _described(name: str, command: Any, level: str | None) -> Iterator[str]:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    words = [one.name.upper() if one.required else f"[{one.name.upper()}]" for one in arguments]
    if level:
        yield f"{level} {' '.join(['seedbed', name, *words])}\n"
    yield f"{inspect.cleandoc(command.help or '')}\n"
    for parameter in command.params:
        if parameter.name == "help":
            continue
        shown = ", ".join(f"`{option}`" for option in (*parameter.opts, *parameter.secondary_opts))
        if parameter.param_type_name == "argument":
            shown = f"`{parameter.name.upper()}`"
        text = getattr(parameter, "help", None) or ""
        needed = " Required." if parameter.required else _default(parameter)
        yield f"- {shown}: {text}{needed}" if text or needed else f"- {shown}"
    yield ""


def _default(parameter: Any) -> str:
    value = parameter.default
    if value is None or value is False or callable(value) or value in ("", [], ()):
        return ""
    return f" Default: `{getattr(value, 'value', value)}`."


if __name__ == "__main__":
    TARGET.write_text(reference())
