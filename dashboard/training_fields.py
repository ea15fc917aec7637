"""A recipe's fields as widgets by their type, with what they mean, and what is wrong with them."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import streamlit as st

from dashboard.rows.training import RecipeField, RecipeTemplate
from dashboard.wording import escaped, name

# In this order, where a recipe has them; all others are folded.
IMPORTANT: Final = (
    "model", "steps", "learning_rate", "batch", "device_batch", "longest", "longest_prompt",
    "longest_completion", "group",
)  # fmt: skip
COLUMNS: Final = 3
# Below it numbers are read with an exponent.
SMALL: Final = 1e-3


def draw(
    template: RecipeTemplate,
    faults: Mapping[str, str],
    tried: Mapping[str, Any],
    *,
    with_model: bool,
) -> dict[str, Any]:
    """The widgets; what is otherwise than the template says, nested as in YAML.

    Args:
        template: with its fields.
        faults: by the name of a field what the API said is wrong with it.
        tried: what was otherwise then; a field that was changed since has no fault any more.
        with_model: whether the model is chosen here, not by a checkpoint.
    """
    fields = [one for one in template["fields"] if one["editable"]]
    if not with_model:
        fields = [one for one in fields if one["name"] != "model"]
    by_name = {one["name"]: one for one in fields}
    first = [by_name[known] for known in IMPORTANT if known in by_name]
    rest = [one for one in fields if one["name"] not in IMPORTANT]
    was = {one["name"]: _tried(one, tried) for one in fields}
    chosen = _grid(template, first, faults, was, described=True)
    wrong = any(fault not in IMPORTANT for fault in faults)
    with st.expander("All other fields", icon=":material/tune:", expanded=wrong):
        chosen += _grid(template, rest, faults, was, described=False)
        for field, fault in faults.items():
            if field not in by_name:  # of a whole part, or of none that is shown
                st.error(escaped(f"{field}: {fault}"), icon=":material/error:")
    return changes(chosen)


def _tried(field: RecipeField, tried: Mapping[str, Any]) -> Any:
    part, _, inner = field["name"].rpartition(".")
    where = tried.get(part, {}) if part else tried
    return where.get(inner, field["value"])


def changes(chosen: Iterable[tuple[RecipeField, Any]]) -> dict[str, Any]:
    """Pure: the values that are not the template's, each in its part."""
    found: dict[str, Any] = {}
    for field, value in chosen:
        if value == field["value"]:
            continue
        part, _, inner = field["name"].rpartition(".")
        (found.setdefault(part, {}) if part else found)[inner] = value
    return found


def _grid(
    template: RecipeTemplate,
    fields: Sequence[RecipeField],
    faults: Mapping[str, str],
    was: Mapping[str, Any],
    *,
    described: bool,
) -> list[tuple[RecipeField, Any]]:
    """Row by row, so that fields of a row begin at one height."""
    chosen = []
    for at in range(0, len(fields), COLUMNS):
        columns = st.columns(COLUMNS, vertical_alignment="top" if described else "bottom")
        for column, field in zip(columns, fields[at : at + COLUMNS], strict=False):
            with column:
                key = f"training_field_{template['name']}_{field['name']}"
                value = _widget(field, key, "" if described else field["description"])
                chosen.append((field, value))
                if described:
                    st.caption(escaped(field["description"]))
                fault = faults.get(field["name"])
                if fault and value == was[field["name"]]:
                    st.error(escaped(fault), icon=":material/error:")
    return chosen


def _widget(field: RecipeField, key: str, meaning: str) -> Any:
    draw_one = _WIDGETS.get(field["type"], _text)
    label = name(field["name"].replace(".", ": ")).capitalize()
    return draw_one(field, label, escaped(meaning) or None, key)


def _text(field: RecipeField, label: str, meaning: str | None, key: str) -> Any:
    text = st.text_input(label, value=field["value"] or "", help=meaning, key=key).strip()
    return text or None


def _integer(field: RecipeField, label: str, meaning: str | None, key: str) -> Any:
    least = None if field["minimum"] is None else int(field["minimum"])
    most = None if field["maximum"] is None else int(field["maximum"])
    return st.number_input(
        label, value=field["value"], min_value=least, max_value=most, step=1, help=meaning, key=key,
        placeholder="none",
    )  # fmt: skip


def _number(field: RecipeField, label: str, meaning: str | None, key: str) -> Any:
    value = None if field["value"] is None else float(field["value"])
    # A step of the buttons that is small against the value.
    step = 10.0 ** (math.floor(math.log10(abs(value))) - 1) if value else 0.01
    form = "%.2e" if value and abs(value) < SMALL else "%g"
    least, most = field["minimum"], field["maximum"]
    return st.number_input(
        label, value=value, min_value=least, max_value=most, step=step, format=form, help=meaning,
        key=key, placeholder="none",
    )  # fmt: skip


def _boolean(field: RecipeField, label: str, meaning: str | None, key: str) -> Any:
    chosen = st.toggle(label, value=bool(field["value"]), help=meaning, key=key)
    return chosen if chosen or field["value"] is not None else None


def _choice(field: RecipeField, label: str, meaning: str | None, key: str) -> Any:
    options = list(field["choices"] or [field["value"]])
    index = options.index(field["value"]) if field["value"] in options else None
    return st.selectbox(
        label, options, index=index, placeholder="not set", help=meaning, key=key, format_func=str
    )


def _choices(field: RecipeField, label: str, meaning: str | None, key: str) -> Any:
    picked = st.multiselect(
        label, list(field["choices"] or []), default=field["value"] or [], placeholder="none",
        help=meaning, key=key,
    )  # fmt: skip
    return picked if picked or field["value"] else field["value"]


_WIDGETS: Final[Mapping[str, Callable[[RecipeField, str, str | None, str], Any]]] = {
    "text": _text, "integer": _integer, "number": _number, "boolean": _boolean,
    "choice": _choice, "choices": _choices,
}  # fmt: skip
