"""`seedbed endpoints`."""

from typing import Annotated, Any

import typer

from backend.cli.client import REFUSED, Api, fail, print_table, say

app = typer.Typer(help="Register, list, try and archive endpoints.", no_args_is_help=True)

Number = typer.Option(min=1)
Named = Annotated[str, typer.Argument(metavar="NAME", help="The endpoint's name or number.")]
TEST_SECONDS = 90.0  # the API itself waits for a worker for up to a minute


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    url: Annotated[str, typer.Option(help="Base URL of a server, with /v1; or vllm:")],
    model: Annotated[str, typer.Option(help="The model's name on that server, or its folder.")],
    role: Annotated[str, typer.Option(help="reference, weak, judge or teacher.")],
    key_variable: Annotated[
        str | None, typer.Option(help="The worker's environment variable that holds the key.")
    ] = None,
    temperature: Annotated[float | None, typer.Option(help="0.8 where not given.")] = None,
    no_temperature: Annotated[
        bool, typer.Option("--no-temperature", help="Send none: reasoning models refuse it.")
    ] = False,
    top_p: Annotated[float | None, typer.Option()] = None,
    max_tokens: Annotated[int | None, Number] = None,
    reasoning_effort: Annotated[str | None, typer.Option()] = None,
    template: Annotated[str | None, typer.Option(help="Name of the prompt template.")] = None,
    input_price: Annotated[float | None, typer.Option(help="Per million tokens.")] = None,
    output_price: Annotated[float | None, typer.Option(help="Per million tokens.")] = None,
    max_in_flight: Annotated[int | None, Number] = None,
    requests_per_minute: Annotated[int | None, Number] = None,
    tokens_per_minute: Annotated[int | None, Number] = None,
    timeout_seconds: Annotated[float | None, typer.Option()] = None,
    samples_per_request: Annotated[
        int | None, typer.Option(min=1, help="More than 1 where the server takes n.")
    ] = None,
    uses_batches: Annotated[
        bool, typer.Option("--batches", help="Ask by batches: slower, and at the batch price.")
    ] = False,
) -> None:
    """Register a model in a role."""
    sampling: dict[str, Any] = _given(
        temperature=temperature, top_p=top_p, max_tokens=max_tokens,
        reasoning_effort=reasoning_effort, template=template,
    )  # fmt: skip
    if no_temperature:
        sampling["temperature"] = None
    body = _given(
        name=name, base_url=url, model=model, role=role, key_variable=key_variable,
        input_price=input_price, output_price=output_price, max_in_flight=max_in_flight,
        requests_per_minute=requests_per_minute, tokens_per_minute=tokens_per_minute,
        timeout_seconds=timeout_seconds, samples_per_request=samples_per_request,
        uses_batches=uses_batches,
    )  # fmt: skip
    created = Api().post("/v1/endpoints", body | {"sampling": sampling})
    typer.echo(created["id"])
    say(f"Try it: seedbed endpoints test {created['id']}")


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


@app.command("list")
def list_endpoints(
    archived: Annotated[bool, typer.Option("--archived", help="The archived ones.")] = False,
) -> None:
    """List endpoints."""
    fields = ["id", "name", "role", "model", "base_url", "input_price", "output_price"]
    rows = _all(Api(), archived=archived)
    print_table(fields, [[row[field] for field in fields] for row in rows])


@app.command("test")
def try_out(
    endpoint: Named,
    prompt: Annotated[str | None, typer.Option(help="What to ask; a small sum by default.")] = None,
) -> None:
    """Make one call and print what comes back."""
    api = Api(timeout=TEST_SECONDS)
    path = f"/v1/endpoints/{_number(api, endpoint)}:test"
    result = api.post(path, {} if prompt is None else {"prompt": prompt})
    if not result["ok"]:
        fail(result["error"], REFUSED)
    if result["reasoning"]:
        say(result["reasoning"])
    typer.echo(result["response"])
    say(
        f"{result['latency_ms']:,} ms, {result['prompt_tokens']:,} + "
        f"{result['completion_tokens']:,} tokens, finished by {result['finish_reason']}"
    )


@app.command()
def archive(endpoint: Named) -> None:
    """Take an endpoint out of use; its samples stay."""
    api = Api()
    api.send("DELETE", f"/v1/endpoints/{_number(api, endpoint)}")
    say(f"{endpoint} is archived.")


def _number(api: Api, endpoint: str) -> int:
    if endpoint.isdecimal():
        return int(endpoint)
    for row in _all(api):
        if row["name"] == endpoint:
            return int(row["id"])
    fail(f"There is no endpoint {endpoint}.")


def _all(api: Api, archived: bool = False) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        page = api.get("/v1/endpoints", archived=archived, limit=1000, after=after)
        rows += page["items"]
        after = page["next"]
        if after is None:
            return rows
