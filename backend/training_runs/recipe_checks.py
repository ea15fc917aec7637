"""Whether a recipe can be followed, before anything is stored. Every fault names its field."""

import math
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, Final

from jsonschema import Draft202012Validator, ValidationError

from backend.errors import Invalid
from backend.science.reward import RewardConstants
from backend.training_runs.recipes import OURS, Json, properties_of, schema_of, values_of
from backend.training_runs.schemas import RecipeChoice, Target

_LARGEST: Final = 2**53
_LONGEST: Final = 2000  # characters of a text
_WORDS: Final = {
    "integer": "a whole number", "number": "a number", "string": "a text",
    "boolean": "true or false", "array": "a list", "object": "a part with fields", "null": "null",
}  # fmt: skip


def recipe_of(choice: RecipeChoice, target: Target, model: str | None = None) -> Json:
    """All fields of a recipe, less those that Seedbed sets when it starts (`data`, `output`).

    Args:
        choice: a template and what is to be otherwise.
        target: where it is to be trained: a batch has to be shared out among its devices.
        model: takes the place of the template's, where it is a checkpoint of ours.

    Raises:
        NotFound: there is no such template.
        Invalid: a field is unknown, wrong, or does not go with another; all of them are named.
    """
    values = values_of(choice.template)
    kind = values["kind"]
    overrides = dict(choice.overrides)
    faults = [*_not_theirs(overrides, model), *_not_storable(overrides)]
    if not faults:
        values = _merged(values, overrides | ({"model": model} if model else {}))
        values = _whole(schema_of(kind), values)
        faults = [*_schema_faults(schema_of(kind), values)] or [*_cross_faults(values, target)]
    if faults:
        errors = [
            {"field": f"recipe.overrides.{field}", "code": "recipe", "message": message}
            for field, message in faults
        ]
        said = "; ".join(f"{field}: {message}" for field, message in faults)
        raise Invalid(f"the recipe cannot be followed: {said}", errors=errors)
    return {name: value for name, value in values.items() if name not in ("data", "output")}


def _not_theirs(overrides: Json, model: str | None) -> Iterator[tuple[str, str]]:
    for name in OURS:
        if name in overrides:
            yield name, "Seedbed sets it itself"
    if model is not None and "model" in overrides:
        yield "model", "the checkpoint is the model: name one of them"


def _not_storable(value: Any, field: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict | list):
        if depth > 2:
            yield field, "has too many parts within parts"
            return
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, inner in items:
            if not str(name).isprintable():
                yield field or "overrides", "a name holds what cannot be printed"
                return
            yield from _not_storable(inner, f"{field}.{name}".lstrip("."), depth + 1)
    elif isinstance(value, str) and not (value.isprintable() and len(value) <= _LONGEST):
        yield field, f"has to be one line of at most {_LONGEST:,} characters"
    elif isinstance(value, int | float) and not (math.isfinite(value) and abs(value) < _LARGEST):
        yield field, "has to be a finite number, below 2^53"


def _merged(values: Json, overrides: Json) -> Json:
    """The template's values with the overrides in their places, part by part."""
    merged = dict(values)
    for name, value in overrides.items():
        under = merged.get(name)
        both = isinstance(value, dict) and isinstance(under, dict)
        merged[name] = {**under, **value} if both and under is not None else value
    return merged


def _whole(schema: Json, values: Json) -> Json:
    """Whole numbers that were sent as 2.0 are 2."""
    properties, _ = properties_of(schema)
    whole = [name for name, described in properties.items() if described.get("type") == "integer"]
    return {
        name: int(value) if name in whole and isinstance(value, float) and value % 1 == 0 else value
        for name, value in values.items()
    }


def _schema_faults(schema: Json, values: Json) -> Iterator[tuple[str, str]]:
    errors = Draft202012Validator(schema).iter_errors(values)
    for error in sorted(errors, key=lambda error: [str(part) for part in error.path]):
        yield from _in_words(schema, error)


def _in_words(schema: Json, error: ValidationError) -> Iterator[tuple[str, str]]:
    field = ".".join(map(str, error.absolute_path))
    given, limit = error.instance, error.validator_value
    if error.validator == "additionalProperties":
        known = list(error.schema["properties"])
        for name in sorted(set(given) - set(known)):
            near = get_close_matches(name, known, 1)
            hint = f": do you mean {near[0]}?" if near else ""
            yield f"{field}.{name}".lstrip("."), f"there is no such field{hint}"
    elif error.validator == "required":
        missing = next(name for name in limit if name not in given)
        yield f"{field}.{missing}".lstrip("."), "is missing"
    elif error.validator == "type":
        yield field, f"has to be {_WORDS[str(limit)]}, not {given!r}"
    elif error.validator == "enum":
        yield field, f"has to be one of {', '.join(map(str, limit))}, not {given!r}"
    elif error.validator == "anyOf":
        kinds = [_WORDS[kind["type"]] for kind in limit]
        details = [fault.message for fault in error.context or [] if fault.validator != "type"]
        yield field, f"has to be {' or '.join(kinds)}: {'; '.join(details) or repr(given)}"
    else:
        yield field, error.message


def _cross_faults(values: Json, target: Target) -> Iterator[tuple[str, str]]:
    """What a schema cannot say; `training.recipes` has the same rules."""
    devices = target.nodes * target.devices
    sharing = _with_default(values, "sequence_parallel") if values["kind"] == "sft" else 1
    if devices % sharing:
        yield "sequence_parallel", f"{devices} devices cannot share sequences by {sharing}"
        return
    each = _with_default(values, "device_batch")
    at_once = devices // sharing * each
    if values["batch"] % at_once:
        yield (
            "batch",
            (
                f"{values['batch']} cannot be shared out among {devices} devices with "
                f"{each} sequences each: it has to be a multiple of {at_once}"
            ),
        )
    if values["kind"] == "grpo":
        yield from _grpo_faults(values)
    elif sharing > 1:
        yield from _sharing_faults(values)


def _sharing_faults(values: Json) -> Iterator[tuple[str, str]]:
    attention = _with_default(values, "attention")
    if not _with_default(values, "zero"):
        yield "zero", "has to be 1, 2 or 3: DeepSpeed shares sequences out"
    if _with_default(values, "device_batch") > 1:
        yield "device_batch", "has to be 1 where devices share a sequence"
    if attention == "eager" or (
        _with_default(values, "packing") and not attention.startswith("flash")
    ):
        yield "attention", f"{attention} does not go with sequence_parallel"


def _grpo_faults(values: Json) -> Iterator[tuple[str, str]]:
    if values["batch"] % values["group"]:
        yield "batch", f"{values['batch']} is no multiple of the group of {values['group']}"
    served = _with_default(values, "rollouts") == "server"
    if served != (values.get("server") is not None):
        yield "server", "names the host of rollouts: server, and is for nothing else"
    properties, _ = properties_of(schema_of("grpo"), schema_of("grpo")["properties"]["reward"])
    constants = {name: described["default"] for name, described in properties.items()}
    try:
        RewardConstants(**{**constants, **values.get("reward", {})})
    except ValueError as error:
        yield "reward", str(error)


def _with_default(values: Json, name: str) -> Any:
    described = schema_of(values["kind"])["properties"][name]
    return values.get(name, described.get("default"))
