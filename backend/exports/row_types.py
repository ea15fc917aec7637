"""Whether a row that was read is one that its format writes: each field there, and of its type."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa

from backend.exports.examples import ExportFormat
from backend.exports.rows import Row

# What rows may leave open, whatever their format.
_OPEN: Final = frozenset(
    """
    external_id domain licence key_origin reliability verdict score policy parent_seed_id
    sample_id model reference_answer answer
    """.split()
)
_OPEN_WITHOUT_TRACE: Final = frozenset({"thinking", "response"})
Check = Callable[[Any], bool]


class RowTypes:
    """Looks at rows of a format.

    Args:
        chosen: the format.
    """

    def __init__(self, chosen: ExportFormat) -> None:
        self._row = pa.struct(chosen.schema)
        self._open = _OPEN | (_OPEN_WITHOUT_TRACE if chosen.layout == "any" else frozenset())
        self._is_whole = _check("", self._row, self._open)

    def faults(self, row: Any) -> Iterator[tuple[str, str]]:
        """The fields that are wrong, and why; such a row cannot be read any further."""
        if self._is_whole(row):
            return
        names = [field.name for field in self._row]
        if type(row) is not dict or row.keys() != set(names):
            yield "all fields", f"others than {', '.join(names)}"
            return
        for field in self._row:
            yield from self._wrong(field.name, field.name, field.type, row[field.name])

    def _wrong(
        self, path: str, name: str, kind: pa.DataType, value: Any
    ) -> Iterator[tuple[str, str]]:
        """The innermost parts of a field that are wrong."""
        if _check(name, kind, self._open)(value):
            return
        if pa.types.is_list(kind) and type(value) is list:
            for place, part in enumerate(value):
                yield from self._wrong(f"{path}[{place}]", name, kind.value_type, part)
        elif pa.types.is_struct(kind) and _has_fields(value, kind):
            for field in kind:
                inner = f"{path}.{field.name}"
                yield from self._wrong(inner, field.name, field.type, value[field.name])
        else:
            yield path, "it is null" if value is None else f"it is not {kind}"


def value_of(row: Row, name: str) -> Any:
    """A field of lineage, which some formats keep in a struct of extra information."""
    if name in row:
        return row[name]
    extra = row.get("extra_info")
    return extra.get(name) if isinstance(extra, dict) else None


def _has_fields(value: Any, kind: pa.DataType) -> bool:
    return type(value) is dict and value.keys() == {field.name for field in kind}


@lru_cache(maxsize=1000)
def _check(name: str, kind: pa.DataType, may_be_null: frozenset[str]) -> Check:
    """Whether a value is of a type: made once, since each field of each row is asked."""
    check = _check_of_parts(name, kind, may_be_null)
    if name in may_be_null:
        return lambda value: value is None or check(value)
    return check


def _check_of_parts(name: str, kind: pa.DataType, may_be_null: frozenset[str]) -> Check:
    if pa.types.is_list(kind):
        of_part = _check(name, kind.value_type, may_be_null)
        return lambda value: type(value) is list and all(map(of_part, value))
    if not pa.types.is_struct(kind):
        return _SCALARS[kind]
    checks = {field.name: _check(field.name, field.type, may_be_null) for field in kind}

    def is_struct(value: Any) -> bool:
        if type(value) is not dict or value.keys() != checks.keys():
            return False
        return all(check(value[part]) for part, check in checks.items())

    return is_struct


def _is_whole_number(value: Any) -> bool:
    return type(value) is int and -(2**63) <= value < 2**63


_SCALARS: Final[dict[pa.DataType, Check]] = {
    pa.int64(): _is_whole_number,
    pa.float64(): lambda value: type(value) is float or type(value) is int,
    pa.string(): lambda value: type(value) is str,
    pa.bool_(): lambda value: type(value) is bool,
}
