"""The columns that every row of every format has: where it comes from, where it stands."""

from typing import Final

import pyarrow as pa

from backend.exports.columns import LINEAGE as OF_SEED
from backend.exports.examples import Example
from backend.exports.rows import Row, lineage_of

FIELDS: Final = [
    *OF_SEED,
    ("sample_id", pa.int64()), ("model", pa.string()), ("split", pa.string()),
    ("position", pa.int64()), ("copy_number", pa.int64()), ("weight", pa.float64()),
    ("tokens", pa.int64()), ("family", pa.int64()),
]  # fmt: skip

MEANINGS: Final = {
    "seed_id": "number of the seed",
    "revision_id": "number of the seed's wording",
    "source": "where the seed came from",
    "external_id": "its number there",
    "domain": "the seed's domain",
    "licence": "the seed's licence, null where none is known",
    "key_origin": "where the reference answer is from: given, proposed by a model, or voted",
    "reliability": "how sure the verdict's answer is, 0 to 1",
    "verdict": "what was measured of the seed: teachable, easy, hard, suspect, unsettled",
    "score": "its teachability",
    "policy": "the rule that the verdict is by",
    "synthetic": "whether a model made the seed of another",
    "parent_seed_id": "the seed that it was made of",
    "confirmed_hits": "benchmark items that the seed is made from, which a curator lets through",
    "sample_id": "number of the trace",
    "model": "the teacher that wrote the trace",
    "split": "train or validation",
    "position": "place in the version's order, over both splits",
    "copy_number": "which of the copies of this example, from 0",
    "weight": "epochs that the recipe gives the example",
    "tokens": "prompt and trace, as the version counts them",
    "family": "near-duplicates and what was made of each other: they share it, and the split",
}


def lineage(example: Example) -> Row:
    """The columns of `FIELDS`."""
    return {
        **lineage_of(example.seed),
        "sample_id": example.seed.sample_id,
        "model": example.seed.model,
        "split": example.split,
        "position": example.position,
        "copy_number": example.copy_number,
        "weight": float(example.weight),
        "tokens": example.tokens,
        "family": example.family,
    }
