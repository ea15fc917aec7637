"""The text of a benchmark item, from one field of its row or several."""

from collections.abc import Iterable, Sequence
from string import ascii_uppercase
from typing import Any, Final

from backend.seeds.rows import RowRejected, check_text

_NAMES_SHOWN: Final = 12
_TEXT_KEYS: Final = ("text", "content")


def item_text(row: dict[Any, Any], fields: Sequence[str], limit: int) -> str:
    """The fields' texts, one below the other.

    The first field is the question; where it is a list (the turns of a conversation), its entries
    are paragraphs. A later one that is a list holds choices, and becomes lines "A. ...": an array,
    `{"text": [...], "label": [...]}`, or an array of `{"text": ..., "label": ...}`. Later fields
    may be null or empty.

    Args:
        row: a row.
        fields: their names; `question.stem` is the field `stem` of the object `question`.
        limit: most characters.

    Raises:
        RowRejected: a field is not there, holds something else, or there is no question.
    """
    question, *others = fields
    parts = [_question(value_at(row, question), question)]
    checked_text(parts[0], question, limit)
    for name in others:
        parts += _choices(value_at(row, name, may_be_null=True), name)
    return checked_text("\n".join(parts), question if not others else ", ".join(fields), limit)


def value_at(row: dict[Any, Any], path: str, *, may_be_null: bool = False) -> Any:
    """The value at a path of field names with dots between them; a name may hold dots itself.

    Raises:
        RowRejected: there is none.
    """
    found: Any = row
    for name in [path] if path in row else path.split("."):
        if not isinstance(found, dict) or name not in found:
            known = ", ".join(_shown(key) for key in list(row)[:_NAMES_SHOWN] if key is not None)
            message = f"the row has no {path}" + (f"; it has {known}" if known else "")
            raise RowRejected("missing", path, message)
        found = found[name]
    if found is None and not may_be_null:
        raise RowRejected("missing", path, f"the row has no {path}: it is null")
    return found


def checked_text(value: Any, field: str, limit: int) -> str:
    """Text that says something.

    Raises:
        RowRejected: it is empty, or not such text as `check_text` asks for.
    """
    checked = check_text(value, field, limit)
    if checked is None or not checked.strip():
        raise RowRejected("empty", field, f"{field} is empty")
    return checked


def _shown(name: Any) -> str:
    # What is no UTF-8 in a file stands in its names as halves of characters, which none can send.
    return str(name)[:80].encode("utf-8", "replace").decode()


def _question(value: Any, field: str) -> Any:
    if isinstance(value, list):
        return "\n\n".join(_entry(entry, field) for entry in value)
    return str(value) if type(value) is int else value


def _choices(value: Any, field: str) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return [value]
    labels: Iterable[Any] = ()
    if isinstance(value, dict) and isinstance(value.get("text"), list):
        found = value.get("label")
        value, labels = value["text"], found if isinstance(found, list) else ()
    if not isinstance(value, list):
        raise RowRejected("wrong_type", field, f"{field} must be text or a list of choices")
    own = [entry.get("label") if isinstance(entry, dict) else None for entry in value]
    named = [*labels] if len([*labels]) == len(value) else own
    return [
        f"{name or _letter(number)}. {_entry(entry, field)}"
        for number, (name, entry) in enumerate(zip(named, value, strict=True))
    ]


def _entry(entry: Any, field: str) -> str:
    if isinstance(entry, dict):
        entry = next((entry[key] for key in _TEXT_KEYS if key in entry), entry)
    if type(entry) in (int, float):
        return str(entry)
    if not isinstance(entry, str):
        raise RowRejected("wrong_type", field, f"an entry of {field} is no text")
    return entry


def _letter(number: int) -> str:
    return ascii_uppercase[number] if number < len(ascii_uppercase) else str(number + 1)
