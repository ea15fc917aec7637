"""`seedbed lineage`: where a row or a seed comes from, and what a seed has gone into."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Annotated, Any, Final

import orjson
import typer
from typer.core import TyperGroup

from backend.cli.client import Api, answer_of, fail
from backend.cli.lineage_tree import Line, tree

_CARRIED: Final = ("seed_id", "revision_id", "sample_id", "position")


class _RowsToo(TyperGroup):
    """A first word that names no command is a row: `seedbed lineage rows.jsonl`."""

    def resolve_command(self, ctx: Any, args: Sequence[str]) -> Any:
        """What runs."""
        words = list(args)
        if words and words[0] not in self.commands and not words[0].startswith("--"):
            words.insert(0, "row")
        return super().resolve_command(ctx, words)


app = typer.Typer(
    cls=_RowsToo, no_args_is_help=True,
    help="Where a row or a seed comes from, and what it has gone into. "
    "`seedbed lineage ROW` is `seedbed lineage row ROW`.",
)  # fmt: skip

Prov = Annotated[
    Path | None, typer.Option(help="Write it to this file as W3C PROV-JSON; `-` prints it.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print all of it as JSON.")]


@app.command()
def row(
    given: Annotated[
        str | None,
        typer.Argument(
            metavar="ROW", help="A row as JSON, or a file that begins with one; `-` is stdin."
        ),
    ] = None,
    export: Annotated[int | None, typer.Option(help="The export that it stands in.")] = None,
    version: Annotated[
        int | None, typer.Option(help="The mixture version that it stands in: its number (id).")
    ] = None,
    position: Annotated[int | None, typer.Option("--row", help="Where it stands, from 0.")] = None,
    prov: Prov = None,
    as_json: AsJson = False,
) -> None:
    """A row: by its place in an export or a version, or as it stands in a file.

    A row of a file is known by its seed_id, revision_id and sample_id. Where its export or version
    is named too, it must be what stands there.
    """
    if given is None and (position is None or (export is None and version is None)):
        fail("Give a row, or name --export or --version, and --row.", status=2)
    place = {"export_id": export, "version_id": version, "position": position}
    if given is not None:
        carried = _carried(_text(given))
        at = carried.pop("position", None)
        at = at if position is None else position
        named = export is not None or version is not None
        place = carried | (place | {"position": at} if named else {})
    _answer(place, "rows", prov, as_json)


@app.command()
def seed(
    seed_id: Annotated[int, typer.Argument(help="The seed's number.")],
    prov: Prov = None,
    as_json: AsJson = False,
) -> None:
    """A seed as it reads now."""
    _answer({"seed_id": seed_id}, f"seeds/{seed_id}", prov, as_json)


def _answer(query: dict[str, Any], path: str, prov: Path | None, as_json: bool) -> None:
    api = Api()
    wanted = {name: value for name, value in query.items() if value is not None}
    if prov is not None:
        _write(prov, api.ask("GET", "/v1/lineage/prov.json", params=wanted))
        return
    found = api.get(f"/v1/lineage/{path}", **({} if path.startswith("seeds/") else wanted))
    if as_json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    else:
        _print(tree(found))


def _write(path: Path, response: Any) -> None:
    if response.is_error:
        answer_of(response)
    if str(path) == "-":
        typer.echo(response.text)
        return
    try:
        path.write_bytes(response.content)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}.")
    typer.echo(path)


def _text(given: str) -> str:
    """The first row of what was given: of stdin, of a file, or the words themselves."""
    if given.lstrip().startswith("{"):
        return given
    if given == "-":
        return _first_row(sys.stdin)
    try:
        with Path(given).open(encoding="utf-8") as file:
            return _first_row(file)
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{given} is no row, and no file that can be read: {error}.")


def _first_row(file: IO[str]) -> str:
    """A line, where each row has one, since such files are long; else all of it."""
    first = file.readline()
    try:
        orjson.loads(first)
    except orjson.JSONDecodeError:
        return first + file.read()
    return first


def _carried(text: str) -> dict[str, Any]:
    """What a row says of itself; a file of rows is one a line, of which the first is meant."""
    for part in (text, text.lstrip().partition("\n")[0]):
        try:
            found = orjson.loads(part)
        except orjson.JSONDecodeError:
            continue
        if isinstance(found, dict) and isinstance(found.get("extra_info"), dict):
            found = found["extra_info"]  # as verl has it
        if not isinstance(found, dict) or not {"seed_id", "revision_id"} <= found.keys():
            fail("This row carries no seed_id and revision_id.")
        return {name: found[name] for name in _CARRIED if name in found}
    fail("This is no row: a row is one JSON object.")


def _print(line: Line) -> None:
    from rich.console import Console
    from rich.tree import Tree

    root = Tree(_plain(line.text), highlight=False)
    _add(root, line.below)
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200).print(root)


def _add(branch: Any, lines: Sequence[Line]) -> None:
    for line in lines:
        _add(branch.add(_plain(line.text)), line.below)


def _plain(text: str) -> Any:
    from rich.text import Text

    # As text: what seeds say is no markup, and must not steer the terminal.
    return Text("".join(c if c.isprintable() else chr(0xFFFD) for c in text))
