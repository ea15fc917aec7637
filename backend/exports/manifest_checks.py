"""Whether a manifest says all that checking its export takes, before a word of it is believed."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from backend.exports.examples import FormatName
from backend.exports.files import MANIFEST

_Count = Annotated[int, Field(ge=0)]


def _inside(name: str) -> str:
    """A path within the folder: manifests come from elsewhere, and what they name is opened."""
    if "\x00" in name or not all(part.strip(".") for part in name.split("/")):
        raise PydanticCustomError("outside", "names no file within the folder")
    return name


class _File(BaseModel):
    model_config = ConfigDict(strict=True)

    name: Annotated[str, AfterValidator(_inside)]
    sha256: str
    bytes: _Count
    rows: _Count | None
    split: str | None = None
    tokens: _Count | None = None
    first_position: _Count | None = None

    @model_validator(mode="after")
    def _data_say_more(self) -> Self:
        if self.rows is not None and None in (self.split, self.tokens, self.first_position):
            words = "has rows, but no split, tokens or first_position"
            raise PydanticCustomError("half_said", words)
        return self


class _Sums(BaseModel):
    model_config = ConfigDict(strict=True)

    rows: int
    tokens: int


class _Mixture(BaseModel):
    model_config = ConfigDict(strict=True)

    version_id: int
    rows_hash: str


class _Decontamination(BaseModel):
    model_config = ConfigDict(strict=True)

    summary: str


class _Manifest(BaseModel):
    model_config = ConfigDict(strict=True)

    format: FormatName
    rows: _Count
    splits: dict[str, _Sums]
    mixture: _Mixture
    decontamination: _Decontamination
    files: list[_File]


def manifest_faults(manifest: dict[str, Any]) -> Iterator[str]:
    """What a manifest lacks or says in another form, by its fields; nothing else of it is read."""
    try:
        _Manifest.model_validate(manifest)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            yield f"{MANIFEST}, {'.'.join(map(str, each['loc']))}: {each['msg']}"
        return
    for name, count in Counter(entry["name"] for entry in manifest["files"]).items():
        if count > 1:
            yield f"{MANIFEST}, files: {name} stands there {count} times"


def sum_faults(manifest: dict[str, Any]) -> Iterator[str]:
    """Where a manifest's sums are not those of its files."""
    data = [entry for entry in manifest["files"] if entry["rows"] is not None]
    said = manifest["splits"]
    for split in sorted({entry["split"] for entry in data} - said.keys()):
        yield f"{MANIFEST}, splits: nothing of {split}, which has files"
    for split, sums in said.items():
        for name in ("rows", "tokens"):
            found = sum(entry[name] for entry in data if entry["split"] == split)
            if found != sums[name]:
                yield f"{MANIFEST}, splits.{split}.{name}: {sums[name]}, its files have {found}"
    rows = sum(entry["rows"] for entry in data)
    if rows != manifest["rows"]:
        yield f"{MANIFEST}, rows: {manifest['rows']}, its files have {rows}"
