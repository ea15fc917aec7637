"""Where an export's files go: a folder under the home, and from there to any store of fsspec.

Credentials are the worker's own, from its settings or its environment, and never an export's.
"""

import hashlib
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import fsspec
from fsspec import AbstractFileSystem

from backend.config import settings
from backend.errors import Invalid
from backend.exports.files import sha256_of

_MD5: Final = re.compile(r"[0-9a-f]{32}")
_PIECE: Final = 2**20


class NotStored(Exception):
    """A file does not lie in the store as it was sent."""


def check_destination(url: str) -> str:
    """A destination without the slash at its end.

    Raises:
        Invalid: its scheme is not allowed, it names no place, or it holds more than a place.
    """
    parts = _parts_of(url)
    allowed = settings().export_schemes
    scheme = url.partition("://")[0] if "://" in url else ""
    if scheme not in allowed:
        names = ", ".join(f"{scheme}://" for scheme in allowed) or "none"
        raise Invalid(
            f"exports may not go to {scheme or 'a path'}://: allowed are {names} "
            "(SEEDBED_EXPORT_SCHEMES)",
            field="destination",
        )
    if "@" in parts.netloc or "?" in url or "#" in url:
        raise Invalid(
            "credentials and options belong in the workers' settings, not in a destination",
            field="destination",
        )
    if "::" in url:
        raise Invalid("to a store `::` joins two places: leave it out", field="destination")
    if not parts.netloc and not parts.path.strip("/"):
        raise Invalid("it names no place", field="destination")
    if ".." in parts.path.split("/"):
        raise Invalid("it leads upwards", field="destination")
    return url.rstrip("/")


def _parts_of(url: str) -> SplitResult:
    if not url.isprintable() or url != url.strip():
        raise Invalid("it has signs that cannot be seen", field="destination")
    try:
        return urlsplit(url)
    except ValueError as error:
        raise Invalid(f"it is no URL: {error}", field="destination") from error


def opened(url: str) -> tuple[AbstractFileSystem, str]:
    """The store of a URL, and the path in it."""
    scheme = urlsplit(url).scheme
    options: dict[str, Any] = settings().export_storage.get(scheme, {})
    system, path = fsspec.core.url_to_fs(url, use_listings_cache=False, **options)
    return system, str(path)


def send(local: Path, url: str) -> None:
    """Copy a whole file into the store, and see that it lies there.

    Its size must be the same, and its hash: by the store's own where that is plainly an MD5, as for
    objects of S3 that were sent in one piece, else of small files by reading them again.

    Raises:
        NotStored: what lies there is another file.
    """
    system, path = opened(url)
    if "/" in path:
        system.makedirs(path.rpartition("/")[0], exist_ok=True)
    system.put_file(str(local), path)
    found = system.info(path)
    if found["size"] != local.stat().st_size:
        raise NotStored(f"{url} has {found['size']} bytes, not {local.stat().st_size}")
    tag = str(found.get("ETag", "")).strip('"')
    if _MD5.fullmatch(tag) and tag == _md5_of(local):
        return
    # Stores that encrypt with keys of their own have other tags.
    is_small = found["size"] <= _PIECE
    if (is_small or _MD5.fullmatch(tag)) and _stored_hash(system, path) != sha256_of(local):
        raise NotStored(f"{url} is not what was sent")


def stored_size(url: str) -> int | None:
    """How many bytes a file in the store has; None where there is none."""
    system, path = opened(url)
    try:
        return int(system.info(path)["size"])
    except FileNotFoundError:
        return None


def remove_stored(url: str) -> None:
    """Take a file out of the store; one that is not there is no error."""
    system, path = opened(url)
    try:
        system.rm_file(path)
    except FileNotFoundError:
        return


def _md5_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _stored_hash(system: AbstractFileSystem, path: str) -> str:
    digest = hashlib.sha256()
    with system.open(path, "rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
