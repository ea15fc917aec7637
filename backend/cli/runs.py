"""`seedbed runs`: start scoring runs, follow and steer them."""

from typing import Annotated

import typer

from backend.cli.client import Api, follow, print_table, say
from backend.cli.run_options import (
    MaxCalls,
    MaxCost,
    MaxTokens,
    RunId,
    budgets,
    endpoint_numbers,
    number_of,
    seed_filter,
    show_forecast,
    show_run,
)
from backend.science.sampling_rules import Stopping

app = typer.Typer(help="Start, follow, steer and calibrate scoring runs.", no_args_is_help=True)


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
    numbers = endpoint_numbers(api)
    body = {
        "name": name,
        "filter": seed_filter(source=source, domain=domain, status=status),
        "weak_endpoint_ids": [number_of(numbers, endpoint) for endpoint in weak],
        "reference_endpoint_id": reference and number_of(numbers, reference),
        "second_reference_endpoint_id": (second_reference and number_of(numbers, second_reference)),
        "stopping": stopping,
        "judge_endpoint_ids": [number_of(numbers, endpoint) for endpoint in judge or []],
        "rubric_version": rubric,
        "reference_samples": reference_samples,
        "weak_samples": weak_samples,
        "policy_id": policy,
        **budgets(max_calls, max_tokens, max_cost),
    }
    if forecast:
        show_forecast(api.post("/v1/runs:forecast", body))
        return
    show_run(api.post("/v1/runs", body))


@app.command("list")
def list_runs() -> None:
    """The last runs of all kinds."""
    fields = [
        "id",
        "kind",
        "name",
        "state",
        "seeds_scored",
        "seeds_failed",
        "seeds_total",
        "calls",
        "cost",
    ]
    runs = Api().get("/v1/runs")["items"]
    print_table(fields, [[run[field] for field in fields] for run in runs])


@app.command()
def show(run_id: RunId) -> None:
    """A run's progress, verdicts and failures."""
    show_run(Api().get(f"/v1/runs/{run_id}"))


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
    show_run(Api().post(f"/v1/runs/{run_id}:pause"))


@app.command()
def resume(
    run_id: RunId,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_cost: MaxCost = None,
) -> None:
    """Go on, with a raised budget if one is given; seeds that failed are tried again."""
    body = budgets(max_calls, max_tokens, max_cost)
    show_run(Api().post(f"/v1/runs/{run_id}:resume", body))


@app.command()
def cancel(run_id: RunId) -> None:
    """End a run for good."""
    show_run(Api().post(f"/v1/runs/{run_id}:cancel"))


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
