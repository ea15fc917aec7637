"""`seedbed seeds edit`: tags and domain of all seeds that match."""

from typing import Annotated, Any
from uuid import uuid4

import typer

from backend.cli.client import Api, fail, follow, say

AddTags = Annotated[list[str] | None, typer.Option("--add-tag", help="A tag that they get.")]
RemoveTags = Annotated[list[str] | None, typer.Option("--remove-tag", help="A tag that they lose.")]


def edit(
    reason: Annotated[str, typer.Option(help="Why; it stands in the history.")],
    add_tag: AddTags = None,
    remove_tag: RemoveTags = None,
    to_domain: Annotated[
        str | None, typer.Option("--to-domain", help="The domain that they get.")
    ] = None,
    to_no_domain: Annotated[
        bool, typer.Option("--to-no-domain", help="They lose their domain.")
    ] = False,
    tag: Annotated[str | None, typer.Option(help="Only seeds with this tag.")] = None,
    domain: Annotated[str | None, typer.Option(help="Only seeds of this domain.")] = None,
    source: Annotated[str | None, typer.Option(help="Only seeds of this source.")] = None,
    status: Annotated[str | None, typer.Option(help="Only seeds that stand so.")] = None,
    words: Annotated[str | None, typer.Option(help="Only seeds with these words.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count them.")] = False,
) -> None:
    """Add and remove tags and set the domain of many seeds; prints the batch that can be undone."""
    given = {"tag": tag, "domain": domain, "source": source, "status": status, "q": words}
    filter = {name: value for name, value in given.items() if value is not None}
    changes = _changes(add_tag or [], remove_tag or [], to_domain, to_no_domain)
    api = Api()
    found = api.post("/v1/seeds:edit", {
        "token": str(uuid4()), "reason": reason, "filter": filter, "dry_run": dry_run, **changes,
    })  # fmt: skip
    if dry_run:
        left = f", {found['left_out']:,} left alone" if found["left_out"] else ""
        say(f"{found['count']:,} seeds would be edited{left}.")
        return
    if found["job_id"] is not None:
        follow(api, api.get(f"/v1/jobs/{found['job_id']}"))
        found = api.get(f"/v1/batches/{found['batch']}")
    left = f", {found['left_out']:,} left alone" if found["left_out"] else ""
    say(f"{found['count']:,} seeds were edited{left}.")
    typer.echo(found["batch"])


def _changes(
    add: list[str], remove: list[str], domain: str | None, no_domain: bool
) -> dict[str, Any]:
    if domain is not None and no_domain:
        fail("Give either --to-domain or --to-no-domain.", status=2)
    changes: dict[str, Any] = {}
    changes |= {"add_tags": add} if add else {}
    changes |= {"remove_tags": remove} if remove else {}
    changes |= {"domain": domain} if domain is not None or no_domain else {}
    if not changes:
        fail("Say what changes: --add-tag, --remove-tag, --to-domain or --to-no-domain.", status=2)
    return changes
