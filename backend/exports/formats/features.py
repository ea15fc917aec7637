"""Columns as the Hugging Face hub writes them in a card: a JSON line does not say its types."""

from typing import Any

import pyarrow as pa


def hub_features(schema: pa.Schema) -> list[dict[str, Any]]:
    """The `features` of `dataset_info`, one entry for each column."""
    return [{"name": field.name, **_described(field.type)} for field in schema]


def short_type(type_: pa.DataType) -> str:
    """A type in a word, for people."""
    if pa.types.is_list(type_):
        inner = type_.value_type
        return "messages" if pa.types.is_struct(inner) else f"list of {short_type(inner)}"
    if pa.types.is_struct(type_):
        return "object"
    return "float" if pa.types.is_floating(type_) else str(type_)


def _described(type_: pa.DataType) -> dict[str, Any]:
    if pa.types.is_list(type_):
        inner = _described(type_.value_type)
        # Lists name what they hold, without a word for it.
        return {"list": inner.get("dtype") or inner["struct"]}
    if pa.types.is_struct(type_):
        return {"struct": [{"name": field.name, **_described(field.type)} for field in type_]}
    return {"dtype": "float64" if type_ == pa.float64() else str(type_)}
