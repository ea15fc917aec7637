"""`seedbed keys`."""

from typing import Annotated

import typer

from backend.cli.client import Api, fail, print_table, say

app = typer.Typer(help="Create, list and revoke API keys.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    user: Annotated[str | None, typer.Option(help="Whose key; by default your own.")] = None,
) -> None:
    """Make a key and print it; it is shown this once."""
    api = Api()
    user_id = None if user is None else _user_id(api, user)
    typer.echo(api.post("/v1/keys", {"name": name, "user_id": user_id})["secret"])
    say("Keep it: it is not shown again.")


def _user_id(api: Api, name: str) -> int:
    for user in api.get("/v1/users"):
        if user["name"] == name:
            return int(user["id"])
    fail(f"There is no user {name}.")


@app.command("list")
def list_keys() -> None:
    """List your keys; an admin sees everyone's."""
    keys = Api().get("/v1/keys")
    fields = ["id", "name", "prefix", "user", "created_at", "last_used_at"]
    print_table(fields, [[key[field] for field in fields] for key in keys])


@app.command()
def revoke(key_id: Annotated[int, typer.Argument(help="The key's number.")]) -> None:
    """End a key."""
    Api().send("DELETE", f"/v1/keys/{key_id}")
    say(f"Key {key_id} is revoked.")
