"""What a kept seed takes over from its duplicates; pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from backend.database import Json
from backend.seeds.schemas import SeedRow

MERGED: Final = "merged_duplicates"
# Says how answers are judged, not what the seed is: half of one set of tests and half of another
# would be no reference.
_NOT_MERGED: Final = frozenset({"tests", MERGED})


def taken_over(kept: SeedRow, kept_metadata: Json, others: Sequence[tuple[SeedRow, Json]]) -> Json:
    """The fields of the kept seed that change.

    Domain and licence are taken where it has none. Of metadata it keeps what it has: lists (tags)
    are lengthened by what only the others list, and absent entries are taken from the first that
    has them. Under `merged_duplicates` stands where each of the others came from.

    Args:
        kept: the seed that is kept.
        kept_metadata: its metadata.
        others: the others with theirs, those first whose word counts more.
    """
    changes: Json = {}
    for name in ("domain", "licence"):
        values = (getattr(seed, name) for seed, _ in others)
        given = next((value for value in values if value is not None), None)
        if getattr(kept, name) is None and given is not None:
            changes[name] = given
    metadata = _united(kept_metadata, [found for _, found in others])
    earlier = kept_metadata.get(MERGED)
    provenance = [_provenance(seed) for seed, _ in others]
    metadata[MERGED] = [*(earlier if isinstance(earlier, list) else []), *provenance]
    return {**changes, "metadata": metadata}


def _united(kept: Json, others: Sequence[Json]) -> Json:
    united = dict(kept)
    for metadata in others:
        for name, value in metadata.items():
            if name in _NOT_MERGED:
                continue
            present = united.get(name)
            if present is None:
                united[name] = value
            elif isinstance(present, list) and isinstance(value, list):
                united[name] = present + [each for each in value if each not in present]
    return united


def _provenance(seed: SeedRow) -> Mapping[str, Any]:
    return {
        "seed_id": seed.id, "source": seed.source, "external_id": seed.external_id,
        "licence": seed.licence,
    }  # fmt: skip
