"""`seedbed export`."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from backend.cli.client import REFUSED, Api, fail, print_table, say
from backend.cli.export_version import download, export_mixture, standing_of
from backend.cli.guidelines import guideline_number
from backend.science.trace_choice import ChoiceRule

app = typer.Typer(
    help="Write seeds or mixtures to training files, and check them.",
    no_args_is_help=True,
)
app.command("mixture")(export_mixture)

_POLL_SECONDS = 0.5


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    layout: Annotated[Literal["sft", "rl"], typer.Option(help="Rows for SFT or for GRPO.")] = "rl",
    domain: Annotated[str | None, typer.Option(help="Only this domain.")] = None,
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    min_score: Annotated[float | None, typer.Option(help="Only scores from here on.")] = None,
    without_response: Annotated[
        Literal["skip", "answer"],
        typer.Option(help="SFT: seeds without a reference response: left out, or bare answers."),
    ] = "skip",
    traces: Annotated[
        ChoiceRule | None,
        typer.Option(help="SFT: take kept traces instead, chosen by this rule."),
    ] = None,
    trace_run: Annotated[int | None, typer.Option(help="Only traces of this run.")] = None,
    guideline: Annotated[
        str | None, typer.Option(help="Only traces under this guideline: its number or name.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Download the files into this folder.")] = None,
) -> None:
    """Export accepted seeds and wait until the files are whole."""
    filters = {"domain": domain, "source": source, "min_score": min_score}
    api = Api()
    export = api.post(
        "/v1/exports",
        {
            "name": name,
            "layout": layout,
            "without_response": without_response,
            "traces": traces,
            "trace_run_id": trace_run,
            "guideline_id": guideline and guideline_number(api, guideline),
            "filter": {key: value for key, value in filters.items() if value is not None},
        },
    )
    while export["state"] == "pending":
        time.sleep(_POLL_SECONDS)
        export = api.get(f"/v1/exports/{export['id']}")
    if export["state"] == "failed":
        fail(f"Export {export['id']} failed: {export['error']}")
    for reason, count in export["manifest"]["left_out"].items():
        say(f"Left out: {count:,} ({reason}).")
    say(f"{export['row_count']:,} rows.")
    typer.echo(download(api, export, to) if to else export["folder"])


@app.command("list")
def list_exports(limit: Annotated[int, typer.Option(min=1, max=1000)] = 50) -> None:
    """The newest exports."""
    page = Api().get("/v1/exports", limit=limit)
    columns = ["id", "name", "layout", "mixture", "version", "state", "row_count", "created_at"]
    print_table(columns, [[export[name] for name in columns] for export in page["items"]])


@app.command()
def verify(
    folder: Annotated[
        str, typer.Argument(help="An export's folder, or where it lies: s3://bucket/prefix/…")
    ],
    without_guidelines: Annotated[
        bool, typer.Option("--without-guidelines", help="Do not look for words of guidelines.")
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="The files alone, where no API is.")
    ] = False,
) -> None:
    """Check an export's files against its manifest, and its rows against all rules."""
    without_guidelines |= offline
    if (manifest := _manifest_of_version(folder)) is not None:
        _verify_version(folder, manifest, without_guidelines, offline)
        return
    from backend.exports.verify import certificate_of
    from backend.exports.verify import verify as faults_of

    path = Path(folder)
    if faults := faults_of(path):
        _refuse(faults)
    typer.echo(f"{path} is whole.")
    typer.echo(certificate_of(path))
    if without_guidelines:
        typer.echo("NOT checked against guidelines.")
    else:
        _check_guidelines(path)


def _manifest_of_version(folder: str) -> dict[str, Any] | None:
    """The manifest of an export of a version; None where it is of another kind, or none."""
    from backend.exports.export_place import VersionExport

    try:
        manifest = VersionExport(folder).manifest()
    except FileNotFoundError:
        return None
    except Exception as error:  # the libraries of stores raise errors of their own
        if "://" in folder:
            fail(f"{folder} cannot be read: {error}")
        return None
    return manifest if "manifest_version" in manifest else None


def _verify_version(
    folder: str, manifest: dict[str, Any], without_guidelines: bool, offline: bool
) -> None:
    from backend.exports.export_place import VersionExport
    from backend.exports.verify_version import faults_of_version

    texts = None if without_guidelines else _guidelines(Api())
    standing = None if offline else standing_of(Api(), manifest)
    _refuse(faults_of_version(VersionExport(folder), texts, standing))
    typer.echo(f"{folder} is whole: {manifest['rows']:,} rows.")
    typer.echo(manifest["decontamination"]["summary"])
    if texts is None:
        typer.echo("NOT checked against guidelines.")
    else:
        typer.echo(f"No row has words of any of {len(texts):,} versions of guidelines.")
    if standing is None:
        typer.echo("NOT asked: whether seeds were taken down or have hits by now.")
    else:
        typer.echo("None of its seeds was taken down, none has a benchmark hit now.")


def _check_guidelines(folder: Path) -> None:
    from backend.exports.verify import quoted_guidelines

    texts = _guidelines(Api())
    _refuse(quoted_guidelines(folder, texts))
    typer.echo(f"No row has words of any of {len(texts):,} versions of guidelines.")


def _guidelines(api: Api) -> list[Any]:
    """The texts of all versions of all guidelines."""
    from backend.exports.guidelines import GuidelineText

    return [
        GuidelineText(f"{row['guideline']}, version {row['number']}", row["text"])
        for row in api.every("/v1/guidelines:texts")
    ]


def _refuse(faults: Iterable[str]) -> None:
    found = False
    for fault in faults:
        found = True
        typer.echo(fault)
    if found:
        raise typer.Exit(REFUSED)
