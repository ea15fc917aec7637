"""`seedbed users`."""

from enum import StrEnum
from typing import Annotated

import typer

from backend.cli.client import Api, print_table, say

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
    fields = ["id", "name", "role", "created_at", "disabled_at"]
    print_table(fields, [[user[field] for field in fields] for user in users])
