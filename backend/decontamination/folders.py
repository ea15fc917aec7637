"""A Hugging Face data set in a folder: its splits, its licence and its version.

Both forms are read: what `save_to_disk` of the library `datasets` writes, and a clone from the hub.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final, NamedTuple

import orjson

from backend.decontamination.archives import is_wanted
from backend.decontamination.cards import Card, read_card
from backend.errors import Invalid

DEFAULT: Final = "default"
_SPLIT_WORDS: Final = {
    "train": "train", "training": "train", "validation": "validation", "valid": "validation",
    "val": "validation", "dev": "validation", "test": "test", "testing": "test",
}  # fmt: skip
_WORD: Final = re.compile(r"[A-Za-z]+")
_SHARD: Final = re.compile(r"-(\d{5})-of-(\d{5})(?=[.-])")
_ABOUT: Final = {"dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"}


class Split(NamedTuple):
    """Files that belong together; `name` is None where nothing says which split they are."""

    config: str
    name: str | None
    files: list[Path]


class DataFolder(NamedTuple):
    """What a folder holds."""

    splits: list[Split]
    card: Card


def read_folder(folder: Path) -> DataFolder:
    """The splits of a data set's folder, and what it says of itself.

    Raises:
        Invalid: it holds no data, a part is missing, or what describes it cannot be read.
    """
    card = read_card(folder)
    if names := _listed(folder / "dataset_dict.json", "splits"):
        splits = [_saved(folder / _inside(name), name) for name in names]
        card = read_card(folder / _inside(names[0])) if card == Card() else card
    elif (folder / "state.json").is_file():
        splits = [_saved(folder, None)]
    else:
        splits = [*_declared(folder, card)] or _by_name(folder, _data_files(folder))
    if not any(split.files for split in splits):
        raise Invalid("the folder holds no data files", field="file", code="empty")
    for split in splits:
        _refuse_gaps(split.files)
    return DataFolder(splits, card)


def choose(splits: list[Split], config: str | None, split: str | None) -> Split:
    """The split that was asked for; where none was, `test`, or the only one.

    Raises:
        Invalid: there is none of this name, or several that could be meant.
    """
    configs = sorted({found.config for found in splits})
    if config is None:
        config = DEFAULT if DEFAULT in configs or len(configs) > 1 else configs[0]
    if config not in configs:
        raise Invalid(f"name its config: {', '.join(configs)}", field="config", code="not_found")
    offered = [found for found in splits if found.config == config]
    if len(offered) == 1 and (split is None or offered[0].name is None):
        return offered[0]
    wanted = split or "test"
    for found in offered:
        if found.name is not None and wanted in (found.name, _SPLIT_WORDS.get(found.name)):
            return found
    names = ", ".join(found.name or "one without a name" for found in offered)
    raise Invalid(f"there is no split {wanted}: there are {names}", field="split", code="not_found")


def _saved(folder: Path, name: str | None) -> Split:
    state = _json(folder / "state.json")
    files = [folder / _inside(name) for name in _file_names(state.get("_data_files"))]
    if missing := [file.name for file in files if not file.is_file()]:
        raise Invalid(f"{missing[0]} is missing", field="file", code="incomplete")
    said = state.get("_split")
    return Split(DEFAULT, name or (said if isinstance(said, str) else None), files)


def _file_names(listed: Any) -> list[Any]:
    entries = listed if isinstance(listed, list) else []
    return [entry.get("filename") if isinstance(entry, dict) else entry for entry in entries]


def _declared(folder: Path, card: Card) -> Iterator[Split]:
    for config in card.configs:
        for split, patterns in config.data_files.items():
            files = [*_matching(folder, patterns)]
            if not files:
                message = f"{', '.join(patterns)} of split {split} matches no file"
                raise Invalid(message, field="file", code="incomplete")
            yield Split(config.name, split, files)


def _matching(folder: Path, patterns: Iterable[str]) -> Iterator[Path]:
    for pattern in patterns:
        try:
            found = sorted(folder.glob(pattern))
        except (ValueError, NotImplementedError, IndexError) as error:
            message = f"{pattern} is no pattern of files inside the folder"
            raise Invalid(message, field="file", code="broken") from error
        # A pattern may lead out of the folder by "..".
        inside = (path for path in found if path.resolve().is_relative_to(folder.resolve()))
        yield from (path for path in inside if path.is_file())


def _data_files(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.suffix != ".md"
        and path.name not in _ABOUT
        and is_wanted(PurePosixPath(path.relative_to(folder).as_posix()))
    ]


def _by_name(folder: Path, files: list[Path]) -> list[Split]:
    found: dict[tuple[str, str | None], list[Path]] = {}
    for path in files:
        *parents, name = path.relative_to(folder).parts
        config = next((part for part in parents if part != "data" and not _split_in(part)), DEFAULT)
        split = next(filter(None, map(_split_in, [name, *reversed(parents)])), None)
        found.setdefault((config, split), []).append(path)
    return [Split(config, split, paths) for (config, split), paths in found.items()]


def _split_in(name: str) -> str | None:
    words = _WORD.findall(_SHARD.sub("", name).lower())
    return next((_SPLIT_WORDS[word] for word in words if word in _SPLIT_WORDS), None)


def _refuse_gaps(files: list[Path]) -> None:
    """Shards are numbered, and say how many they are: one that is missing would go unnoticed."""
    shards = [(path, found) for path in files if (found := _SHARD.search(path.name))]
    names = {path for path, _ in shards}
    for path, found in shards:
        for number in range(int(found[2])):
            shard = f"-{number:05}-of-{found[2]}"
            expected = path.with_name(path.name.replace(found[0], shard, 1))
            if expected not in names:
                raise Invalid(f"{expected.name} is missing", field="file", code="incomplete")


def _inside(name: Any) -> str:
    if not isinstance(name, str) or PurePosixPath(name).name != name or name == "..":
        message = f"{name!r} names no file or folder inside the data set"
        raise Invalid(message, field="file", code="broken")
    return name


def _listed(path: Path, field: str) -> list[Any]:
    found = _json(path).get(field) if path.is_file() else None
    return found if isinstance(found, list) else []


def _json(path: Path) -> dict[str, Any]:
    try:
        value = orjson.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        message = f"{path.name} cannot be read: {error}"
        raise Invalid(message, field="file", code="broken") from error
    if not isinstance(value, dict):
        raise Invalid(f"{path.name} holds no object", field="file", code="broken")
    return value
