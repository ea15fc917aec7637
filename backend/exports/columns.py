"""Columns that rows of every layout and format share."""

from typing import Final

import pyarrow as pa

MESSAGES: Final = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
LINEAGE: Final = [
    ("seed_id", pa.int64()), ("revision_id", pa.int64()), ("source", pa.string()),
    ("external_id", pa.string()), ("domain", pa.string()), ("licence", pa.string()),
    ("key_origin", pa.string()), ("reliability", pa.float64()), ("verdict", pa.string()),
    ("score", pa.float64()), ("policy", pa.string()), ("synthetic", pa.bool_()),
    ("parent_seed_id", pa.int64()), ("confirmed_hits", pa.list_(pa.string())),
]  # fmt: skip
