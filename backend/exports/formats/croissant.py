"""The export as Croissant 1.0 (https://docs.mlcommons.org/croissant/docs/croissant-spec.html)."""

import json
from typing import Any, Final

import pyarrow as pa

from backend.exports.examples import FileKind, VersionFacts, WrittenFile
from backend.exports.formats.front_matter import pattern_of, splits_of
from backend.exports.formats.licences import UNKNOWN, licences_of
from backend.exports.formats.lineage import MEANINGS
from backend.exports.formats.markdown import one_line

CONFORMS_TO: Final = "http://mlcommons.org/croissant/1.0"
CONTEXT: Final = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_ENCODINGS: Final[dict[FileKind, str]] = {
    "parquet": "application/x-parquet",
    "jsonl.zst": "application/zstd",
}
_STANDARD_SPLITS: Final = {"train": "cr:TrainingSplit", "validation": "cr:ValidationSplit"}
_SPLITS: Final = "splits"


def croissant(facts: VersionFacts, schema: pa.Schema, title: str, about: dict[str, str]) -> str:
    """The JSON-LD document.

    Args:
        facts: of the version.
        schema: of its rows.
        title: what the format is for.
        about: what columns are that are not lineage.
    """
    meanings = {**MEANINGS, **about}
    document = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": one_line(facts.export_name),
        "description": _description(facts, title),
        "conformsTo": CONFORMS_TO,
        "citeAs": cite_as(facts),
        "datePublished": facts.frozen.date().isoformat(),
        "license": _licences(facts),
        "version": f"{facts.version}.0.0",
        "isLiveDataset": False,
        "distribution": [
            *(_file_set(facts, split) for split in splits_of(facts)),
            *(_file_object(facts, file) for file in facts.files),
        ],
        "recordSet": [
            _splits(facts),
            *(_record_set(split, schema, meanings) for split in splits_of(facts)),
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def cite_as(facts: VersionFacts) -> str:
    """How to name exactly these rows."""
    return (
        f"{one_line(facts.export_name)}: version {facts.version} of the mixture"
        f" {one_line(facts.mixture)}, frozen {facts.frozen.date().isoformat()} by Seedbed,"
        f" SHA-256 of its rows {facts.rows_hash}"
    )


def _description(facts: VersionFacts, title: str) -> str:
    return (
        f"{title}. Rows of version {facts.version} of the mixture {one_line(facts.mixture)}; see"
        " README.md for what they are made of, and what they were checked against."
    )


def _licences(facts: VersionFacts) -> list[str]:
    found = [one.url or one_line(one.name or UNKNOWN) for one in licences_of(facts)]
    return list(dict.fromkeys(found)) or [UNKNOWN]


def _file_set(facts: VersionFacts, split: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"{split}-files",
        "name": f"{split}-files",
        "description": f"All files of the split {split}.",
        "encodingFormat": _ENCODINGS[facts.kind],
        "includes": pattern_of(facts, split),
    }


def _file_object(facts: VersionFacts, file: WrittenFile) -> dict[str, Any]:
    packed = " JSON lines, compressed by Zstandard." if facts.kind == "jsonl.zst" else ""
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "description": f"{file.rows} rows of the split {file.split}.{packed}",
        "contentUrl": file.path,
        "contentSize": f"{file.bytes} B",
        "encodingFormat": _ENCODINGS[facts.kind],
        "sha256": file.sha256,
    }


def _splits(facts: VersionFacts) -> dict[str, Any]:
    name, url = f"{_SPLITS}/name", f"{_SPLITS}/url"
    return {
        "@type": "cr:RecordSet",
        "@id": _SPLITS,
        "name": _SPLITS,
        "description": "Families of seeds stand on one side.",
        "dataType": "cr:Split",
        "key": {"@id": name},
        "field": [
            {"@type": "cr:Field", "@id": name, "name": name, "dataType": "sc:Text"},
            {"@type": "cr:Field", "@id": url, "name": url, "dataType": "sc:URL"},
        ],
        "data": [{name: split, url: _STANDARD_SPLITS[split]} for split in splits_of(facts)],
    }


def _record_set(split: str, schema: pa.Schema, meanings: dict[str, str]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": split,
        "name": split,
        "description": f"The rows of the split {split}.",
        "field": [_field(split, field, _source(split, field.name), meanings) for field in schema],
    }


def _source(split: str, column: str, part: str | None = None) -> dict[str, Any]:
    whole = {"fileSet": {"@id": f"{split}-files"}, "extract": {"column": column}}
    return whole if part is None else {**whole, "transform": {"jsonPath": part}}


def _field(
    within: str, field: pa.Field, source: dict[str, Any], meanings: dict[str, str]
) -> dict[str, Any]:
    path = f"{within}/{field.name}"
    found: dict[str, Any] = {"@type": "cr:Field", "@id": path, "name": path}
    if field.name in meanings:
        found["description"] = meanings[field.name]
    type_ = field.type
    if pa.types.is_list(type_):
        found["repeated"] = True
        type_ = type_.value_type
    if not pa.types.is_struct(type_):
        return {**found, "dataType": _data_type(type_), "source": source}
    # Parts have a source of their own: the column, and the place in its objects.
    split, column = within, field.name
    parts = [_field(path, part, _source(split, column, part.name), meanings) for part in type_]
    return {**found, "subField": parts}


def _data_type(type_: pa.DataType) -> str:
    if pa.types.is_boolean(type_):
        return "sc:Boolean"
    if pa.types.is_integer(type_):
        return "sc:Integer"
    return "sc:Float" if pa.types.is_floating(type_) else "sc:Text"
