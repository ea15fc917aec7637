"""The bands in Postgres: who shares a bucket with whom, and leaders taking their places there."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.science.minhash import Keys

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# One short look into the index for each key, however many rows there are.
_LOOK_UP: Final = text("""
    select wanted.place - 1, found.seed_id
    from unnest(cast(:keys as bigint[])) with ordinality wanted (key, place)
    cross join lateral (
        select seed_id from duplicate_band band
        where band.key = wanted.key order by seed_id limit :limit + 1
    ) found
""")

_COPY: Final = b"copy duplicate_band (key, seed_id) from stdin (format binary)"
_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER: Final = b"\xff\xff"
_ROW: Final = np.dtype(
    [("fields", ">i2"), ("bytes", ">i4"), ("key", ">i8"), ("bytes_", ">i4"), ("seed_id", ">i8")]
)


class Neighbours(NamedTuple):
    """Pairs that share a bucket, each once.

    Attributes:
        texts: of each pair the place of the text that looks for others.
        others: of each pair the other one.
        crowded: of every text, whether a bucket held more than it was compared with.
    """

    texts: Integers
    others: Integers
    crowded: Flags


def stored_neighbours(session: Session, keys: Keys, worded: Flags, limit: int) -> Neighbours:
    """The stored leaders that share a bucket with texts.

    Args:
        session: the caller's.
        keys: an array (texts, bands).
        worded: which texts take part.
        limit: most leaders of a bucket.

    Returns:
        Pairs of a place among the texts and the number of a seed.
    """
    bands = keys.shape[1]
    places = np.flatnonzero(np.repeat(worded, bands))
    flat = keys.ravel()[places]
    order = np.argsort(flat)  # neighbours in the index, one after the other
    rows = session.execute(_LOOK_UP, {"keys": _array(flat[order]), "limit": limit}).all()
    found = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(-1, 2)
    texts = places[order][found[:, 0]] // bands
    crowded = np.zeros(len(keys), dtype=bool)
    crowded[texts[np.bincount(found[:, 0])[found[:, 0]] > limit]] = True
    return _once(texts, found[:, 1], crowded)


def new_neighbours(keys: Keys, worded: Flags, limit: int) -> Neighbours:
    """The earlier texts that share a bucket with texts of the same batch.

    Returns:
        Pairs of two places among the texts.
    """
    bands = keys.shape[1]
    places = np.flatnonzero(np.repeat(worded, bands))
    places = places[np.argsort(keys.ravel()[places], kind="stable")]
    sorted_keys = keys.ravel()[places]
    begins = np.ones(len(places), dtype=bool)
    begins[1:] = sorted_keys[1:] != sorted_keys[:-1]
    first = np.maximum.accumulate(np.where(begins, np.arange(len(places)), 0))
    ranks = np.arange(len(places)) - first
    counts = np.minimum(ranks, limit)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    texts, others = np.repeat(places, counts), places[np.repeat(first, counts) + within]
    crowded = np.zeros(len(keys), dtype=bool)
    crowded[places[ranks > limit] // bands] = True
    return _once(texts // bands, others // bands, crowded)


def add_leaders(session: Session, keys: Keys, seed_ids: Sequence[int]) -> None:
    """Put new leaders into their buckets."""
    if not len(keys):
        return
    rows = np.empty(keys.size, dtype=_ROW)
    order = np.argsort(keys.ravel())
    rows["fields"], rows["bytes"], rows["bytes_"] = 2, 8, 8
    rows["key"] = keys.ravel()[order]
    rows["seed_id"] = np.repeat(np.asarray(seed_ids, dtype=np.int64), keys.shape[1])[order]
    driver: Any = session.connection().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.write(_HEADER + rows.tobytes() + _TRAILER)


def _array(values: Integers) -> str:
    """A Postgres array, as text: number by number the driver would take longer than the look-up."""
    numbers = orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)
    return f"{{{numbers[1:-1].decode()}}}"


def _once(texts: Integers, others: Integers, crowded: Flags) -> Neighbours:
    pairs = np.unique(np.stack([texts, others], axis=1), axis=0)
    return Neighbours(pairs[:, 0], pairs[:, 1], crowded)
