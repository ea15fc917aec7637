"""Stored embeddings of texts, and the matrix of all items' vectors that a process keeps."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.decontamination.index import Item, LoadedIndex
from backend.decontamination.tables import TextEmbedding
from backend.decontamination.words import hash_of
from backend.row_sets import parts
from backend.science.embeddings import Half, unpacked

_ROWS_AT_ONCE: Final = 2_000


class NewEmbedding(NamedTuple):
    """A vector that has just come, packed, or why the server refuses the text."""

    text_hash: bytes
    vector: bytes | None
    refusal: str | None


class ItemVectors(NamedTuple):
    """The vectors of items, one row for all items of one text."""

    matrix: Half
    items: list[list[Item]]


class _Kept(NamedTuple):
    endpoint_id: int
    withheld: frozenset[int]
    vectors: ItemVectors


# They go when their index goes: two matrices at once would need twice the memory.
_kept: WeakKeyDictionary[LoadedIndex, _Kept] = WeakKeyDictionary()


def without_embedding(
    session: Session, endpoint_id: int, texts: Mapping[bytes, str]
) -> dict[bytes, str]:
    """Those of the texts, by hash, that the endpoint has not been asked about."""
    there: set[bytes] = set()
    for hashes in parts(list(texts), _ROWS_AT_ONCE):
        there.update(
            session.scalars(
                select(TextEmbedding.text_hash).where(
                    TextEmbedding.endpoint_id == endpoint_id, TextEmbedding.text_hash.in_(hashes)
                )
            )
        )
    return {key: text for key, text in texts.items() if key not in there}


def store_embeddings(session: Session, endpoint_id: int, new: Sequence[NewEmbedding]) -> None:
    """Keep vectors; one that is there stays."""
    rows = [{"endpoint_id": endpoint_id, **row._asdict()} for row in new]
    session.execute(insert(TextEmbedding).on_conflict_do_nothing(), rows)


def stored_vectors(
    session: Session, endpoint_id: int, hashes: Collection[bytes]
) -> dict[bytes, bytes]:
    """The packed vectors of texts, by hash; those that the server refuses have none."""
    rows = session.execute(
        select(TextEmbedding.text_hash, TextEmbedding.vector).where(
            TextEmbedding.endpoint_id == endpoint_id,
            TextEmbedding.text_hash.in_(hashes),
            TextEmbedding.vector.is_not(None),
        )
    )
    return {text_hash: vector for text_hash, vector in rows if vector is not None}


def kept_vectors(
    loaded: LoadedIndex, endpoint_id: int, withheld: frozenset[int]
) -> ItemVectors | None:
    """The vectors in this process's memory, but for those of other items or endpoints."""
    kept = _kept.get(loaded)
    if kept is None or kept[:2] != (endpoint_id, withheld):
        return None
    return kept.vectors


def keep_vectors(
    session: Session, loaded: LoadedIndex, endpoint_id: int, withheld: frozenset[int]
) -> ItemVectors:
    """Read the stored vectors of all items into memory, to be kept as long as their index.

    Raises:
        ValueError: they are not of one length.
    """
    _kept.pop(loaded, None)
    by_hash: dict[bytes, list[Item]] = defaultdict(list)
    for item in loaded.items:
        by_hash[hash_of(item.text)].append(item)
    items: list[list[Item]] = []
    blocks: list[Half] = []
    for hashes in parts(list(by_hash), _ROWS_AT_ONCE):
        found = stored_vectors(session, endpoint_id, hashes)
        if found:
            blocks.append(unpacked(list(found.values())))
            items += [by_hash[text_hash] for text_hash in found]
    vectors = ItemVectors(_stacked(blocks), items)
    _kept[loaded] = _Kept(endpoint_id, withheld, vectors)
    return vectors


def _stacked(blocks: Sequence[Half]) -> Half:
    if len({block.shape[1] for block in blocks}) > 1:
        raise ValueError("the stored vectors of items are not of one length")
    return np.concatenate(blocks) if blocks else np.empty((0, 0), dtype=np.float16)
