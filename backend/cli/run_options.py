"""What commands that start or steer runs have in common, whatever the run is for."""

from typing import Annotated, Any

import typer

from backend.cli.client import Api, fail, print_table, say

RunId = Annotated[int, typer.Argument(help="The run's number.")]
MaxCalls = Annotated[int | None, typer.Option(help="Stop before more calls than this.")]
MaxTokens = Annotated[int | None, typer.Option(help="Stop before more tokens than this.")]
MaxCost = Annotated[float | None, typer.Option(help="Stop before it costs more than this.")]


def budgets(calls: int | None, tokens: int | None, cost: float | None) -> dict[str, Any]:
    """The budgets of a run, as the API takes them."""
    return {"max_calls": calls, "max_tokens": tokens, "max_cost": cost}


def seed_filter(**chosen: str | None) -> dict[str, str]:
    """The filter's fields that were given."""
    return {field: value for field, value in chosen.items() if value is not None}


def endpoint_numbers(api: Api) -> dict[str, int]:
    """The number of each endpoint by its name."""
    return {found["name"]: found["id"] for found in api.get("/v1/endpoints", limit=1000)["items"]}


def number_of(numbers: dict[str, int], name: str) -> int:
    """The number of an endpoint; ends the command where there is none of this name."""
    if name not in numbers:
        fail(f"There is no endpoint {name}; there are: {', '.join(sorted(numbers)) or 'none'}.")
    return numbers[name]


def show_run(run: dict[str, Any]) -> None:
    """A run's progress, what it has used, and what went wrong."""
    done = run["seeds_scored"] + run["seeds_failed"]
    noun = "rewrites" if run["settings"].get("rewrites") else "seeds"
    lines = {
        "run": f"{run['id']} ({run['name']})",
        "state": f"{run['state']}{': ' + run['note'] if run['note'] else ''}",
        "done": f"{done} of {run['seeds_total']} {noun}, {run['seeds_failed']} failed",
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


def show_forecast(found: dict[str, Any]) -> None:
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
