"""`seedbed runs`: start scoring runs, follow and steer them."""

from typing import Annotated, Any

import typer

from backend.cli.client import Api, fail, follow, print_table, say
from backend.science.sampling_rules import Stopping

app = typer.Typer(help="Start, follow, steer and calibrate scoring runs.", no_args_is_help=True)

RunId = Annotated[int, typer.Argument(help="The run's number.")]
MaxCalls = Annotated[int | None, typer.Option(help="Stop before more calls than this.")]
MaxTokens = Annotated[int | None, typer.Option(help="Stop before more tokens than this.")]
MaxCost = Annotated[float | None, typer.Option(help="Stop before it costs more than this.")]


@app.command()
def start(
    weak: Annotated[
        list[str], typer.Option(help="A weak endpoint's name; the first is the one to be taught.")
    ],
    reference: Annotated[str | None, typer.Option(help="The reference's name.")] = None,
    judge: Annotated[
        list[str] | None, typer.Option(help="A judge's name; several can be compared.")
    ] = None,
    rubric: Annotated[
        str | None, typer.Option(help="The rubric's version by which judges rate.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call the run.")] = None,
    source: Annotated[str | None, typer.Option(help="Only seeds of this source.")] = None,
    domain: Annotated[str | None, typer.Option(help="Only seeds of this domain.")] = None,
    status: Annotated[str | None, typer.Option(help="Only seeds of this status.")] = None,
    second_reference: Annotated[
        str | None, typer.Option(help="A reference of another family, for keys in doubt.")
    ] = None,
    stopping: Annotated[
        Stopping, typer.Option(help="When a seed has answers enough.")
    ] = "adaptive",
    reference_samples: Annotated[
        int, typer.Option(help="Answers of the reference that a seed gets at most.")
    ] = 8,
    weak_samples: Annotated[
        int, typer.Option(help="Answers of each weak endpoint that a seed gets at most.")
    ] = 32,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_cost: MaxCost = None,
    policy: Annotated[int | None, typer.Option(help="The policy's number.")] = None,
    forecast: Annotated[bool, typer.Option("--forecast", help="Only say what it takes.")] = False,
) -> None:
    """Score the seeds that match now."""
    api = Api()
    numbers = {found["name"]: found["id"] for found in _endpoints(api)}
    chosen = {"source": source, "domain": domain, "status": status}
    body = {
        "name": name,
        "filter": {field: value for field, value in chosen.items() if value is not None},
        "weak_endpoint_ids": [_number(numbers, endpoint) for endpoint in weak],
        "reference_endpoint_id": reference and _number(numbers, reference),
        "second_reference_endpoint_id": (second_reference and _number(numbers, second_reference)),
        "stopping": stopping,
        "judge_endpoint_ids": [_number(numbers, endpoint) for endpoint in judge or []],
        "rubric_version": rubric,
        "reference_samples": reference_samples,
        "weak_samples": weak_samples,
        "policy_id": policy,
        **_budgets(max_calls, max_tokens, max_cost),
    }
    if forecast:
        _show_forecast(api.post("/v1/runs:forecast", body))
        return
    _show(api.post("/v1/runs", body))


@app.command("list")
def list_runs() -> None:
    """The last runs."""
    fields = ["id", "name", "state", "seeds_scored", "seeds_failed", "seeds_total", "calls", "cost"]
    runs = Api().get("/v1/runs")["items"]
    print_table(fields, [[run[field] for field in fields] for run in runs])


@app.command()
def show(run_id: RunId) -> None:
    """A run's progress, verdicts and failures."""
    _show(Api().get(f"/v1/runs/{run_id}"))


@app.command()
def spend(run_id: RunId) -> None:
    """What a run has used of each endpoint."""
    fields = [
        "endpoint", "role", "calls", "prompt_tokens", "completion_tokens", "reasoning_tokens",
        "cost", "cut_off", "failed",
    ]  # fmt: skip
    rows = Api().get(f"/v1/runs/{run_id}/spend")
    print_table(fields, [[row[field] for field in fields] for row in rows])
    for row in rows:
        if row["hint"]:
            say(row["hint"])


