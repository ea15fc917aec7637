"""`seedbed augment`: have a model make new seeds from accepted ones."""

from typing import Annotated

import typer

from backend.cli import proposals
from backend.cli.run_options import MaxCalls, MaxCost, MaxTokens, RunId, seed_filter
from backend.science.augmentation_templates import Kind

app = typer.Typer(help="Have models make new seeds from accepted ones.", no_args_is_help=True)


@app.command()
def start(
    model: proposals.Model,
    kind: Annotated[Kind, typer.Option(help="What the new seeds are to be.")] = "variation",
    candidates: proposals.Candidates = 3,
    note: proposals.Note = None,
    seed: Annotated[int | None, typer.Option(help="Only from this seed.")] = None,
    source: proposals.Source = None,
    domain: proposals.Domain = None,
    name: proposals.Name = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_cost: MaxCost = None,
    parallel_jobs: proposals.ParallelJobs = 1,
    forecast: proposals.Forecast = False,
) -> None:
    """Ask for new seeds from the accepted ones that match now; `seedbed runs` steers the run."""
    fields = {
        "name": name,
        "filter": {"seed_id": seed} if seed else seed_filter(source=source, domain=domain),
        "kind": kind,
        "candidates": candidates,
        "note": note,
        "parallel_jobs": parallel_jobs,
    }
    limits = (max_calls, max_tokens, max_cost)
    proposals.start("/v1/augmentation-runs", model, fields, limits, forecast)


@app.command()
def summary(run_id: RunId) -> None:
    """What a run's replies came to, by reason."""
    proposals.show_summary(run_id)
