"""`seedbed domains`: have a model sort seeds by domain, see what it suggests, and apply it."""

from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
import yaml

from backend.cli import proposals
from backend.cli.client import Api, fail, follow, print_table, say
from backend.cli.run_options import MaxCalls, MaxCost, MaxTokens, RunId, seed_filter

app = typer.Typer(
    help="Have a model suggest domains for seeds, and apply them.", no_args_is_help=True
)
NONE_FITS = "(none of the list)"


@app.command()
def start(
    model: Annotated[str, typer.Option(help="Who is asked: a judge, a teacher or a reference.")],
    domains: Annotated[
        Path,
        typer.Option(help="YAML: a line of description by domain.", exists=True, dir_okay=False),
    ],
    every: Annotated[
        bool, typer.Option("--all", help="Also about seeds that have a domain.")
    ] = False,
    source: proposals.Source = None,
    domain: proposals.Domain = None,
    status: Annotated[str | None, typer.Option(help="Only seeds of this status.")] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Apply what it says once the run is finished.")
    ] = False,
    name: proposals.Name = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_cost: MaxCost = None,
    parallel_jobs: proposals.ParallelJobs = 1,
    forecast: proposals.Forecast = False,
) -> None:
    """Ask about seeds that have no domain; `seedbed runs` steers the run."""
    chosen: dict[str, Any] = dict(seed_filter(source=source, domain=domain, status=status))
    if not every and domain is None:
        chosen["has_domain"] = False
    fields = {
        "name": name, "filter": chosen, "domains": _list(domains), "apply": apply,
        "parallel_jobs": parallel_jobs,
    }  # fmt: skip
    limits = (max_calls, max_tokens, max_cost)
    proposals.start("/v1/domain-runs", model, fields, limits, forecast)


@app.command()
def summary(run_id: RunId) -> None:
    """What a run suggests, held against given domains."""
    found = Api().get(f"/v1/runs/{run_id}/domains:summary")
    say(f"{found['replies']:,} replies of {found['judge']}")
    rows = [[row["outcome"], row["count"], f"{row['share']:.1%}"] for row in found["outcomes"]]
    print_table(["outcome", "replies", "share"], rows)
    rows = [[row["domain"] or NONE_FITS, row["seeds"], row["new"]] for row in found["domains"]]
    print_table(["suggested", "seeds", "had none"], rows)
    if found["agreement"] is not None:
        say(f"{found['agreement']:.0%} of given domains are suggested again")
        pairs = [
            [row["given"], row["suggested"] or NONE_FITS, row["seeds"]]
            for row in found["confusion"]
        ]
        print_table(["given", "suggested", "seeds"], pairs)
    say(f"{found['applicable']:,} seeds without a domain would get one")
    say(f"{found['replaceable']:,} seeds would change with --replace")


@app.command()
def apply(
    run_id: RunId,
    replace: Annotated[bool, typer.Option("--replace", help="Given domains too.")] = False,
    reason: Annotated[str | None, typer.Option(help="Why; it stands in the history.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count them.")] = False,
) -> None:
    """Give seeds what a run suggests; prints the batch by which that is undone."""
    api = Api()
    body = {"token": str(uuid4()), "reason": reason, "replace": replace, "dry_run": dry_run}
    found = api.post(f"/v1/runs/{run_id}/domains:apply", body)
    if dry_run:
        say(f"{found['count']:,} seeds would get another domain.")
        return
    if found["job_id"] is not None:
        follow(api, api.get(f"/v1/jobs/{found['job_id']}"))
    say(f"{found['count']:,} seeds have got another domain.")
    typer.echo(found["batch"])


@app.command()
def undo(batch: Annotated[str, typer.Argument(help="The batch that `apply` printed.")]) -> None:
    """Take back what was applied at once."""
    api = Api()
    found = api.post("/v1/decisions:undo-batch", {"token": str(uuid4()), "batch": batch})
    if found["job_id"] is not None:
        follow(api, api.get(f"/v1/jobs/{found['job_id']}"))
    say(f"{found['count']:,} seeds are as they were.")


def _list(file: Path) -> list[dict[str, str]]:
    try:
        document = yaml.safe_load(file.read_text())
    except (OSError, ValueError, yaml.YAMLError) as error:
        fail(f"{file} cannot be read: {error}", status=2)
    if not isinstance(document, dict):
        fail(f"{file} is to have a line for each domain, as in “algebra: equations”.", status=2)
    return [{"name": str(name), "description": str(said or "")} for name, said in document.items()]
