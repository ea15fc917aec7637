"""`seedbed takedowns`: seeds that must not be used any more."""

from typing import Annotated, Literal
from uuid import uuid4

import typer

from backend.cli.client import Api, fail, print_table, say

app = typer.Typer(help="Mark seeds that must not be used any more.", no_args_is_help=True)


@app.command()
def add(
    reason: Annotated[Literal["licence", "request", "privacy", "other"], typer.Option(help="Why.")],
    seed: Annotated[
        list[int] | None, typer.Option(help="A seed's number; may be given often.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="All seeds of this source.")] = None,
    licence: Annotated[str | None, typer.Option(help="All seeds of this licence.")] = None,
    from_import: Annotated[
        int | None, typer.Option("--import", help="All seeds of this import's number.")
    ] = None,
    with_children: Annotated[
        bool, typer.Option("--with-children", help="Also the seeds that models made from them.")
    ] = False,
    note: Annotated[str, typer.Option(help="What else there is to say.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count them.")] = False,
) -> None:
    """Take seeds down; prints the batch by which that is lifted."""
    given = {"source": source, "licence": licence, "import_id": from_import}
    filter = {name: value for name, value in given.items() if value is not None}
    if bool(seed) == bool(filter):
        fail("Name seeds, or give a source, licence or import.", status=2)
    meant = {"seed_ids": seed} if seed else {"filter": filter}
    how = {"reason": reason, "note": note, "with_children": with_children, "dry_run": dry_run}
    body = {"token": str(uuid4()), **how, **meant}
    found = Api().post("/v1/takedowns", body)
    if found["already"]:
        say(f"{found['already']:,} more are down by other takedowns: lifting those lifts them.")
    if found["children"]:
        say(
            f"{found['children']:,} seeds that models made from them may still be used: "
            "--with-children takes them down too."
        )
    if dry_run:
        say(f"{found['count']:,} seeds would be taken down.")
        return
    say(f"{found['count']:,} seeds were taken down.")
    typer.echo(found["batch"])


@app.command()
def lift(batch: Annotated[str, typer.Argument(help="The batch that `add` printed.")]) -> None:
    """Let seeds be used again that were taken down at once."""
    found = Api().post(f"/v1/takedowns/{batch}:lift")
    say(f"{found['count']:,} seeds may be used again.")


@app.command("list")
def list_takedowns(
    seed: Annotated[int | None, typer.Option(help="Only those of this seed.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
) -> None:
    """What was taken down and lifted, the newest first."""
    columns = ["seed_id", "reason", "note", "batch", "user", "created_at", "lifted_by"]
    page = Api().get("/v1/takedowns", seed_id=seed, limit=limit)
    print_table(columns, [[one[name] for name in columns] for one in page["items"]])


@app.command()
def batches(limit: Annotated[int, typer.Option(min=1, max=1000)] = 50) -> None:
    """What was taken down at once, the newest first, and how much of it still stands."""
    columns = ["batch", "reason", "note", "seeds", "standing", "user", "created_at", "lifted_by"]
    page = Api().get("/v1/takedowns/batches", limit=limit)
    print_table(columns, [[one[name] for name in columns] for one in page["items"]])


@app.command()
def versions(batch: Annotated[str, typer.Argument(help="The batch that `add` printed.")]) -> None:
    """The versions of mixtures that are blocked because of a batch."""
    columns = ["id", "mixture", "number", "withdrawn", "frozen_at"]
    found = Api().get(f"/v1/takedowns/{batch}/versions")
    print_table(columns, [[one[name] for name in columns] for one in found])
