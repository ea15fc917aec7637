"""Writes docs/rest.md from the OpenAPI document.

python -m scripts.rest_reference
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "docs" / "rest.md"
HEAD = """# REST reference

Written by `make docs` from the OpenAPI document, which the API serves at `/openapi.json`
(readable at `/docs`).

Send a key as `Authorization: Bearer <key>`. Each route asks for a role: `viewer` reads, `ingester`
also pushes seeds, `curator` also decides, runs and exports, `admin` also manages users. Lists take
`after` and `limit` and answer `{"items", "next", "total"}`: pass `next` as the next `after`. A
refused request is answered with `application/problem+json`:
`{"status", "code", "detail", "errors": [{"index", "field", "code", "message"}]}`.
"""


def openapi() -> dict[str, Any]:
    """The API's document; no part needs to run for it."""
    os.environ.setdefault("SEEDBED_DATABASE_URL", "postgresql+psycopg://nobody/none")
    os.environ.setdefault("SEEDBED_BROKER_URL", "memory://")
    from backend.app import create_app  # after the settings are there

    return create_app().openapi()


def reference(document: dict[str, Any]) -> str:
    """The whole page."""
    parts = [HEAD]
    tag = None
    for path, method, operation in _operations(document):
        if operation["tags"][0] != tag:
            tag = operation["tags"][0]
            parts.append(f"\n## {tag.capitalize()}\n")
        parts.extend(_described(document, path, method, operation))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).rstrip() + "\n"


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    found = [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    tags = list(dict.fromkeys(operation["tags"][0] for _, _, operation in found))
    return sorted(found, key=lambda each: tags.index(each[2]["tags"][0]))


def _described(
    document: dict[str, Any], path: str, method: str, operation: dict[str, Any]
) -> Iterator[str]:
    role = operation.get("security", [{}])[0].get("HTTPBearer", ["anybody"])[0]
    yield f"### `{method.upper()} {path}`\n"
    yield f"{operation.get('description', operation['summary'])}\n\nRole: {role}.\n"
    for parameter in operation.get("parameters", []):
        kind = _type(parameter["schema"])
        needed = ", required" if parameter.get("required") else ""
        yield f"- {parameter['in']} `{parameter['name']}`: {kind}{needed}{_note(parameter)}"
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"- body ({media}): {_type(content.get('schema', {}))}"
        yield from _fields(document, content.get("schema", {}))
    for status, response in operation["responses"].items():
        for content in response.get("content", {}).values() if status.startswith("2") else ():
            yield f"- answer {status}: {_type(content.get('schema', {}))}"
            yield from _fields(document, content.get("schema", {}))
    yield ""


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    name = schema.get("$ref", "").rpartition("/")[2]
    named = document["components"]["schemas"].get(name, {})
    required = named.get("required", [])
    for field, described in named.get("properties", {}).items():
        needed = ", required" if field in required else ""
        yield f"  - `{field}`: {_type(described)}{needed}{_note(described)}"


def _note(described: dict[str, Any]) -> str:
    text = " ".join(described.get("description", "").split())
    return f". {text}" if text else ""


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " \\| ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_type(part) for part in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("type", "any"))


if __name__ == "__main__":
    TARGET.write_text(reference(openapi()))
