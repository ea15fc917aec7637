"""Stage embedding of decontamination: the items that are nearest to seeds in meaning."""

from collections.abc import Sequence
from typing import Any, Final

from backend.database import Json, session_scope
from backend.decontamination.asking import (
    StageFailed,
    endpoint_in_use,
    gated_items,
    may_have_gated,
)
from backend.decontamination.embeddings import (
    ItemVectors,
    keep_vectors,
    kept_vectors,
    stored_vectors,
)
from backend.decontamination.index import LoadedIndex
from backend.decontamination.recording import CheckedSeed
from backend.decontamination.words import hash_of
from backend.endpoints.tables import Endpoint
from backend.jobs.service import ClaimedJob
from backend.science.contamination import Hit
from backend.science.embedded_pairs import hit_of_embedding
from backend.science.embeddings import Near, nearest, unpacked
from workers.embedder import embed

NEAREST: Final = 5
"""Texts of items that are looked at for each seed, as DeepMath-103K did (arXiv 2504.11456)."""


def add_near_items(
    job: ClaimedJob, loaded: LoadedIndex, endpoint_id: int, checked: Sequence[CheckedSeed]
) -> list[CheckedSeed]:
    """Add the items near to seeds as hits; what the other stages found says how near it is.

    Raises:
        StageFailed: the endpoint is away, its day is over, or its vectors cannot be compared.
        LeaseLost: another attempt has the job.
    """
    with session_scope() as session:
        endpoint = endpoint_in_use(session, endpoint_id)
    try:
        vectors = _item_vectors(job, loaded, endpoint)
        near = _near(job, loaded, endpoint_id, vectors, checked)
    except ValueError as error:
        raise StageFailed(f"{endpoint.name}: {error}") from None
    return [
        row._replace(hits=_with_near(row, near[hash_of(row.seed.prompt)], vectors, endpoint))
        if hash_of(row.seed.prompt) in near
        else row
        for row in checked
    ]


def _item_vectors(job: ClaimedJob, loaded: LoadedIndex, endpoint: Endpoint) -> ItemVectors:
    with session_scope() as session:
        may_go = may_have_gated(endpoint, loaded.settings)
        withheld = frozenset() if may_go else gated_items(session)
    if (kept := kept_vectors(loaded, endpoint.id, withheld)) is not None:
        return kept
    sent = {hash_of(item.text): item.text for item in loaded.items if item.id not in withheld}
    embed(job, endpoint.id, sent)
    with session_scope() as session:
        return keep_vectors(session, loaded, endpoint.id, withheld)


def _near(
    job: ClaimedJob,
    loaded: LoadedIndex,
    endpoint_id: int,
    vectors: ItemVectors,
    checked: Sequence[CheckedSeed],
) -> dict[bytes, list[Near]]:
    texts = {hash_of(row.seed.prompt): row.seed.prompt for row in checked}
    embed(job, endpoint_id, texts)
    with session_scope() as session:
        stored = stored_vectors(session, endpoint_id, texts)
    least = loaded.settings.embedding_similarity
    found = nearest(unpacked(list(stored.values())), vectors.matrix, NEAREST, least)
    return dict(zip(stored, found, strict=True))


def _with_near(
    row: CheckedSeed, near: Sequence[Near], vectors: ItemVectors, endpoint: Endpoint
) -> list[Hit]:
    hits = {int(hit.item_id): hit for hit in row.hits}
    for place, similarity in near:
        said = {"similarity": similarity, "model": endpoint.model, "endpoint": endpoint.name}
        for item in vectors.items[place]:
            if item.version > row.seed.since:
                found = hits.get(item.id) or hit_of_embedding(
                    str(item.id), row.seed.prompt, item.text, similarity
                )
                hits[item.id] = found._replace(evidence=_evidence(found, said))
    return list(hits.values())


def _evidence(hit: Hit, said: dict[str, Any]) -> Json:
    return {**(hit.evidence or {}), "embedding": said}
