"""The API as the commands see it: a key, a URL, and refusals put into words."""

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, Final, NoReturn

import httpx
import typer

from backend.embedded.home import home_folder, read_environment

REFUSED: Final = 1  # exit status; 2 is a wrong command line
UNREACHABLE: Final = 3
PARTLY: Final = 4  # some rows were rejected

_WORDS_SHOWN: Final = 60
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SHOWN_ERRORS: Final = 20
_LOOK_SECONDS: Final = 0.5


def say(message: str = "") -> None:
    """Print for a person: results go to standard output, all else goes here."""
    typer.echo(message, err=True)


def fail(message: str, status: int = REFUSED) -> NoReturn:
    """Say what went wrong, and end."""
    say(message)
    raise typer.Exit(status)


class Api:
    """A client of the API; a refusal ends the command, with the API's words."""

    def __init__(self, timeout: float = 60.0) -> None:
        self.url = _url()
        self._headers = {"Authorization": f"Bearer {_key()}"}
        self._timeout = httpx.Timeout(timeout, connect=5.0)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at a path; query parameters that are None are left out."""
        wanted = {name: value for name, value in query.items() if value is not None}
        return self.send("GET", path, params=wanted)

    def every(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All that is listed at a path, page after page."""
        after = None
        while True:
            page = self.get(path, **query, limit=1000, after=after)
            yield from page["items"]
            if (after := page["next"]) is None:
                return

    def post(self, path: str, body: Any = None) -> Any:
        """Post JSON."""
        return self.send("POST", path, json=body)

    def send(self, method: str, path: str, **options: Any) -> Any:
        """Any request that httpx can send; the answer's JSON, None where it is empty."""
        return answer_of(self.ask(method, path, **options))

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """As `send`, but answers the response, refused or not."""
        try:
            return self.request(method, path, **options)
        except httpx.TransportError as error:
            fail(f"The API at {self.url} does not answer: {reason_of(error)}.", UNREACHABLE)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """As `ask`, but lets transport errors pass.

        Raises:
            httpx.TransportError: there was no answer.
        """
        headers = self._headers | options.pop("headers", {})
        return httpx.request(
            method, f"{self.url}{path}", headers=headers, timeout=self._timeout, **options
        )

    def stream(self, path: str) -> AbstractContextManager[httpx.Response]:
        """The answer to a GET, whose content is read piece by piece.

        Raises:
            httpx.TransportError: there was no answer.
        """
        return httpx.stream(
            "GET", f"{self.url}{path}", headers=self._headers, timeout=self._timeout
        )


def follow(api: Api, job: dict[str, Any]) -> dict[str, Any]:
    """Wait for a job; one that fails ends the command, with its error."""
    while job["state"] in ("queued", "running"):
        time.sleep(_LOOK_SECONDS)
        job = api.get(f"/v1/jobs/{job['id']}")
    if job["state"] != "done":
        fail(f"Job {job['id']} has {job['state']}: {job['error']}")
    return job


def answer_of(response: httpx.Response) -> Any:
    """The JSON of an answer; a refusal ends the command."""
    if response.is_success:
        return response.json() if response.content else None
    try:
        problem = response.json()
        detail, errors = problem["detail"], problem.get("errors", [])
    except (ValueError, KeyError, TypeError):
        fail(f"The API answered {response.status_code}: {response.text[:300]}")
    lines = [f"Refused: {detail}"]
    if any("index" in error for error in errors):
        lines += [f"  {_row_error(error)}" for error in errors[:_SHOWN_ERRORS]]
        if len(errors) > _SHOWN_ERRORS:
            lines.append(f"  and {len(errors) - _SHOWN_ERRORS:,} more")
    if response.status_code == 401:
        lines.append("Set SEEDBED_KEY, or run the command where `seedbed up` runs.")
    fail("\n".join(lines))


def reason_of(error: httpx.TransportError) -> str:
    """Why there was no answer."""
    return str(error) or type(error).__name__


def _row_error(error: dict[str, Any]) -> str:
    field = f", {error['field']}" if error.get("field") else ""
    return f"row {error['index'] + 1}{field}: {error['message']}"


def _url() -> str:
    url = os.environ.get("SEEDBED_API_URL") or read_environment(home_folder()).get(
        "SEEDBED_API_URL"
    )
    return (url or "http://127.0.0.1:8300").rstrip("/")


def _key() -> str:
    if key := os.environ.get("SEEDBED_KEY"):
        return key
    path = home_folder() / "key"
    try:
        return path.read_text().strip()
    except OSError:
        fail(
            f"There is no key: set SEEDBED_KEY, or have one in {path} (`seedbed up` puts it there)."
        )


def say_text(heading: str, text: str) -> None:
    """Print a text under its heading; what models and seeds say must not steer the terminal."""
    typer.echo(f"--- {heading}\n{_CONTROLS.sub(chr(0xFFFD), text)}\n")


def first_words(text: str) -> str:
    """The beginning of a text, in one line."""
    words = " ".join(text.split())
    return words if len(words) <= _WORDS_SHOWN else f"{words[: _WORDS_SHOWN - 1]}…"


def print_table(columns: list[str], rows: list[list[Any]], *, wrapped: str | None = None) -> None:
    """A plain table on standard output, wide columns cut where the terminal ends.

    The column `wrapped` goes on in further lines instead, and so leaves the others whole.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="ellipsis", no_wrap=name != wrapped)
    for row in rows:
        # As text: what seeds say is no markup.
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200).print(table)
