"""What readers may see of an item of a gated benchmark: only what the seed holds as well."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from backend.database import Json

MASK: Final = "░"
_VISIBLE: Final = re.compile(r"\S")


def mask_outside(text: str, ranges: Iterable[tuple[int, int]]) -> str:
    """The text with a mask in place of all characters outside the ranges, but for white space.

    It keeps its length, so that offsets into it stay right.

    Args:
        text: any text.
        ranges: start and end in characters, half-open; they may overlap, and are cut to the text.
    """
    shown: list[str] = []
    position = 0
    for start, end in sorted(ranges):
        start, end = max(start, position), min(end, len(text))
        if start < end:
            shown += [_VISIBLE.sub(MASK, text[position:start]), text[start:end]]
            position = end
    return "".join(shown) + _VISIBLE.sub(MASK, text[position:])


def shown_item(text: str, spans: Iterable[Sequence[int]], *, gated: bool) -> dict[str, Any]:
    """The fields of a hit that speak of its item: `item_text`, and whether it is `masked`.

    Args:
        text: the item's.
        spans: what seed and item share, [seed_start, seed_end, item_start, item_end] each.
        gated: whether the item's benchmark asks not to be published.
    """
    if gated:
        text = mask_outside(text, [(span[2], span[3]) for span in spans])
    return {"item_text": text, "masked": gated}


def shown_evidence(evidence: Json | None, *, gated: bool) -> Json | None:
    """What models said of a hit; a judge's reason may quote an item, and is not for a gated one."""
    said = (evidence or {}).get("judge")
    if evidence is None or said is None or said["verdict"] == "unknown" or not gated:
        return evidence
    without = {name: value for name, value in said.items() if name != "reason"}
    return evidence | {"judge": without}
