"""The recipes of `training/` as the API knows them: templates, their fields, and what is allowed.

`recipes.json` is written from `training/` by `make docs`: the API imports nothing of training.
"""

import copy
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from backend.errors import NotFound
from backend.training_runs.schemas import RecipeField, RecipeTemplate

Json = dict[str, Any]

WRITTEN_DOWN: Final = Path(__file__).with_name("recipes.json")
# Seedbed knows these itself: the template's kind, the export's folder, the run's folder.
OURS: Final = ("kind", "data", "output")


@lru_cache
def _document() -> Json:
    document: Json = json.loads(WRITTEN_DOWN.read_text("utf-8"))
    return document


def schema_of(kind: str) -> Json:
    """The JSON schema of a kind of recipes."""
    schema: Json = _document()["schemas"][kind]
    return schema


def values_of(template: str) -> Json:
    """All that a template says.

    Raises:
        NotFound: there is none of this name.
    """
    for found in _document()["templates"]:
        if found["name"] == template:
            values: Json = copy.deepcopy(found["values"])
            return values
    known = ", ".join(found["name"] for found in _document()["templates"])
    raise NotFound(f"there is no recipe {template}: there are {known}", field="recipe.template")


def templates() -> list[RecipeTemplate]:
    """All templates with their fields."""
    return [
        RecipeTemplate(
            name=found["name"], kind=found["values"]["kind"], title=found["title"],
            fields=list(_fields(schema_of(found["values"]["kind"]), found["values"])),
        )
        for found in _document()["templates"]
    ]  # fmt: skip


def properties_of(schema: Json, described: Json | None = None) -> tuple[Json, list[str]]:
    """Described fields by name, and which are required; references are followed."""
    part = resolved(schema, described or schema)
    return part.get("properties", {}), part.get("required", [])


def resolved(schema: Json, described: Json) -> Json:
    """A field's description, with that which it refers to."""
    reference = described.get("$ref", "").rpartition("/")[2]
    return {**schema["$defs"][reference], **described} if reference else described


def _fields(schema: Json, values: Mapping[str, Any]) -> Iterator[RecipeField]:
    properties, required = properties_of(schema)
    for name, described in properties.items():
        full = resolved(schema, described)
        if full.get("type") == "object":
            inner, inner_required = properties_of(schema, described)
            given = values.get(name, {})
            for part, of_part in inner.items():
                yield _field(f"{name}.{part}", of_part, given.get(part), part in inner_required)
        else:
            yield _field(name, full, values.get(name), name in required)


def _field(name: str, described: Json, value: Any, required: bool) -> RecipeField:
    kinds = described.get("anyOf", [described])
    said = next(kind for kind in kinds if kind.get("type") != "null")
    return RecipeField(
        name=name,
        description=described.get("description", ""),
        type=_type(said),
        required=required,
        nullable=len(kinds) > 1,
        editable=name not in OURS,
        value=described.get("default") if value is None else value,
        choices=said.get("items", said).get("enum"),
        minimum=said.get("minimum"),
        maximum=said.get("maximum"),
        more_than=said.get("exclusiveMinimum"),
        less_than=said.get("exclusiveMaximum"),
    )


def _type(said: Json) -> Any:
    if "enum" in said or "const" in said:
        return "choice"
    kinds = {"string": "text", "array": "choices"}
    return kinds.get(said["type"], said["type"])
