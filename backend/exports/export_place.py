"""An export of a version where it lies, in a folder or in a store, opened for reading."""

from pathlib import Path
from typing import Any

import fsspec
import orjson

from backend.exports.files import MANIFEST


class VersionExport:
    """An export of a version where it lies.

    Args:
        place: a folder or a URL.
    """

    def __init__(self, place: str) -> None:
        # To fsspec `::` and other signs in the name of a folder are more than its name.
        self._system, path = (
            fsspec.core.url_to_fs(place, use_listings_cache=False)
            if "://" in place
            else (fsspec.filesystem("file"), Path(place).absolute())
        )
        self._path = str(path).rstrip("/")

    def manifest(self) -> dict[str, Any]:
        """What the export says of itself.

        Raises:
            FileNotFoundError: it was not finished.
            ValueError: it is no manifest.
        """
        with self.open(MANIFEST) as file:
            found = orjson.loads(file.read())
        if not isinstance(found, dict):
            raise ValueError("it is no object")
        return found

    def open(self, name: str) -> Any:
        """A file of it, to read."""
        return self._system.open(f"{self._path}/{name}", "rb")

    def data_files(self) -> set[str]:
        """The data files that lie there, listed or not."""
        found = self._system.find(f"{self._path}/data")
        return {str(path).removeprefix(f"{self._path}/") for path in found}
