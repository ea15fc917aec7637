"""`seedbed rewrites`: ask a model for rewrites, have them measured, see those that wait."""

from typing import Annotated

import typer

from backend.cli import measuring, proposals
from backend.cli.client import Api, first_words, print_table, say, say_text
from backend.cli.run_options import MaxCalls, MaxCost, MaxTokens, RunId, seed_filter
from backend.science.rewrite_templates import Kind

app = typer.Typer(
    help="Ask models for rewrites, have them measured, list and read them.", no_args_is_help=True
)


@app.command()
def start(
    model: proposals.Model,
    kind: Annotated[Kind, typer.Option(help="How the seeds are to be rewritten.")],
    candidates: proposals.Candidates = 3,
    note: proposals.Note = None,
    seed: Annotated[int | None, typer.Option(help="Only this seed.")] = None,
    source: proposals.Source = None,
    domain: proposals.Domain = None,
    status: Annotated[str, typer.Option(help="Only seeds of this status.")] = "needs_rewrite",
    name: proposals.Name = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_cost: MaxCost = None,
    parallel_jobs: proposals.ParallelJobs = 1,
    forecast: proposals.Forecast = False,
) -> None:
    """Ask for rewrites of the seeds that match now; `seedbed runs` steers the run."""
    chosen = {"seed_id": seed} if seed else seed_filter(source=source, domain=domain, status=status)
    fields = {
        "name": name,
        "filter": chosen,
        "kind": kind,
        "candidates": candidates,
        "note": note,
        "parallel_jobs": parallel_jobs,
    }
    limits = (max_calls, max_tokens, max_cost)
    proposals.start("/v1/rewrite-runs", model, fields, limits, forecast)


app.command()(measuring.measure)


@app.command("list")
def list_rewrites(
    state: Annotated[str, typer.Option(help="Their state, or any.")] = "proposed",
    run: proposals.Run = None,
    seed: Annotated[int | None, typer.Option(help="Only those of this seed.")] = None,
    author: Annotated[str | None, typer.Option(help="Only those of this user or model.")] = None,
    limit: Annotated[int, typer.Option(help="How many.")] = 50,
) -> None:
    """Rewrites, those with the most doubt first."""
    wanted = {
        "state": None if state == "any" else state, "run_id": run, "seed_id": seed,
        "author": author,
    }  # fmt: skip
    given = {name: value for name, value in wanted.items() if value is not None}
    fields = ["id", "seed_id", "state", "kind", "author", "failed", "unknown", "answer", "prompt"]
    rows = [
        row | {"failed": ", ".join(row["failed"]), "unknown": len(row["unknown"]),
               "answer": first_words(row["answer"] or ""), "prompt": first_words(row["prompt"])}
        for row in Api().get("/v1/rewrites", limit=limit, **given)["items"]
    ]  # fmt: skip
    print_table(fields, [[row[field] for field in fields] for row in rows])


@app.command()
def show(rewrite_id: Annotated[int, typer.Argument(help="The rewrite's number.")]) -> None:
    """One rewrite beside its original, with what was checked."""
    rewrite = Api().get(f"/v1/rewrites/{rewrite_id}")
    fields = ["seed_id", "state", "kind", "author", "run_id", "why", "original_answer", "answer",
              "stale"]  # fmt: skip
    print_table(["", ""], [[name, rewrite[name]] for name in fields])
    rows = [[check["name"], check["outcome"], check["evidence"]] for check in rewrite["checks"]]
    print_table(["check", "outcome", "why"], rows)
    say("")
    say_text("original", rewrite["original_prompt"])
    say_text("rewrite", rewrite["prompt"])


@app.command()
def summary(run_id: RunId) -> None:
    """What a run's replies came to, by reason."""
    proposals.show_summary(run_id)
