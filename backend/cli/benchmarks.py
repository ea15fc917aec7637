"""`seedbed benchmarks`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, Any, BinaryIO, Final

import typer

from backend.cli.client import PARTLY, Api, follow, print_table, say

app = typer.Typer(help="Load benchmarks, and check seeds against them.", no_args_is_help=True)

_SHOWN: Final = 20
_LOAD_SECONDS: Final = 1800.0
_FORMATS: Final = (
    ".jsonl, .json or .csv (also .gz), .parquet or .arrow; or a folder, also as .zip: a Hugging "
    "Face data set, from `save_to_disk` or cloned from the hub."
)
_GATED: Final = "Whether to show of its items only what a seed holds too."
_STANDS_FOR: Final = "Its name in reports (see `list`), or `none`."


@app.command()
def load(
    path: Annotated[Path, typer.Argument(help=_FORMATS, exists=True)],
    name: Annotated[
        str | None, typer.Option(help="The benchmark; by default the file's or folder's name.")
    ] = None,
    version: Annotated[
        str | None, typer.Option(help="Which version of it; by default the data set's own, or 1.")
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Which split of it; by default `test`, or the only one.")
    ] = None,
    config: Annotated[
        str | None, typer.Option(help="Which configuration of a data set that has several.")
    ] = None,
    licence: Annotated[
        str | None, typer.Option(help="Under which licence; by default the data set's own.")
    ] = None,
    id_field: Annotated[
        str | None,
        typer.Option(help="The field that names the items; without `id` rows are numbered."),
    ] = None,
    text_field: Annotated[
        list[str] | None,
        typer.Option(help="The field with the question (by default `text`); repeat for choices."),
    ] = None,
    benchmark_field: Annotated[
        str | None, typer.Option(help="The field that names each row's benchmark.")
    ] = None,
    stands_for: Annotated[str | None, typer.Option(help=_STANDS_FOR)] = None,
    gated: Annotated[
        bool | None, typer.Option("--gated/--open", help=f"{_GATED} By default as authors ask.")
    ] = None,
) -> None:
    """Load a file or folder; broken rows are named, good ones kept; again adds nothing twice."""
    if name is None and benchmark_field is None:
        name = config or path.resolve().name.partition(".")[0]
    options = {
        "name": name, "version": version, "split": split, "config": config, "licence": licence,
        "id_field": id_field, "text_field": text_field, "benchmark_field": benchmark_field,
        "stands_for": stands_for, "gated": None if gated is None else str(gated).lower(),
    }  # fmt: skip
    given = {option: value for option, value in options.items() if value is not None}
    api = Api(timeout=_LOAD_SECONDS)
    with _opened(path) as (filename, content):
        files = {"file": (filename, content)}
        result = api.send("POST", "/v1/benchmarks", data=given, files=files)
    _print_benchmarks(result["benchmarks"])
    _say_counts(result)
    if result["rejected_count"]:
        raise typer.Exit(PARTLY)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[str, BinaryIO]]:
    """What is sent, and under which name: a folder goes as one zip file."""
    if path.is_file():
        with path.open("rb") as file:
            yield path.name, file
        return
    from backend.decontamination.archives import pack

    with TemporaryFile() as packed:
        pack(path, packed)
        packed.seek(0)
        yield f"{path.resolve().name}.zip", packed


@app.command("list")
def list_benchmarks() -> None:
    """List what seeds are checked against, and which of the benchmarks in reports are missing."""
    api = Api()
    page = api.get("/v1/benchmarks", limit=1000)
    found = page["items"]
    while page["next"]:
        page = api.get("/v1/benchmarks", limit=1000, after=page["next"])
        found += page["items"]
    named = api.get("/v1/benchmarks/registry")
    _print_benchmarks(found, named)
    _say_missing(named)


@app.command("set")
def set_benchmark(
    benchmark: Annotated[int, typer.Argument(help="Its number, see `list`.")],
    stands_for: Annotated[
        str | None, typer.Option(help=_STANDS_FOR + " Empty: its own name decides.")
    ] = None,
    gated: Annotated[bool | None, typer.Option("--gated/--open", help=_GATED)] = None,
    licence: Annotated[str | None, typer.Option(help="Under which licence it is.")] = None,
) -> None:
    """Correct what is said of a benchmark."""
    given = {"gated": gated, "licence": licence}
    change: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if stands_for is not None:
        change["stands_for"] = stands_for or None
    _print_benchmarks([Api().send("PATCH", f"/v1/benchmarks/{benchmark}", json=change)])


@app.command()
def remove(benchmark: Annotated[int, typer.Argument(help="Its number, see `list`.")]) -> None:
    """Remove a benchmark with its items and hits, unless curators have decided on these."""
    Api().send("DELETE", f"/v1/benchmarks/{benchmark}")
    say(f"Benchmark {benchmark} is removed; seeds are checked anew.")


@app.command()
def check() -> None:
    """Check all seeds that were not checked against today's benchmarks, and wait for it."""
    api = Api()
    job = follow(api, api.post("/v1/decontamination:check"))
    say(f"{job['done_count']:,} seeds were checked.")


def _print_benchmarks(
    benchmarks: list[dict[str, Any]], named: list[dict[str, Any]] | None = None
) -> None:
    fields = ["id", "name", "version", "split", "licence", "item_count", "gated", "created_at"]
    stands_for = {part["id"]: one for one in named or [] for part in one["loaded"]}
    rows = []
    for benchmark in benchmarks:
        one = stands_for.get(benchmark["id"], {})
        is_gated = "yes" if benchmark["gated"] else None
        rows.append([*({**benchmark, "gated": is_gated}[field] for field in fields)])
        rows[-1] += [one.get("name"), one.get("status")] if named is not None else []
    print_table([*fields, "stands_for", "status"] if named is not None else fields, rows)


def _say_missing(named: list[dict[str, Any]]) -> None:
    loaded = sum(one["status"] == "loaded" for one in named)
    say(f"{loaded} of the {len(named)} benchmarks that reports name are loaded. The others:")
    for one in named:
        if one["status"] != "loaded":
            part = f" ({one['items_loaded']:,} of {one['items']:,})" if one["loaded"] else ""
            advice = [text for text in (one["how"], one["note"]) if text]
            say(f"  {one['name']}{part}: {'; '.join(advice)}")


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
