"""What a Hugging Face data set says of itself: README.md front matter, or dataset_info.json."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
import yaml

from backend.decontamination.archives import CARD
from backend.errors import Invalid
from backend.seeds.rows import MAX_NAME

INFO: Final = "dataset_info.json"
_MAX_BYTES: Final = 8 * 2**20
_NONE: Final = "0.0.0"  # what the library `datasets` writes where no version is known
_ONLY: Final = "train"  # and what it calls the split of files without one


class Config(NamedTuple):
    """A configuration: its name, and the patterns of each split's files."""

    name: str
    data_files: dict[str, list[str]]


class Card(NamedTuple):
    """Licence, version and configurations, as far as they are said."""

    licence: str | None = None
    version: str | None = None
    configs: tuple[Config, ...] = ()


def read_card(folder: Path) -> Card:
    """What a data set's folder says of itself; an empty card where it says nothing.

    Raises:
        Invalid: what stands there cannot be read.
    """
    front, info = _front_matter(folder / CARD), _info(folder / INFO)
    described = front.get("dataset_info")
    first = described[0] if isinstance(described, list) and described else described
    version = first.get("version") if isinstance(first, dict) else None
    return Card(
        _name(front.get("license")) or _name(info.get("license")),
        _version(info.get("version")) or _version(version),
        tuple(_configs(front.get("configs"))),
    )


def _front_matter(path: Path) -> dict[str, Any]:
    text = _read(path).decode(errors="replace").removeprefix("\ufeff")
    head, _, rest = text.partition("\n")
    if head.strip() != "---":
        return {}
    front, _, _ = rest.partition("\n---")
    try:
        found = yaml.safe_load(front)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        message = f"the front matter of {CARD} cannot be read: {error}"
        raise Invalid(message, field="file", code="broken") from error
    return found if isinstance(found, dict) else {}


def _info(path: Path) -> dict[str, Any]:
    content = _read(path)
    try:
        found = orjson.loads(content) if content else {}
    except orjson.JSONDecodeError as error:
        message = f"{INFO} cannot be read: {error}"
        raise Invalid(message, field="file", code="broken") from error
    return found if isinstance(found, dict) else {}


def _read(path: Path) -> bytes:
    if not path.is_file():
        return b""
    if path.stat().st_size > _MAX_BYTES:
        raise Invalid(f"{path.name} is larger than {_MAX_BYTES:,} bytes", field="file")
    return path.read_bytes()


def _name(value: Any) -> str | None:
    names = [name for name in (value if isinstance(value, list) else [value]) if name]
    text = ", ".join(name for name in names if isinstance(name, str))
    # Some put the whole text of their licence here: its first line names it.
    return text.strip().partition("\n")[0][:MAX_NAME].replace("\0", "").strip() or None


def _version(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("version_str") or ".".join(
            str(value[part]) for part in ("major", "minor", "patch") if part in value
        )
    return _name(str(value)) if isinstance(value, str | int | float) and value != _NONE else None


def _configs(value: Any) -> Iterator[Config]:
    for entry in value if isinstance(value, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("config_name"), str):
            files = _data_files(entry.get("data_files"))
            if files:
                yield Config(entry["config_name"], files)


def _data_files(value: Any) -> dict[str, list[str]]:
    if isinstance(value, dict):
        return {str(split): _patterns(paths) for split, paths in value.items()}
    if isinstance(value, list) and all(isinstance(entry, dict) for entry in value):
        return {str(entry.get("split", _ONLY)): _patterns(entry.get("path")) for entry in value}
    return {_ONLY: patterns} if (patterns := _patterns(value)) else {}


def _patterns(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [pattern for pattern in values if isinstance(pattern, str) and pattern]
