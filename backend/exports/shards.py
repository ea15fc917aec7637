"""Which rows of a version go into which file: by the version and its settings alone."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from backend.exports.examples import FileKind

DATA: Final = "data"


class Split(NamedTuple):
    """A side of a version: its rows stand at consecutive positions from `first` on."""

    name: str
    first: int
    rows: int
    tokens: int


class Shard(NamedTuple):
    """A file to be: rows of a split from the position `first` up to, not including, `end`."""

    path: str
    split: str
    first: int
    end: int

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return self.end - self.first


def plan_shards(splits: Sequence[Split], kind: FileKind, shard_tokens: int) -> list[Shard]:
    """The files of a version, in the order of its rows.

    A split of t tokens becomes ceil(t / shard_tokens) files, but no more than it has rows; number i
    of n begins at row floor(i * rows / n), so that files differ by one row at most.

    Args:
        splits: those without rows become no file.
        kind: of the files.
        shard_tokens: about how many tokens a file holds.
    """
    return [shard for split in splits if split.rows for shard in _of(split, kind, shard_tokens)]


def _of(split: Split, kind: FileKind, shard_tokens: int) -> list[Shard]:
    count = max(1, min(split.rows, -(-split.tokens // shard_tokens)))
    edges = [split.first + number * split.rows // count for number in range(count + 1)]
    return [
        Shard(f"{DATA}/{split.name}-{number:05}-of-{count:05}.{kind}", split.name, first, end)
        for number, (first, end) in enumerate(pairwise(edges))
    ]
