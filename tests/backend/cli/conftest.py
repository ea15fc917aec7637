"""Commands, run as from a shell."""

from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from backend.cli.app import app

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line: `run("seeds", "list")`."""
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words: str, status: int = 0, **options: str) -> Result:
        result = CliRunner().invoke(app, words, **options)  # type: ignore[arg-type]
        assert result.exit_code == status, result.output
        return result

    return call
