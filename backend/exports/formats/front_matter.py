"""The YAML at the head of a data set card: with it `datasets.load_dataset(folder)` finds all."""

from collections import defaultdict
from typing import Any, Final

import pyarrow as pa
import yaml

from backend.exports.examples import VersionFacts
from backend.exports.formats.features import hub_features
from backend.exports.formats.licences import OTHER, hub_words, licences_of
from backend.exports.formats.markdown import one_line

# The hub's words for sizes.
_SIZES: Final = (
    (10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"), (10**8, "10M<n<100M"), (10**9, "100M<n<1B"), (10**10, "1B<n<10B"),
    (10**11, "10B<n<100B"), (10**12, "100B<n<1T"),
)  # fmt: skip
SPLITS: Final = ("train", "validation")


def front_matter(facts: VersionFacts, schema: pa.Schema, tags: list[str]) -> str:
    """The block between the two lines of dashes, with both."""
    found = {
        "pretty_name": one_line(facts.export_name),
        **_licence(facts),
        "task_categories": ["text-generation"],
        "size_categories": [size_category(sum(file.rows for file in facts.files))],
        "tags": ["seedbed", "reasoning", *tags],
        "configs": [{"config_name": "default", "data_files": _data_files(facts)}],
        "dataset_info": {"features": hub_features(schema), "splits": _splits(facts)},
    }
    text = yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=100)
    return f"---\n{text}---\n"


def splits_of(facts: VersionFacts) -> list[str]:
    """The sides of the split that have files."""
    there = {file.split for file in facts.files}
    return [split for split in SPLITS if split in there]


def pattern_of(facts: VersionFacts, split: str) -> str:
    """The files of a split, as a pattern relative to the export's folder."""
    return f"data/{split}-*.{facts.kind}"


def size_category(rows: int) -> str:
    """The hub's word for so many rows."""
    return next((word for below, word in _SIZES if rows < below), "n>1T")


def _licence(facts: VersionFacts) -> dict[str, Any]:
    licences = licences_of(facts)
    words = hub_words(licences)
    if words != [OTHER]:
        return {"license": words[0] if len(words) == 1 else words}
    names = ", ".join(one_line(one.name) for one in licences if one.name is not None)
    return {"license": OTHER, "license_name": names}


def _data_files(facts: VersionFacts) -> list[dict[str, str]]:
    return [{"split": split, "path": pattern_of(facts, split)} for split in splits_of(facts)]


def _splits(facts: VersionFacts) -> list[dict[str, Any]]:
    """Rows of each split, which `datasets` counts again: a file that is missing is noticed.

    It wants bytes too; what they come to in memory is not known here, so they are the files'.
    """
    rows: dict[str, int] = defaultdict(int)
    size: dict[str, int] = defaultdict(int)
    for file in facts.files:
        rows[file.split] += file.rows
        size[file.split] += file.bytes
    return [
        {"name": split, "num_bytes": size[split], "num_examples": rows[split]}
        for split in splits_of(facts)
    ]
