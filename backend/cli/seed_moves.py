"""`seedbed seeds move`: seeds to other clusters, by one rule or a file of rules."""

from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import uuid4

import typer
import yaml

from backend.cli.client import Api, fail, follow, say

To = Annotated[str | None, typer.Option("--to-domain", help="The domain they get.")]


def move(
    reason: Annotated[str, typer.Option(help="Why; it stands in the history.")],
    to_domain: To = None,
    to_tier: Annotated[
        Literal["high", "medium", "low", "formula"] | None,
        typer.Option(help="The tier they get; formula: none by hand."),
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(help="YAML: a list of {filter, domain, tier}; the first that fits holds."),
    ] = None,
    domain: Annotated[str | None, typer.Option(help="Only seeds of this domain.")] = None,
    source: Annotated[str | None, typer.Option(help="Only seeds of this source.")] = None,
    words: Annotated[str | None, typer.Option(help="Only seeds with these words.")] = None,
    no_domain: Annotated[
        bool, typer.Option("--no-domain", help="Only seeds that have no domain.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count them.")] = False,
) -> None:
    """Move seeds to another domain or tier; prints the batch by which that is undone."""
    given = {"domain": domain, "source": source, "q": words}
    filter: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if no_domain:
        filter["has_domain"] = False
    api = Api()
    body = {
        "token": str(uuid4()), "reason": reason, "filter": filter,
        "rules": _rules(rules, to_domain, to_tier), "dry_run": dry_run,
    }  # fmt: skip
    found = api.post("/v1/seeds:move", body)
    if dry_run:
        say(f"{found['count']:,} seeds would be moved.")
        return
    if found["job_id"] is not None:
        follow(api, api.get(f"/v1/jobs/{found['job_id']}"))
    say(f"{found['count']:,} seeds were moved.")
    typer.echo(found["batch"])


def _rules(file: Path | None, domain: str | None, tier: str | None) -> Any:
    one = {name: value for name, value in (("domain", domain), ("tier", tier)) if value is not None}
    if (file is None) == (not one):
        fail("Say where to: --to-domain, --to-tier, or a file of --rules.", status=2)
    if file is None:
        return [one]
    try:
        return yaml.safe_load(file.read_text())
    except (OSError, ValueError, yaml.YAMLError) as error:
        fail(f"{file} cannot be read: {error}", status=2)
