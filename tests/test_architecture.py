"""The house rules that a linter cannot say."""

import ast
import importlib
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("backend", "workers", "dashboard")
FOLDERS = (*PACKAGES, "benchmarks", "migrations", "tests")
LINES_PER_FILE = 300
LINES_PER_FUNCTION = 60


def _python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def test_imports_follow_the_contracts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml") == 0


def test_packages_resolve_to_this_checkout() -> None:
    for name in PACKAGES:
        found = importlib.import_module(name).__file__
        assert found is not None
        assert Path(found).is_relative_to(ROOT)


def test_migrations_make_exactly_the_tables(database_url: str) -> None:
    command.check(Config(ROOT / "alembic.ini"))


def test_files_stay_small() -> None:
    lengths = {
        path.relative_to(ROOT): len(path.read_text().splitlines())
        for path in _python_files(*FOLDERS, "scripts")
    }
    assert {path: lines for path, lines in lengths.items() if lines > LINES_PER_FILE} == {}


def test_functions_stay_small() -> None:
    large = {}
    for path in _python_files(*FOLDERS, "scripts"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LINES_PER_FUNCTION:
                    large[f"{path.relative_to(ROOT)}:{node.name}"] = lines
    assert large == {}


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_two_modules_speak_to_models() -> None:
    importers = {path.name for path in _python_files(*PACKAGES) if "openai" in _imported(path)}
    assert importers == {"batch_client.py", "model_client.py"}


def test_routes_and_pages_hold_no_sql() -> None:
    thin = [path for path in _python_files("backend") if path.name == "routes.py"]
    thin += _python_files("dashboard", "workers/tasks")
    assert [path for path in thin if "sqlalchemy" in _imported(path)] == []
