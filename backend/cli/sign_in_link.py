"""`seedbed sign-in-link`: the one command that reads the database, since it is the way in."""

import os
from pathlib import Path

import typer
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from backend.accounts import service
from backend.accounts.tables import User
from backend.cli.client import UNREACHABLE, fail
from backend.config import settings
from backend.database import session_scope
from backend.embedded.home import home_folder, read_environment
from backend.errors import Unauthenticated


def sign_in_link() -> None:
    """Print a one-time link that signs its first opener in as the first admin.

    The database is at SEEDBED_DATABASE_URL, else it is the one that `up` started in SEEDBED_HOME.
    It also keeps a key for the other commands in SEEDBED_HOME/key.
    """
    if "SEEDBED_DATABASE_URL" not in os.environ:
        os.environ.update(read_environment(home_folder()))
    if "SEEDBED_DATABASE_URL" not in os.environ:
        fail("Set SEEDBED_DATABASE_URL, or start Seedbed with `seedbed up`, which prints a link.")
    os.environ.setdefault("SEEDBED_BROKER_URL", "memory://")  # not used here
    try:
        with session_scope() as session:
            admin = service.first_admin(session)
            link = service.issue_key(session, admin, "link", "sign-in link", service.LINK_LIFE)
            _keep_key(session, admin, home_folder() / "key")
    except OperationalError as error:
        fail(f"The database does not answer: {error.orig}", UNREACHABLE)
    typer.echo(f"{settings().dashboard_url}/?link={link.secret}")


def _keep_key(session: Session, admin: User, path: Path) -> None:
    if _is_admins(session, path):
        return
    secret = service.issue_key(session, admin, "api", "command line").secret
    path.parent.mkdir(parents=True, exist_ok=True)
    # Private from the start: never readable by others, not even for a moment.
    draft = path.with_name(".key.draft")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret)
    draft.replace(path)


def _is_admins(session: Session, path: Path) -> bool:
    try:
        secret = path.read_text().strip()
        return service.user_of_secret(session, secret, ("api",)).role == "admin"
    except (OSError, Unauthenticated):
        return False
