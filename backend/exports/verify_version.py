"""Checks an export of a version: each file against the manifest, and each row against all rules.

Rows are streamed: of each no more is kept than three numbers. An export is read where it lies, in a
folder or in any store that fsspec knows, with the reader's own credentials.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, Final

from backend.exports.export_place import VersionExport
from backend.exports.files import MANIFEST
from backend.exports.guidelines import GuidelineText
from backend.exports.manifest_checks import manifest_faults, sum_faults
from backend.exports.publishing import MANIFEST_VERSION
from backend.exports.schemas import VersionStanding
from backend.exports.verify_rows import row_faults

_PIECE: Final = 2**20


def faults_of_version(
    export: VersionExport,
    guidelines: Sequence[GuidelineText] | None,
    standing: VersionStanding | None,
) -> Iterator[str]:
    """What is wrong with an export, in words that name file, row and field.

    Args:
        export: to look at.
        guidelines: whose words no row may have; None to look for none.
        standing: what stands against its seeds now; None where nobody can be asked.
    """
    try:
        manifest = export.manifest()
        if manifest["manifest_version"] != MANIFEST_VERSION:
            yield f"{MANIFEST}, manifest_version: {manifest['manifest_version']} is not known here"
            return
    except FileNotFoundError:
        yield f"{MANIFEST} is missing: the export was not finished"
        return
    except (ValueError, KeyError) as error:
        yield f"{MANIFEST} cannot be read: {error!r}"
        return
    if faults := list(manifest_faults(manifest)):
        yield from faults
        return
    if standing is not None and standing.rows_hash != manifest["mixture"]["rows_hash"]:
        yield f"{MANIFEST}, mixture: the server's version {standing.version_id} is another one"
        standing = None
    yield from _content_faults(export, manifest, guidelines, standing)
    yield from sum_faults(manifest)


def _content_faults(
    export: VersionExport,
    manifest: dict[str, Any],
    guidelines: Sequence[GuidelineText] | None,
    standing: VersionStanding | None,
) -> Iterator[str]:
    data = [entry for entry in manifest["files"] if entry["rows"] is not None]
    changed: set[str] = set()
    for entry in manifest["files"]:
        for fault in _file_faults(export, entry):
            changed.add(entry["name"])
            yield fault
    strange = export.data_files() - {entry["name"] for entry in data}
    yield from (f"{name} is not in the manifest" for name in sorted(strange))
    whole = [entry for entry in data if entry["name"] not in changed]
    yield from row_faults(export, manifest, whole, guidelines, standing)


def _file_faults(export: VersionExport, entry: dict[str, Any]) -> Iterator[str]:
    digest, size = hashlib.sha256(), 0
    try:
        with export.open(entry["name"]) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                size += len(piece)
    except FileNotFoundError:
        yield f"{entry['name']} is missing"
        return
    if size != entry["bytes"]:
        yield f"{entry['name']} has {size} bytes, the manifest says {entry['bytes']}"
    elif digest.hexdigest() != entry["sha256"]:
        yield f"{entry['name']} has changed: its hash is not the manifest's"
