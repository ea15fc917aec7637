"""`seedbed traces`: ask a teacher for traces, and see what they came to."""

from typing import Annotated, Literal
from uuid import uuid4

import typer

from backend.cli.client import Api, fail, first_words, print_table, say, say_text
from backend.cli.guidelines import guideline_number
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
from backend.science.trace_choice import ChoiceRule
from backend.science.trace_evidence import Reason

app = typer.Typer(help="Ask teachers for traces, list and read them.", no_args_is_help=True)


@app.command()
def start(
    teacher: Annotated[str, typer.Option(help="The teacher's name.")],
    samples: Annotated[int, typer.Option(help="Traces of each seed.")] = 4,
    template: Annotated[
        str | None, typer.Option(help="Template in place of the teacher's own.")
    ] = None,
    rule: Annotated[
        list[str] | None, typer.Option(help="A rule in place of its default: most_tokens=8000.")
    ] = None,
    guideline: Annotated[
        str | None, typer.Option(help="Show the teacher this guideline: its number or name.")
    ] = None,
    guideline_version: Annotated[
        int | None, typer.Option(help="Not its newest version, but this one.")
    ] = None,
    judge: Annotated[
        list[str] | None, typer.Option(help="A judge who rates what no rule rejects.")
    ] = None,
    tokenizer: Annotated[
        str | None,
        typer.Option(help="Counts tokens: the servers' path to a tokenizer.json or its folder."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call the run.")] = None,
    source: Annotated[str | None, typer.Option(help="Only seeds of this source.")] = None,
    domain: Annotated[str | None, typer.Option(help="Only seeds of this domain.")] = None,
    status: Annotated[str | None, typer.Option(help="Only seeds of this status.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only seeds with this tag.")] = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_cost: MaxCost = None,
    parallel_jobs: Annotated[int, typer.Option(help="Jobs that share the seeds.")] = 1,
    forecast: Annotated[bool, typer.Option("--forecast", help="Only say what it takes.")] = False,
) -> None:
    """Ask for traces of the seeds that match now; `seedbed runs` steers the run."""
    api = Api()
    endpoints = endpoint_numbers(api)
    body = {
        "name": name,
        "filter": seed_filter(source=source, domain=domain, status=status, tag=tag),
        "teacher_endpoint_id": number_of(endpoints, teacher),
        "judge_endpoint_ids": [number_of(endpoints, each) for each in judge or []],
        "guideline_id": guideline and guideline_number(api, guideline),
        "guideline_version": guideline_version,
        "tokenizer": tokenizer,
        "samples": samples,
        "template": template,
        "rules": dict(map(_rule, rule or [])),
        "parallel_jobs": parallel_jobs,
        **budgets(max_calls, max_tokens, max_cost),
    }
    if forecast:
        show_forecast(api.post("/v1/trace-runs:forecast", body))
        return
    show_run(api.post("/v1/trace-runs", body))


@app.command("list")
def list_traces(
    run: Annotated[int | None, typer.Option(help="Only those of this run.")] = None,
    seed: Annotated[int | None, typer.Option(help="Only those of this seed.")] = None,
    state: Annotated[str | None, typer.Option(help="kept, rejected or unjudged.")] = None,
    reason: Annotated[Reason | None, typer.Option(help="Only those rejected for this.")] = None,
    guideline: Annotated[
        str | None, typer.Option(help="Only those under this guideline: its number or name.")
    ] = None,
    limit: Annotated[int, typer.Option(help="How many.")] = 50,
) -> None:
    """The newest traces."""
    api = Api()
    wanted = {
        "run_id": run, "seed_id": seed, "state": state, "reason": reason,
        "guideline_id": guideline and guideline_number(api, guideline),
    }  # fmt: skip
    given = {name: value for name, value in wanted.items() if value is not None}
    fields = ["sample_id", "seed_id", "endpoint", "state", "reason", "thinking_tokens",
              "answer_tokens", "prompt"]  # fmt: skip
    traces = api.get("/v1/traces", limit=limit, **given)["items"]
    print_table(
        fields, [[*(t[field] for field in fields[:-1]), first_words(t["prompt"])] for t in traces]
    )


@app.command()
def show(sample_id: Annotated[int, typer.Argument(help="The response's number.")]) -> None:
    """One trace: what was found out about it, its thinking and its answer."""
    trace = Api().get(f"/v1/traces/{sample_id}")
    fields = ["seed_id", "endpoint", "state", "reason", "found", "answer_key", "key_origin",
              "reference_answer", "guideline", "guideline_version", "judge_score", "word",
              "word_reason", "thinking_tokens", "answer_tokens", "counted_by", "cost"]  # fmt: skip
    print_table(["", ""], [[name, trace[name]] for name in fields])
    say("")
    for part in ("prompt", "thinking", "answer"):
        say_text(part, trace[part])


@app.command()
def decide(
    sample_id: Annotated[int, typer.Argument(help="The response's number.")],
    word: Annotated[Literal["kept", "rejected"], typer.Argument(help="What becomes of it.")],
    reason: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """Keep or reject a trace; what a rule rejects cannot be kept."""
    body = {"token": str(uuid4()), "word": word, "reason": reason}
    trace = Api().post(f"/v1/traces/{sample_id}:decide", body)
    say(f"Trace {sample_id} is {trace['state']} (decision {trace['decision_id']}).")


@app.command()
def summary(run_id: RunId) -> None:
    """What a run's traces came to."""
    found = Api().get(f"/v1/runs/{run_id}/traces:summary")
    share = "" if found["kept_share"] is None else f" ({found['kept_share']:.1%})"
    say(f"{found['traces']:,} traces, {found['kept']:,} kept{share}")
    if found["unjudged"]:
        say(f"{found['unjudged']:,} not judged: kept only where a curator says so")
    if found["without_score"]:
        say(f"{found['without_score']:,} that no judge could rate")
    rows = [[row["reason"], row["count"], f"{row['share']:.1%}"] for row in found["reasons"]]
    print_table(["reason", "traces", "share"], rows)
    print_table(["kept", "seeds"], [[row["kept"], row["seeds"]] for row in found["kept_per_seed"]])
    for part in ("thinking_tokens", "answer_tokens"):
        if (spread := found[part]) is not None:
            say(f"{part.replace('_', ' ')}: {spread['p50']:,.0f}, 95% below {spread['p95']:,.0f}")
    say(f"tokens counted by: {', '.join(found['counted_by']) or 'nobody yet'}")


@app.command()
def chosen(
    rule: Annotated[ChoiceRule, typer.Option(help="How to choose.")] = "shortest",
    run: Annotated[int | None, typer.Option(help="Only among those of this run.")] = None,
    guideline: Annotated[
        str | None, typer.Option(help="Only among those under this guideline.")
    ] = None,
) -> None:
    """By seed, which of its kept traces to train on."""
    api = Api()
    number = guideline and guideline_number(api, guideline)
    rows = [
        [seed["seed_id"], seed["kept"], ", ".join(map(str, seed["sample_ids"]))]
        for seed in api.every("/v1/traces:chosen", rule=rule, run_id=run, guideline_id=number)
    ]
    print_table(["seed_id", "kept", "sample_ids"], rows)


def _rule(given: str) -> tuple[str, float | bool | None]:
    """A rule's name and value; what the value may be is for the API to say."""
    name, _, value = given.partition("=")
    words = {"true": True, "false": False, "none": None}
    if value in words:
        return name, words[value]
    try:
        return name, int(value) if value.lstrip("-").isdigit() else float(value)
    except ValueError:
        fail(f"Give a rule as name=number: {given} is none.")
