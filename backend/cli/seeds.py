"""`seedbed seeds`."""

from pathlib import Path
from typing import Annotated

import typer

from backend.cli.client import PARTLY, Api, print_table, say
from backend.cli.pushing import OnError, Pushed, push_files
from backend.cli.seed_edits import edit
from backend.cli.seed_files import FIELDS, Columns, PublicSet, Reading
from backend.cli.seed_moves import move

app = typer.Typer(help="Push, list, edit and move seeds.", no_args_is_help=True)
app.command()(move)
app.command()(edit)


@app.command()
def push(
    file: Annotated[
        Path,
        typer.Argument(
            help="A .jsonl, .csv (or .gz of these) or .parquet file, or a folder of such files."
        ),
    ],
    recipe: Annotated[
        str | None,
        typer.Option(help="The public set whose rows these are: see `seedbed seeds recipes`."),
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Where the seeds come from, for rows that do not say it.")
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="The file's column for a field."),
    ] = None,
    keep_rest: Annotated[
        bool, typer.Option("--keep-rest", help="Put all other columns into the metadata.")
    ] = False,
    on_error: Annotated[
        OnError, typer.Option(help="Keep the good rows, or push nothing if one is bad.")
    ] = OnError.keep,
    rejected: Annotated[
        Path | None, typer.Option(help="Where rejected rows are told; else FILE.rejected.jsonl.")
    ] = None,
) -> None:
    """Push a file of seeds; pushing it again changes nothing.

    Fields: prompt, source, external_id, domain, answer, licence, metadata. A column of another name
    is mapped: --map prompt=question --map answer=solution. A public set that Seedbed knows is
    pushed as it was downloaded: --recipe openr1-math-220k.
    """
    columns = _parsed(mapping or [])
    api = Api(timeout=600)
    reading: Reading = Columns(columns, source, keep_rest)
    if recipe is not None:
        if columns or source or keep_rest:
            message = "a recipe says all of --map, --source and --keep-rest"
            raise typer.BadParameter(message, param_hint="--recipe")
        reading = _public_set(api, recipe)
    told = rejected or Path(f"{file.name}.rejected.jsonl")
    _summarise(push_files(api, file, reading, on_error, told), told)


def _public_set(api: Api, recipe: str) -> PublicSet:
    known = {row["name"]: row for row in api.get("/v1/import-recipes")}
    if recipe not in known:
        message = f"there is no recipe {recipe}; there are {', '.join(known)}"
        raise typer.BadParameter(message, param_hint="--recipe")
    return PublicSet(recipe, frozenset(known[recipe]["columns"]))


@app.command()
def recipes() -> None:
    """List the public sets that can be pushed as they were downloaded."""
    fields = ["name", "title", "licence", "prompt", "answer", "left out"]
    rows = [
        [
            *(recipe[name] for name in fields[:3]),
            recipe["fields"]["prompt"],
            recipe["fields"].get("answer", "none"),
            recipe["left_out"],
        ]
        for recipe in Api().get("/v1/import-recipes")
    ]
    print_table(fields, rows)


def _parsed(mapping: list[str]) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in mapping]
    for field, equals, column in pairs:
        if not (equals and column) or field not in FIELDS:
            message = f"{field}{equals}{column}: write FIELD=COLUMN; fields are {', '.join(FIELDS)}"
            raise typer.BadParameter(message, param_hint="--map")
    return {field: column for field, _, column in pairs}


def _summarise(pushed: Pushed, told: Path) -> None:
    typer.echo(", ".join(f"{count:,} {name}" for name, count in pushed.counts.items()))
    numbers = ", ".join(str(number) for number in pushed.imports)
    if numbers:
        say(f"Import {numbers}.")
    if pushed.counts["rejected"]:
        say(f"The rejected rows are told in {told}.")
        raise typer.Exit(PARTLY)


@app.command("list")
def list_seeds(
    status: Annotated[str | None, typer.Option(help="pending, accepted, rejected…")] = None,
    verdict: Annotated[str | None, typer.Option(help="teachable, hard, easy, suspect…")] = None,
    domain: Annotated[str | None, typer.Option()] = None,
    source: Annotated[str | None, typer.Option()] = None,
    q: Annotated[str | None, typer.Option(help="Words or pieces of text to look for.")] = None,
    sort: Annotated[
        str, typer.Option(help="newest, score, attention, margin, interval or judge_gap.")
    ] = "newest",
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
) -> None:
    """List seeds."""
    page = Api().get(
        "/v1/seeds", status=status, verdict=verdict, domain=domain, source=source, q=q, sort=sort,
        limit=limit,
    )  # fmt: skip
    fields = ["id", "source", "domain", "status", "verdict", "score", "prompt"]
    rows = [[seed[field] for field in fields] for seed in page["items"]]
    print_table(fields, [[*row[:-1], " ".join(row[-1].split())] for row in rows])
    if page["next"]:
        total = f" of {page['total']:,}" if page["total"] else ""
        say(f"These are the first {len(rows):,}{total}.")
