"""`seedbed users`."""

from enum import StrEnum
from typing import Annotated

import typer

from backend.cli.client import Api, fail, print_table, say

app = typer.Typer(help="Create and list users.", no_args_is_help=True)


class Role(StrEnum):
    """What a user may do."""

    viewer = "viewer"
    ingester = "ingester"
    curator = "curator"
    admin = "admin"


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="The user's name, to sign in with.")],
    role: Annotated[Role, typer.Option(help="What they may do.")],
    with_password: Annotated[
        bool, typer.Option("--with-password", help="Ask for a password; pipelines need none.")
    ] = False,
) -> None:
    """Add a user."""
    password = (
        typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        if with_password
        else None
    )
    user = Api().post("/v1/users", {"name": name, "role": role.value, "password": password})
    say(f"{user['name']} is user {user['id']}, {user['role']}.")


@app.command("list")
def list_users() -> None:
    """List all users."""
    users = Api().get("/v1/users")
    fields = ["id", "name", "role", "created_at", "disabled_at", "oidc_issuer"]
    print_table(fields, [[user[field] for field in fields] for user in users])


@app.command()
def unlink(name: Annotated[str, typer.Argument(help="The user's name.")]) -> None:
    """Part a user from their account at the provider: whoever has the email next is them."""
    api = Api()
    found = [user for user in api.get("/v1/users") if user["name"] == name]
    if not found:
        fail(f"There is no user {name}.")
    api.send("PATCH", f"/v1/users/{found[0]['id']}", json={"unlink": True})
    say(f"{name} belongs to no account at a provider now.")
