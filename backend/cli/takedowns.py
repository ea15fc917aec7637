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
    note: Annotated[str, typer.Option(help="What else there is to say.")] = "",
) -> None:
    """Take seeds down; prints the batch by which that is lifted."""
    given = {"source": source, "licence": licence}
    filter = {name: value for name, value in given.items() if value is not None}
    if bool(seed) == bool(filter):
        fail("Name seeds, or give a source or licence.", status=2)
    meant = {"seed_ids": seed} if seed else {"filter": filter}
    body = {"token": str(uuid4()), "reason": reason, "note": note, **meant}
    found = Api().post("/v1/takedowns", body)
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
