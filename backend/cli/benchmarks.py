"""`seedbed benchmarks`."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from backend.cli.client import PARTLY, Api, follow, print_table, say

app = typer.Typer(help="Load benchmarks, and check seeds against them.", no_args_is_help=True)

_SHOWN: Final = 20
_LOAD_SECONDS: Final = 1800.0


@app.command()
def load(
    file: Annotated[
        Path, typer.Argument(help=".jsonl or .csv (also .gz) or .parquet.", exists=True)
    ],
    name: Annotated[
        str | None, typer.Option(help="The benchmark; by default the file's name.")
    ] = None,
    version: Annotated[str, typer.Option(help="Which version of it.")] = "1",
    split: Annotated[str, typer.Option(help="Which split of it.")] = "test",
    licence: Annotated[str | None, typer.Option(help="Under which licence.")] = None,
    id_field: Annotated[str, typer.Option(help="The field that numbers the items.")] = "id",
    text_field: Annotated[str, typer.Option(help="The field with the question.")] = "text",
    benchmark_field: Annotated[
        str | None, typer.Option(help="The field that names each row's benchmark.")
    ] = None,
) -> None:
    """Load a file; broken rows are named, good ones kept. Loading it again adds nothing twice."""
    if name is None and benchmark_field is None:
        name = file.name.partition(".")[0]
    options = {
        "name": name, "version": version, "split": split, "licence": licence,
        "id_field": id_field, "text_field": text_field, "benchmark_field": benchmark_field,
    }  # fmt: skip
    given = {option: value for option, value in options.items() if value is not None}
    api = Api(timeout=_LOAD_SECONDS)
    with file.open("rb") as content:
        files = {"file": (file.name, content)}
        result = api.send("POST", "/v1/benchmarks", data=given, files=files)
    _print_benchmarks(result["benchmarks"])
    _say_counts(result)
    if result["rejected_count"]:
        raise typer.Exit(PARTLY)


@app.command("list")
def list_benchmarks() -> None:
    """List what seeds are checked against."""
    api = Api()
    page = api.get("/v1/benchmarks", limit=1000)
    found = page["items"]
    while page["next"]:
        page = api.get("/v1/benchmarks", limit=1000, after=page["next"])
        found += page["items"]
    _print_benchmarks(found)


@app.command()
def check() -> None:
    """Check all seeds that were not checked against today's benchmarks, and wait for it."""
    api = Api()
    job = follow(api, api.post("/v1/decontamination:check"))
    say(f"{job['done_count']:,} seeds were checked.")


def _print_benchmarks(benchmarks: list[dict[str, Any]]) -> None:
    fields = ["id", "name", "version", "split", "licence", "item_count", "created_at"]
    print_table(fields, [[benchmark[field] for field in fields] for benchmark in benchmarks])


def _say_counts(result: dict[str, Any]) -> None:
    counts = [f"{result[name]:,} {name}" for name in ("created", "updated", "unchanged")]
    say(f"{', '.join(counts)}, {result['rejected_count']:,} rejected")
    for row in result["rejected"][:_SHOWN]:
        field = f", {row['field']}" if row["field"] else ""
        say(f"  row {row['row']}{field}: {row['message']}")
    if result["rejected_count"] > _SHOWN:
        say(f"  and {result['rejected_count'] - _SHOWN:,} more")
    if result["job_id"] is not None:
        say(f"Job {result['job_id']} checks the seeds.")
