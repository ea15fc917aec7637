"""`seedbed policies`: bands, threshold and priors, tried before they are applied."""

import json
from typing import Annotated, Any

import typer

from backend.cli.client import Api, fail, follow, print_table, say

app = typer.Typer(help="Try, save and apply policies.", no_args_is_help=True)

Low = Annotated[
    float | None, typer.Option(help="Accuracy of the weak model below which a seed is hard.")
]
High = Annotated[float | None, typer.Option(help="Accuracy above which it is easy.")]
Threshold = Annotated[float | None, typer.Option(help="Probability that a verdict needs.")]
Preset = Annotated[str | None, typer.Option(help="Start from a published rule.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Another setting, its value in JSON."),
]
Chosen = Annotated[str, typer.Argument(metavar="POLICY", help="Number, or name and version: a:2.")]


@app.command("list")
def list_policies() -> None:
    """All versions, the newest first."""
    rows = [
        [row["id"], row["name"], row["version"], *_band(row["settings"]), row["created_at"]]
        for row in Api().get("/v1/policies")
    ]
    print_table(["id", "name", "version", "low", "high", "threshold", "created_at"], rows)


@app.command()
def presets() -> None:
    """Bands of published recipes, to start from."""
    rows = [
        [row["name"], *_band(row["settings"])[:2], row["samples"], row["rule"], row["source"]]
        for row in Api().get("/v1/policies/presets")
    ]
    print_table(["name", "low", "high", "samples", "rule", "source"], rows)


@app.command()
def preview(
    low: Low = None,
    high: High = None,
    threshold: Threshold = None,
    preset: Preset = None,
    settings: Set = None,
    base: Annotated[
        str | None, typer.Option(help="Compare with this policy, not with standing verdicts.")
    ] = None,
    domain: Annotated[str | None, typer.Option(help="Only seeds of this domain.")] = None,
    source: Annotated[str | None, typer.Option(help="Only seeds of this source.")] = None,
) -> None:
    """Say which verdicts would change; no model is called, nothing is written."""
    api = Api()
    chosen = {"domain": domain, "source": source}
    body: dict[str, Any] = {
        "settings": _settings(api, preset, settings, low=low, high=high, threshold=threshold),
        "filter": {field: value for field, value in chosen.items() if value is not None},
    }
    if base is not None:
        body["base_policy_id"] = _number(api, base)
    found = api.post("/v1/policies:preview", body)
    verdicts = list(found["matrix"])
    print_table(
        ["now \\ then", *verdicts, "all"],
        [
            [now, *found["matrix"][now].values(), found["before"]["verdicts"][now]]
            for now in verdicts
        ]
        + [["all", *found["after"]["verdicts"].values(), found["seeds"]]],
    )
    say(f"{found['changed']:,} of {found['seeds']:,} seeds would change verdict.")


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="The newest version of default is for new runs.")],
    low: Low = None,
    high: High = None,
    threshold: Threshold = None,
    preset: Preset = None,
    settings: Set = None,
) -> None:
    """Save the next version of a policy; what is not given has its default."""
    api = Api()
    wanted = _settings(api, preset, settings, low=low, high=high, threshold=threshold)
    made = api.post("/v1/policies", {"name": name, "settings": wanted})
    typer.echo(made["id"])
    say(f"Apply it to all seeds: seedbed policies apply {made['id']}")


@app.command()
def apply(policy: Chosen) -> None:
    """Compute all verdicts again under a policy, and wait for it; no model is called."""
    api = Api()
    job = follow(api, api.post(f"/v1/policies/{_number(api, policy)}:apply"))
    say(f"{job['done_count']:,} verdicts were computed.")


def _band(settings: dict[str, Any]) -> list[str]:
    return [f"{settings[name]:.3g}" for name in ("low", "high", "threshold")]


def _settings(
    api: Api, preset: str | None, others: list[str] | None, **given: float | None
) -> dict[str, Any]:
    """The preset's settings, with those that were given put over them."""
    settings: dict[str, Any] = {}
    if preset is not None:
        known = {row["name"]: row["settings"] for row in api.get("/v1/policies/presets")}
        if preset not in known:
            fail(f"There is no preset {preset}; there are: {', '.join(known)}.")
        settings |= known[preset]
    for pair in others or []:
        name, equals, value = pair.partition("=")
        try:
            settings[name] = json.loads(value)
        except ValueError as error:
            message = f"{name}{equals}{value}: write NAME=VALUE, the value in JSON"
            raise typer.BadParameter(message, param_hint="--set") from error
    return settings | {name: value for name, value in given.items() if value is not None}


def _number(api: Api, policy: str) -> int:
    if policy.isdecimal():
        return int(policy)
    name, _, version = policy.partition(":")
    for row in api.get("/v1/policies"):
        if row["name"] == name and version in ("", str(row["version"])):
            return int(row["id"])
    fail(f"There is no policy {policy}.")