@app.command()
def pause(run_id: RunId) -> None:
    """Start no further calls."""
    _show(Api().post(f"/v1/runs/{run_id}:pause"))


@app.command()
def resume(
    run_id: RunId,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_cost: MaxCost = None,
) -> None:
    """Go on, with a raised budget if one is given; seeds that failed are tried again."""
    body = _budgets(max_calls, max_tokens, max_cost)
    _show(Api().post(f"/v1/runs/{run_id}:resume", body))


@app.command()
def cancel(run_id: RunId) -> None:
    """End a run for good."""
    _show(Api().post(f"/v1/runs/{run_id}:cancel"))


@app.command()
def calibration(
    run_id: RunId,
    again: Annotated[
        bool, typer.Option("--again", help="First fit on all gold seeds stored by now.")
    ] = False,
) -> None:
    """How far the run's key can be trusted: figures, the reliability diagram, the model."""
    from backend.cli.calibration import print_report

    api = Api()
    if again:
        job = follow(api, api.post(f"/v1/runs/{run_id}:recalibrate"))
        say(f"{job['done_count']:,} verdicts were computed again.")
    print_report(api.get(f"/v1/runs/{run_id}/calibration"))


def _budgets(calls: int | None, tokens: int | None, cost: float | None) -> dict[str, Any]:
    return {"max_calls": calls, "max_tokens": tokens, "max_cost": cost}


def _endpoints(api: Api) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api.get("/v1/endpoints", limit=1000)["items"]
    return items


def _number(numbers: dict[str, int], name: str) -> int:
    if name not in numbers:
        fail(f"There is no endpoint {name}; there are: {', '.join(sorted(numbers)) or 'none'}.")
    return numbers[name]


def _show_forecast(found: dict[str, Any]) -> None:
    """The whole and each endpoint's part; a range where a rule says when to stop."""
    total = {"endpoint": "all", "role": "", **found}
    rows = [
        [
            row["endpoint"], row["role"], _range(row), row["already_stored"],
            row["estimated_tokens"], f"{row['estimated_cost']:.4f}",
            f"{row['estimated_cost_high']:.4f}",
        ]
        for row in [*found["endpoints"], total]
    ]  # fmt: skip
    say(f"{found['seeds']:,} seeds")
    columns = ["endpoint", "role", "calls", "stored already", "tokens", "cost", "cost at most"]
    print_table(columns, rows)
    for note in found["notes"]:
        say(note)


def _range(row: dict[str, Any]) -> str:
    low, high = row["calls_low"], row["calls_high"]
    return f"{row['calls']:,}" if low == high else f"{row['calls']:,} ({low:,} to {high:,})"


def _show(run: dict[str, Any]) -> None:
    done = run["seeds_scored"] + run["seeds_failed"]
    lines = {
        "run": f"{run['id']} ({run['name']})",
        "state": f"{run['state']}{': ' + run['note'] if run['note'] else ''}",
        "seeds": f"{done} of {run['seeds_total']}, {run['seeds_failed']} failed",
        "with a first verdict": run["seeds_waiting"],
        "verdicts": ", ".join(f"{name} {count}" for name, count in run["verdicts"].items()),
        "calls": f"{run['calls']}, {run['rate']['calls_per_minute']:.0f} a minute",
        "tokens": run["tokens"],
        "cost": f"{run['cost']:.4f}",
    }
    print_table(["", ""], [[name, value] for name, value in lines.items()])
    for batch in run["batches"]:
        note = f": {batch['note']}" if batch["note"] else ""
        say(
            f"batch {batch['provider_id'] or batch['id']} of {batch['endpoint']} is "
            f"{batch['state']}, {batch['answered']} of {batch['samples']} samples answered{note}"
        )
    for failure in run["failures"]:
        say(f"{failure['count']} failed: {failure['reason']}")
