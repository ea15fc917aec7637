"""`seedbed rewrites measure`: have models answer wordings that wait."""

from typing import Annotated

import typer

from backend.cli.client import Api
from backend.cli.run_options import (
    MaxCalls,
    MaxCost,
    MaxTokens,
    budgets,
    endpoint_numbers,
    number_of,
    show_forecast,
    show_run,
)


def measure(
    reference: Annotated[str, typer.Option(help="Whose votes decide what the answer is.")],
    weak: Annotated[list[str], typer.Option(help="A weak endpoint's name; the one to be taught.")],
    rewrite: Annotated[
        list[int] | None, typer.Argument(help="Their numbers; without, all that no run measured.")
    ] = None,
    second_reference: Annotated[
        str | None, typer.Option(help="A reference of another family, which confirms the answer.")
    ] = None,
    judge: Annotated[
        list[str] | None, typer.Option(help="A judge's name: does the answer follow?")
    ] = None,
    reference_samples: Annotated[int, typer.Option(help="Answers of the reference at most.")] = 8,
    weak_samples: Annotated[int, typer.Option(help="Answers of each weak endpoint at most.")] = 16,
    name: Annotated[str | None, typer.Option(help="What to call the run.")] = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_cost: MaxCost = None,
    forecast: Annotated[bool, typer.Option("--forecast", help="Only say what it takes.")] = False,
) -> None:
    """Have models answer rewrites that wait; `seedbed runs` steers the run."""
    api = Api()
    numbers = endpoint_numbers(api)
    body = {
        "name": name,
        "rewrite_ids": rewrite or None,
        "reference_endpoint_id": number_of(numbers, reference),
        "second_reference_endpoint_id": second_reference and number_of(numbers, second_reference),
        "weak_endpoint_ids": [number_of(numbers, endpoint) for endpoint in weak],
        "judge_endpoint_ids": [number_of(numbers, endpoint) for endpoint in judge or []],
        "reference_samples": reference_samples,
        "weak_samples": weak_samples,
        **budgets(max_calls, max_tokens, max_cost),
    }
    if forecast:
        show_forecast(api.post("/v1/rewrites:forecast", body))
        return
    show_run(api.post("/v1/rewrites:measure", body))
