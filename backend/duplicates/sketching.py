"""Seeds that are due, and their sketches; nothing is held while they are made."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from backend.duplicates.tables import DuplicateDue
from backend.science.minhash import Keys, band_keys, signatures, whole_text_keys
from backend.science.near_duplicates import DuplicateRule
from backend.science.shingles import ShingleSets, shingle_sets
from backend.science.word_hashes import hashed_words

RULE: Final = DuplicateRule()
BATCH: Final = 5000
BATCH_BYTES: Final = 16 * 2**20

_DUE: Final = text("""
    with next as (
        select due.seed_id,
            case when seed.withdrawn_at is null then seed.revision_id end as revision_id,
            revision.prompt
        from duplicate_due due
        join seed on seed.id = due.seed_id
        join seed_revision revision on revision.id = seed.revision_id
        where due.seed_id > :after
        order by due.seed_id
        limit :seeds
    ), measured as (
        select seed_id, sum(octet_length(prompt)) over (order by seed_id) - octet_length(prompt)
            as bytes_before
        from next
    )
    select seed_id, revision_id, prompt
    from next join measured using (seed_id)
    where bytes_before < :bytes
    order by seed_id
""")


class DueSeed(NamedTuple):
    """A seed as it was read; without a revision it was withdrawn."""

    id: int
    revision_id: int | None
    prompt: str


class Sketched(NamedTuple):
    """Seeds and what they are looked up by.

    Attributes:
        seeds: as they were read, by number.
        shingles: of their prompts.
        keys: an array (seeds, bands + 1): their buckets, the last that of the whole text.
    """

    seeds: Sequence[DueSeed]
    shingles: ShingleSets
    keys: Keys

    def worded(self) -> npt.NDArray[np.bool_]:
        """Which of them have a word."""
        return self.shingles.sizes() > 0


def count_due(session: Session) -> int:
    """How many seeds are still to be looked at."""
    return session.scalar(select(func.count()).select_from(DuplicateDue)) or 0


def due_seeds(session: Session, after: int) -> list[DueSeed]:
    """The next seeds to look at, by number: some thousands, fewer of long ones."""
    limits = {"after": after, "seeds": BATCH, "bytes": BATCH_BYTES}
    return [DueSeed(*row) for row in session.execute(_DUE, limits)]


def sketch(seeds: Sequence[DueSeed]) -> Sketched:
    """Sketch the prompts; no session is needed, none should be held."""
    words = hashed_words([seed.prompt for seed in seeds])
    shingles = shingle_sets(words)
    in_bands = band_keys(signatures(shingles, RULE.banding), RULE.banding)
    keys = np.concatenate([in_bands, whole_text_keys(words)[:, None]], axis=1)
    return Sketched(seeds, shingles, keys)
