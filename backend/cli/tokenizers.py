"""`seedbed tokenizers`: register those of models to be trained, and have them count."""

from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from backend.cli.client import Api, answer_of, fail, follow, print_table, say

app = typer.Typer(
    help="Register tokenizers of models to be trained, and have them count.", no_args_is_help=True
)
UPLOAD_SECONDS = 120


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What recipes call it.")],
    file: Annotated[Path, typer.Argument(help="Its tokenizer.json.", exists=True, dir_okay=False)],
    template_tokens: Annotated[
        int, typer.Option(min=0, help="What the chat template adds to an example of one turn.")
    ] = 16,
) -> None:
    """Register a tokenizer under a name; prints its number."""
    api = Api(timeout=UPLOAD_SECONDS)
    params = {"name": name, "template_tokens": template_tokens}
    try:
        answer = api.request("POST", "/v1/tokenizers", params=params, content=file.read_bytes())
    except (OSError, httpx.TransportError) as error:
        fail(f"{file} could not be sent: {error}.")
    typer.echo(answer_of(answer)["id"])


@app.command("list")
def list_tokenizers() -> None:
    """All tokenizers, and how much each has counted."""
    columns = ["id", "name", "vocabulary", "template_tokens", "counted", "waiting", "sha256"]
    rows = Api().get("/v1/tokenizers")
    print_table(columns, [[row[name] for name in columns] for row in rows])


@app.command()
def count(tokenizer: Annotated[str, typer.Argument(help="Its name.")]) -> None:
    """Count the prompts of accepted seeds and their kept traces that are not counted yet."""
    api = Api()
    found: list[dict[str, Any]] = api.get("/v1/tokenizers")
    number = next((one["id"] for one in found if one["name"] == tokenizer), None)
    if number is None:
        fail(f"There is no tokenizer {tokenizer}.")
    follow(api, api.post(f"/v1/tokenizers/{number}:count"))
    [now] = [one for one in api.get("/v1/tokenizers") if one["id"] == number]
    say(f"{now['counted']:,} prompts and traces are counted, {now['waiting']:,} are not.")
