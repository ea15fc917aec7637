"""`seedbed guidelines`: safety texts for teachers, in versions."""

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from backend.cli.client import Api, fail, print_table, say
from backend.science.safety_categories import Category

app = typer.Typer(help="Add, list, read and compare guidelines.", no_args_is_help=True)

Guideline = Annotated[str, typer.Argument(metavar="GUIDELINE", help="Its number or its name.")]
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SIGNS = {"same": "", "removed": "[-", "added": "{+"}
_ENDS = {"same": "", "removed": "-]", "added": "+}"}


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="A text file, UTF-8.", exists=True, dir_okay=False)],
    name: Annotated[
        str | None, typer.Option(help="What to call it; else as the file is called.")
    ] = None,
    category: Annotated[
        Category | None, typer.Option(help="What it is about; needed for a new one.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="What is new in this text.")] = None,
) -> None:
    """Keep a text: as a new guideline, or as the next version of the one of this name."""
    api, called = Api(), (name or file.stem).strip()
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        fail(f"{file} is not UTF-8: byte {error.start}.")
    known = _named(api, called)
    if known is None and category is None:
        fail(f"There is no guideline {called} yet: say with --category what it is about.")
    if known is None:
        body = {"name": called, "category": category, "text": text, "note": note}
        made = api.post("/v1/guidelines", body)
    else:
        seen = known["newest"]["number"]
        body = {"text": text, "seen": seen, "note": note}
        made = api.post(f"/v1/guidelines/{known['id']}/versions", body)
    say(f"{made['name']} is guideline {made['id']}, version {made['newest']['number']}.")


@app.command("list")
def list_guidelines(
    category: Annotated[Category | None, typer.Option(help="Only those about this.")] = None,
    archived: Annotated[bool, typer.Option("--archived", help="Those out of use.")] = False,
) -> None:
    """All guidelines, the newest first."""
    rows = [
        [g["id"], g["name"], g["category"], g["newest"]["number"], g["newest"]["characters"],
         g["newest"]["author"], g["newest"]["created_at"]]
        for g in Api().every("/v1/guidelines", category=category, archived=archived)
    ]  # fmt: skip
    print_table(["id", "name", "category", "version", "characters", "author", "since"], rows)


@app.command()
def show(
    guideline: Guideline,
    version: Annotated[int | None, typer.Option(help="The newest, unless named.")] = None,
) -> None:
    """A version's text, and the list of all."""
    api = Api()
    detail = api.get(f"/v1/guidelines/{_existing(api, guideline)['id']}")
    fields = ["number", "author", "created_at", "characters", "hash", "note"]
    print_table(fields, [[row[field] for field in fields] for row in detail["versions"]])
    say("")
    number = version or detail["newest"]["number"]
    typer.echo(_plain(api.get(f"/v1/guidelines/{detail['id']}/versions/{number}")["text"]))


@app.command()
def diff(
    guideline: Guideline,
    version: Annotated[int | None, typer.Option(help="The newest, unless named.")] = None,
    against: Annotated[int | None, typer.Option(help="The one before, unless named.")] = None,
) -> None:
    """What is new in a version, word by word: [-taken out-] and {+put in+}."""
    api = Api()
    known = _existing(api, guideline)
    number = version or known["newest"]["number"]
    found = api.get(f"/v1/guidelines/{known['id']}/versions/{number}", against=against)
    if found["against"] is None:
        fail(f"Version {number} of {found['guideline']} is the first: name another to compare.")
    say(f"{found['guideline']}, version {found['against']} to version {number}:\n")
    pieces = found["difference"]
    said = "".join(_SIGNS[p["kind"]] + p["text"] + _ENDS[p["kind"]] for p in pieces)
    typer.echo(_plain(said))


def guideline_number(api: Api, named: str) -> int:
    """The number of a guideline that is named by it or by its name; else the command ends."""
    return int(_existing(api, named)["id"])


def _named(api: Api, name: str) -> dict[str, Any] | None:
    every = [*api.every("/v1/guidelines"), *api.every("/v1/guidelines", archived=True)]
    return next((each for each in every if each["name"].lower() == name.lower()), None)


def _existing(api: Api, named: str) -> dict[str, Any]:
    found: dict[str, Any] | None = _named(api, named)
    if found is None and named.isdecimal():
        found = api.get(f"/v1/guidelines/{named}")
    return found or fail(f"There is no guideline {named}.")


def _plain(text: str) -> str:
    # What others wrote must not steer the terminal.
    return _CONTROLS.sub("\ufffd", text)
