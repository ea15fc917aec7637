"""What commands that have a model propose something have in common."""

from typing import Annotated, Any

import typer

from backend.cli.client import Api, print_table, say
from backend.cli.run_options import budgets, endpoint_numbers, number_of, show_forecast, show_run

Model = Annotated[str, typer.Option(help="Who is asked: the name of a teacher or a reference.")]
Candidates = Annotated[int, typer.Option(help="Proposals about each seed.")]
Note = Annotated[str | None, typer.Option(help="What the model is to mind.")]
Name = Annotated[str | None, typer.Option(help="What to call the run.")]
Source = Annotated[str | None, typer.Option(help="Only seeds of this source.")]
Domain = Annotated[str | None, typer.Option(help="Only seeds of this domain.")]
ParallelJobs = Annotated[int, typer.Option(help="Jobs that share the seeds.")]
Forecast = Annotated[bool, typer.Option("--forecast", help="Only say what it takes.")]
Run = Annotated[int | None, typer.Option(help="Only those of this run.")]


def start(
    path: str,
    model: str,
    fields: dict[str, Any],
    limits: tuple[int | None, int | None, float | None],
    forecast: bool,
) -> None:
    """Start such a run, or say what it takes."""
    api = Api()
    body = {
        **fields,
        "endpoint_id": number_of(endpoint_numbers(api), model),
        **budgets(*limits),
    }
    if forecast:
        show_forecast(api.post(f"{path}:forecast", body))
    else:
        show_run(api.post(path, body))


def show_summary(run_id: int) -> None:
    """What a run's replies came to."""
    found = Api().get(f"/v1/runs/{run_id}/proposals:summary")
    say(f"{found['replies']:,} replies, {found['made']:,} made, for {found['seeds']:,} seeds")
    rows = [[row["outcome"], row["count"], f"{row['share']:.1%}"] for row in found["outcomes"]]
    print_table(["outcome", "replies", "share"], rows)
    print_table(["what was made", ""], [[name, n] for name, n in found["standing"].items()])
