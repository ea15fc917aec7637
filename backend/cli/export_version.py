"""`seedbed export mixture`, and the checks of what it wrote."""

import time
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from backend.cli.client import UNREACHABLE, Api, answer_of, fail, reason_of, say
from backend.cli.mixture_names import mixture_called
from backend.exports.examples import FileKind, FormatName

_POLL_SECONDS = 0.5
_PIECE = 2**20
# Unknown, not frozen, or no number that a version can have: the export is of another server.
_NO_SUCH_VERSION = (404, 409, 422)


def export_mixture(
    mixture: Annotated[str, typer.Argument(help="The mixture's name or number.")],
    format: Annotated[FormatName, typer.Option(help="What the training library reads.")],
    version: Annotated[
        int | None, typer.Option(min=1, help="Its version by number; else the newest frozen one.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call the export.")] = None,
    kind: Annotated[FileKind, typer.Option(help="The kind of file.")] = "parquet",
    destination: Annotated[
        str | None, typer.Option(help="Where the files go instead: s3://bucket/prefix, …")
    ] = None,
    shard_tokens: Annotated[
        int | None, typer.Option(min=1000, help="About how many tokens a file holds.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Download the files into this folder.")] = None,
) -> None:
    """Export a frozen version of a mixture and wait until the files are whole."""
    if to is not None and destination is not None:
        fail("--to downloads what lies in Seedbed's own folder: leave out --destination.", 2)
    api = Api()
    chosen = _version(api, mixture, version)
    body = {
        "name": name or f"{chosen['mixture']} v{chosen['number']} {format}", "format": format,
        "kind": kind, "destination": destination, "shard_tokens": shard_tokens,
    }  # fmt: skip
    given = {key: value for key, value in body.items() if value is not None}
    export = api.post(f"/v1/mixture-versions/{chosen['id']}/exports", given)
    while export["state"] == "pending":
        time.sleep(_POLL_SECONDS)
        export = api.get(f"/v1/exports/{export['id']}")
    if export["state"] == "failed":
        fail(f"Export {export['id']} failed: {export['error']}")
    for split, sums in export["manifest"]["splits"].items():
        say(f"{split}: {sums['rows']:,} rows, {sums['tokens']:,} tokens, {sums['files']:,} files.")
    if destination:
        typer.echo(f"{export['destination']}/{export['folder']}")
    else:
        typer.echo(download(api, export, to) if to else export["folder"])


def _version(api: Api, mixture: str, number: int | None) -> dict[str, Any]:
    """A version of a mixture: the newest that is frozen, or that of a number."""
    found = mixture_called(api, mixture)
    for version in api.every(f"/v1/mixtures/{found['id']}/versions"):
        wanted = version["state"] == "frozen" if number is None else version["number"] == number
        if wanted:
            return version
    what = "frozen version" if number is None else f"version {number}"
    fail(f"{found['name']} has no {what}.")


def download(api: Api, export: dict[str, Any], to: Path) -> Path:
    """Fetch all files of an export, piece by piece; the manifest last: where it stands, all is."""
    folder = to / str(export["folder"])
    for name in [*(file["name"] for file in export["manifest"]["files"]), "manifest.json"]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.draft")
        try:
            with api.stream(f"/v1/exports/{export['id']}/files/{name}") as answer:
                if answer.is_error:
                    answer.read()
                    answer_of(answer)
                with draft.open("wb") as file:
                    for piece in answer.iter_bytes(_PIECE):
                        file.write(piece)
        except httpx.TransportError as error:
            fail(f"The API at {api.url} does not answer: {reason_of(error)}.", UNREACHABLE)
        draft.rename(path)
    return folder


def standing_of(api: Api, manifest: dict[str, Any]) -> Any:
    """What the server says of a version's seeds now; None where it has no such version."""
    from backend.exports.schemas import VersionStanding

    mixture = manifest.get("mixture")
    number = mixture.get("version_id") if isinstance(mixture, dict) else None
    if type(number) is not int:
        return None  # a fault of the manifest, and told as one
    answer = api.ask("GET", f"/v1/mixture-versions/{number}:standing")
    if answer.status_code in _NO_SUCH_VERSION:
        return None
    return VersionStanding.model_validate(answer_of(answer))
