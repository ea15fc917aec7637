"""`seedbed endpoints`."""

from typing import Annotated, Any

import typer

from backend.cli.client import REFUSED, Api, fail, print_table, say

app = typer.Typer(help="Register, list, try and archive endpoints.", no_args_is_help=True)

Number = typer.Option(min=1)
CallsADay = Annotated[
    int | None, typer.Option(min=1, help="Most calls a day (UTC), of all runs together.")
]
CostADay = Annotated[float | None, typer.Option(help="Most that it may cost a day (UTC).")]
Named = Annotated[str, typer.Argument(metavar="NAME", help="The endpoint's name or number.")]
TEST_SECONDS = 90.0  # the API itself waits for a worker for up to a minute


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    url: Annotated[str, typer.Option(help="Base URL of a server, with /v1; or vllm:")],
    model: Annotated[str, typer.Option(help="The model's name on that server, or its folder.")],
    role: Annotated[str, typer.Option(help="reference, weak, judge, teacher or embedding.")],
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
    max_calls_per_day: CallsADay = None,
    max_cost_per_day: CostADay = None,
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
        max_calls_per_day=max_calls_per_day, max_cost_per_day=max_cost_per_day,
        timeout_seconds=timeout_seconds, samples_per_request=samples_per_request,
        uses_batches=uses_batches,
    )  # fmt: skip
    created = Api().post("/v1/endpoints", body | {"sampling": sampling})
    typer.echo(created["id"])
    say(f"Try it: seedbed endpoints test {created['id']}")


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


LIMITS = ("requests_per_minute", "tokens_per_minute", "max_calls_per_day", "max_cost_per_day")


@app.command()
def update(
    endpoint: Named,
    max_tokens: Annotated[
        int | None, typer.Option(min=1, help="New runs ask again only for what was cut off.")
    ] = None,
    max_in_flight: Annotated[int | None, Number] = None,
    requests_per_minute: Annotated[int | None, Number] = None,
    tokens_per_minute: Annotated[int | None, Number] = None,
    max_calls_per_day: CallsADay = None,
    max_cost_per_day: CostADay = None,
    input_price: Annotated[float | None, typer.Option(help="Per million tokens.")] = None,
    output_price: Annotated[float | None, typer.Option(help="Per million tokens.")] = None,
    no_limit: Annotated[
        list[str] | None, typer.Option(help=f"A limit to lift: {', '.join(LIMITS)}.")
    ] = None,
) -> None:
    """Change an endpoint's limits and prices; what is not given stays."""
    for name in no_limit or []:
        if name not in LIMITS:
            fail(f"There is no limit {name}; there are: {', '.join(LIMITS)}.")
    changes: dict[str, Any] = dict.fromkeys(no_limit or []) | _given(
        max_in_flight=max_in_flight, requests_per_minute=requests_per_minute,
        tokens_per_minute=tokens_per_minute, max_calls_per_day=max_calls_per_day,
        max_cost_per_day=max_cost_per_day, input_price=input_price, output_price=output_price,
    )  # fmt: skip
    api = Api()
    path = f"/v1/endpoints/{_number(api, endpoint)}"
    if max_tokens is not None:
        changes["sampling"] = api.get(path)["sampling"] | {"max_tokens": max_tokens}
    changed = api.send("PATCH", path, json=changes)
    say(f"{changed['name']} is changed; runs that go on keep the token limit they began with.")


@app.command("list")
def list_endpoints(
    archived: Annotated[bool, typer.Option("--archived", help="The archived ones.")] = False,
) -> None:
    """List endpoints."""
    fields = [
        "id", "name", "role", "model", "base_url", "input_price", "output_price", "calls_today",
        "max_calls_per_day", "cost_today", "max_cost_per_day",
    ]  # fmt: skip
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
    thought = f" ({result['reasoning_tokens']:,} of thinking)" if result["reasoning_tokens"] else ""
    say(
        f"{result['latency_ms']:,} ms, {result['prompt_tokens']:,} + "
        f"{result['completion_tokens']:,} tokens{thought}, finished by {result['finish_reason']}"
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
