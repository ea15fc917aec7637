"""Draws that depend on nothing but what is drawn for: no generator, no order, no worker."""

import hashlib
from typing import Final

RANGE: Final = 2**64


def lot(random_seed: int, purpose: str, *ids: int) -> int:
    """A number from 0 to 2^64 - 1, evenly spread: the same for the same arguments, everywhere.

    Args:
        random_seed: whatever is to give another draw.
        purpose: draws for different purposes have nothing to do with each other.
        ids: what it is drawn for.
    """
    said = " ".join(map(str, (random_seed, purpose, *ids)))
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:8], "big")


def falls_below(drawn: int, share: float) -> bool:
    """Whether a lot is among this share of all lots."""
    return drawn < share * RANGE
