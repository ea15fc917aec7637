"""A recipe as YAML: the same document as the API's JSON."""

from typing import Any

import yaml
from pydantic import ValidationError

from backend.errors import Invalid
from backend.mixtures.recipe import Recipe


def recipe_to_yaml(recipe: Recipe) -> str:
    """The recipe as people write it, in the order of its fields."""
    text: str = yaml.safe_dump(recipe.document(), sort_keys=False, allow_unicode=True)
    return text


def recipe_from_yaml(text: str) -> Recipe:
    """The recipe that a text says.

    Raises:
        Invalid: it is no YAML, or no recipe; the field is named, or the line.
    """
    try:
        document: Any = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Invalid(f"this is not YAML: {_first_line(error)}", field="yaml") from error
    try:
        return Recipe.model_validate(document)
    except ValidationError as error:
        errors = [_problem(one) for one in error.errors(include_url=False)]
        raise Invalid("this is YAML, but no recipe", errors=errors) from error


def _problem(error: Any) -> dict[str, Any]:
    field = ".".join(str(part) for part in error["loc"]) or "yaml"
    return {"field": field, "code": error["type"], "message": error["msg"]}


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""
    return where + str(getattr(error, "problem", None) or error).splitlines()[0]
