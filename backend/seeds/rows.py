"""One row of an import: JSON value in, checked fields out, or the reason why not.

Written for speed: this runs once for each row of files of millions.
"""

import difflib
import hashlib
import json
from typing import Any, Final, NamedTuple, NoReturn

import orjson

from backend.science.code_tests import BadTests, parse_tests

MAX_METADATA_BYTES: Final = 64 * 1024
MAX_METADATA_KEYS: Final = 256
MAX_EXTERNAL_ID: Final = 512  # characters
MAX_NAME: Final = 200  # characters of source, domain, licence

FIELDS: Final = frozenset(
    {"prompt", "source", "external_id", "domain", "answer", "licence", "metadata"}
)
_SYNONYMS: Final = {
    "question": "prompt", "problem": "prompt", "text": "prompt", "instruction": "prompt",
    "input": "prompt", "id": "external_id", "uid": "external_id", "solution": "answer",
    "target": "answer", "output": "answer", "ground_truth": "answer", "license": "licence",
    "category": "domain", "subject": "domain", "topic": "domain", "dataset": "source",
    "meta": "metadata", "extra": "metadata",
}  # fmt: skip


class RowRejected(Exception):
    """A row breaks a rule."""

    def __init__(self, code: str, field: str | None, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.message = message


class CheckedRow(NamedTuple):
    """The fields of a valid row; `metadata` is JSON text."""

    source: str
    external_id: str | None
    content_hash: bytes
    prompt: str
    answer: str | None
    domain: str | None
    licence: str | None
    metadata: str | None


def parse_json(text: bytes) -> Any:
    """A JSON value, also one with lone surrogates, so that the field at fault can be named.

    Raises:
        RowRejected: this is not JSON, or not UTF-8.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if "surrogate" in str(error):
            return _parse_leniently(text)
        raise RowRejected("not_json", None, f"not JSON: {error}") from error


def check_row(row: Any, max_prompt: int) -> CheckedRow:
    """Check one row.

    Args:
        row: a JSON value.
        max_prompt: the longest prompt or answer allowed, in characters.

    Raises:
        RowRejected: with the field, and what is wrong with it.
    """
    if type(row) is not dict:
        _reject_kind(row)
    if not row.keys() <= FIELDS:
        _reject_unknown(row)
    prompt = check_prompt(row.get("prompt"), max_prompt)
    source = check_text(row.get("source"), "source", MAX_NAME)
    if source is None:
        raise RowRejected("missing", "source", "source is missing: say where the seed comes from")
    return CheckedRow(
        source,
        check_text(row.get("external_id"), "external_id", MAX_EXTERNAL_ID),
        hashlib.sha256(prompt.encode()).digest(),
        prompt,
        check_text(row.get("answer"), "answer", max_prompt),
        check_text(row.get("domain"), "domain", MAX_NAME),
        check_text(row.get("licence"), "licence", MAX_NAME),
        _metadata(row.get("metadata")),
    )


def check_prompt(value: Any, limit: int) -> str:
    """A prompt: text that says something.

    Raises:
        RowRejected: missing, blank, or not such text as `check_text` asks for.
    """
    prompt = check_text(value, "prompt", limit)
    if prompt is None or not prompt.strip():
        if value is None:
            raise RowRejected("missing", "prompt", "prompt is missing")
        raise RowRejected("empty", "prompt", "prompt is blank")
    return prompt


def check_text(value: Any, field: str, limit: int) -> str | None:
    """Text that the database can hold; null and empty text are None.

    Raises:
        RowRejected: not text, over the limit, or holding NUL or half of a surrogate pair.
    """
    if value is None or value == "":
        return None
    if type(value) is not str:
        kind = _kind(value)
        raise RowRejected("wrong_type", field, f"{field} must be text in quotes, not {kind}")
    if len(value) > limit:
        message = f"{field} has {len(value):,} characters; at most {limit:,} are allowed"
        raise RowRejected("too_long", field, message)
    if "\0" in value:
        where = value.index("\0")
        raise RowRejected("nul", field, f"{field} holds a NUL at character {where}")
    if not value.isascii():
        _refuse_surrogates(value, field)
    return value


def _refuse_surrogates(value: str, field: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        message = f"{field} holds half of a surrogate pair at character {error.start}"
        raise RowRejected("lone_surrogate", field, message) from error


def _metadata(value: Any) -> str | None:
    if value is None:
        return None
    if type(value) is not dict:
        message = f"metadata must be an object, not {_kind(value)}"
        raise RowRejected("wrong_type", "metadata", message)
    if len(value) > MAX_METADATA_KEYS:
        message = f"metadata has {len(value):,} keys; at most {MAX_METADATA_KEYS} are allowed"
        raise RowRejected("too_many_keys", "metadata", message)
    try:
        packed = orjson.dumps(value)
    except TypeError as error:  # all else that JSON can say can be written
        if "recursion" in str(error).lower():
            message = "metadata is nested too deeply: at most 254 levels are allowed"
            raise RowRejected("too_deep", "metadata", message) from error
        message = "metadata holds half of a surrogate pair"
        raise RowRejected("lone_surrogate", "metadata", message) from error
    if len(packed) > MAX_METADATA_BYTES:
        message = f"metadata has {len(packed):,} bytes; at most {MAX_METADATA_BYTES:,} are allowed"
        raise RowRejected("too_large", "metadata", message)
    if b"\\u0000" in packed and _holds_nul(value):
        raise RowRejected("nul", "metadata", "metadata holds a NUL")
    if "tests" in value:
        _check_tests(value["tests"])
    return packed.decode()


def _check_tests(value: Any) -> None:
    try:
        parse_tests(value)
    except BadTests as error:
        raise RowRejected("bad_tests", "metadata.tests", str(error)) from error


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in key or _holds_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_holds_nul, value))


def _reject_kind(row: Any) -> NoReturn:
    hint = "; an array is sent as application/json" if isinstance(row, list) else ""
    raise RowRejected("not_an_object", None, f"a row must be an object, not {_kind(row)}{hint}")


def _reject_unknown(row: dict[str, Any]) -> NoReturn:
    unknown = [name for name in row if name not in FIELDS]
    shown = unknown[0][:80]
    known = _SYNONYMS.get(shown.lower()) or next(
        iter(difflib.get_close_matches(shown.lower(), FIELDS, 1)), None
    )
    hint = f"did you mean {known}?" if known else "put what else there is into metadata"
    more = f" (and {len(unknown) - 1:,} more)" if len(unknown) > 1 else ""
    name = shown.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    raise RowRejected("unknown_field", name, f"there is no field {name!r}{more}: {hint}")


def _kind(value: Any) -> str:
    kinds = {
        bool: "true or false", int: "a number", float: "a number", str: "text", list: "an array",
        dict: "an object",
    }  # fmt: skip
    # Files of other forms than JSON hold more: bytes, dates, decimals.
    return "null" if value is None else kinds.get(type(value), f"a {type(value).__name__}")


def _parse_leniently(text: bytes) -> Any:
    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is no JSON value")

    try:
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise RowRejected("not_json", None, f"not JSON: {error}") from error
