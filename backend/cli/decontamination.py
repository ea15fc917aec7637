"""`seedbed decontamination`: what counts as a hit, and how often hits were right."""

import json
from typing import Annotated, Any, Literal

import typer

from backend.cli.client import Api, print_table, say

app = typer.Typer(help="What counts as a hit, and how often hits were right.", no_args_is_help=True)
policy_app = typer.Typer(help="Show and change the policy of checks.", no_args_is_help=True)
app.add_typer(policy_app, name="policy")

Action = Annotated[
    Literal["block", "review", "ignore"] | None, typer.Option(help="What such hits do.")
]
_CLASSES = ("contaminated", "variant", "related")


@policy_app.command()
def show() -> None:
    """The policy in force, each setting in JSON."""
    policy = Api().get("/v1/decontamination/policy")
    say(f"{policy['name']} v{policy['version']}, since {policy['created_at']}")
    print_table(
        ["setting", "value"],
        [[name, json.dumps(value)] for name, value in policy["settings"].items()],
    )


@policy_app.command("list")
def list_policies() -> None:
    """All versions, the newest first; the newest of the name default is in force."""
    shown = ("ngram_words", "ngram_coverage", "candidates")
    rows = [
        [
            row["id"], row["name"], row["version"], *(row["settings"][name] for name in shown),
            *row["settings"]["actions"].values(), row["created_at"],
        ]
        for row in Api().get("/v1/decontamination/policies")
    ]  # fmt: skip
    print_table(["id", "name", "version", *shown, *_CLASSES, "created_at"], rows)


@policy_app.command()
def create(
    name: Annotated[str, typer.Argument(help="Another name than default is never in force.")],
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A setting, its value in JSON."),
    ] = None,
    contaminated: Action = None,
    variant: Action = None,
    related: Action = None,
) -> None:
    """Save the next version of a policy; what is not given has its default."""
    wanted = dict(_setting(pair) for pair in settings or [])
    chosen = dict(zip(_CLASSES, (contaminated, variant, related), strict=True))
    actions = {verdict: action for verdict, action in chosen.items() if action is not None}
    if actions:
        wanted["actions"] = actions
    made = Api().post("/v1/decontamination/policies", {"name": name, "settings": wanted})
    typer.echo(made["id"])
    if made["job_id"] is not None:
        say(f"Job {made['job_id']} checks all seeds under it.")


@app.command()
def report() -> None:
    """What curators said of each rule's hits, the most often dismissed first."""
    counts = ("hits", "open", "confirmed", "dismissed")
    rows = [
        [
            row["method"], row["verdict"], row["benchmark"], row["policy"],
            *(row[name] for name in counts), _precision(row),
        ]
        for row in Api().get("/v1/decontamination/report")
    ]  # fmt: skip
    print_table(["method", "verdict", "benchmark", "policy", *counts, "precision (95%)"], rows)


def _setting(pair: str) -> tuple[str, Any]:
    name, equals, value = pair.partition("=")
    try:
        return name, json.loads(value)
    except ValueError as error:
        message = f"{name}{equals}{value}: write NAME=VALUE, the value in JSON"
        raise typer.BadParameter(message, param_hint="--set") from error


def _precision(row: dict[str, Any]) -> str:
    if row["precision"] is None:
        return ""
    return f"{row['precision']:.2f} ({row['precision_low']:.2f} to {row['precision_high']:.2f})"
