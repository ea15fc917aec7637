"""`seedbed mixtures token-scale`: how many tokens of a tokenizer go to one as counted here."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from backend.cli.client import Api, fail, say
from backend.science.prompt_tokens import prompt_tokens

PAGE = 1000


def token_scale(
    tokenizer: Annotated[
        Path, typer.Argument(help="The tokenizer.json of the model to be trained.", exists=True)
    ],
    traces: Annotated[int, typer.Option(min=1, help="How many kept traces to count.")] = 200,
) -> None:
    """Count traces by a tokenizer; prints the `token_scale` for recipes.

    It needs the library `tokenizers`, which is among the requirements of training.
    """
    tokens = _counter(tokenizer)
    api = Api()
    page = api.get("/v1/traces", state="kept", limit=PAGE)["items"]
    if not page:
        fail("There are no kept traces to count.")
    # Always the same ones, so that who asks again gets the same answer.
    chosen = random.Random(0).sample(page, min(traces, len(page)))
    here = there = 0
    for row in chosen:
        trace = api.get(f"/v1/traces/{row['sample_id']}")
        here += prompt_tokens(trace["prompt"])
        here += trace["thinking_tokens"] + trace["answer_tokens"]
        there += sum(tokens(trace[part]) for part in ("prompt", "thinking", "answer"))
    say(f"{len(chosen):,} traces: {there:,} tokens by {tokenizer.name}, counted here as {here:,}.")
    typer.echo(f"{there / max(here, 1):.3f}")


def _counter(file: Path) -> Callable[[str], int]:
    try:
        from tokenizers import Tokenizer
    except ImportError:
        fail("The library tokenizers is missing: install requirements/training.txt.")
    try:
        loaded: Any = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises plain ones
        fail(f"{file} is no tokenizer: {error}")
    return lambda text: len(loaded.encode(text, add_special_tokens=False).ids)
