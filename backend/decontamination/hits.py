"""Hits as readers see them, with the item that they point at."""

from collections.abc import Sequence
from typing import Any, TypeVarTuple

from sqlalchemy import Row, ScalarSelect, Select, func, select
from sqlalchemy.orm import Session, aliased

from backend.decontamination.masking import shown_evidence, shown_item
from backend.decontamination.schemas import (
    HitCounts,
    HitFilter,
    HitListQuery,
    HitOut,
    SeedHit,
)
from backend.decontamination.tables import (
    STATES,
    Benchmark,
    BenchmarkItem,
    DecontaminationHit,
    DecontaminationPolicyVersion,
    IndexVersion,
)
from backend.decontamination.words import hash_of
from backend.paging import Page, decode_cursor, encode_cursor
from backend.science.contamination import VERDICTS
from backend.seeds.related import was_current
from backend.seeds.tables import Seed, SeedRevision, Source

Columns = TypeVarTuple("Columns")
POLICY_LABEL = DecontaminationPolicyVersion.name + func.concat(
    " v", DecontaminationPolicyVersion.version
)


def hits_of(session: Session, revision_ids: Sequence[int]) -> dict[int, list[HitOut]]:
    """Each revision's hits, the widest coverage of the item first; every revision is a key."""
    found: dict[int, list[HitOut]] = {revision_id: [] for revision_id in revision_ids}
    wanted = (
        _shown()
        .where(DecontaminationHit.revision_id.in_(revision_ids))
        .order_by(DecontaminationHit.coverage_item.desc(), DecontaminationHit.id)
    )
    for row in session.execute(wanted):
        found[row.revision_id].append(HitOut(**_fields(row)))
    return found


def list_hits(session: Session, query: HitListQuery) -> Page[SeedHit]:
    """Hits on the current wording of living seeds, newest first."""
    wanted = (
        matching(_shown(), query)
        .order_by(DecontaminationHit.id.desc())
        .limit(query.limit + 1)
    )  # fmt: skip
    if query.after is not None:
        wanted = wanted.where(DecontaminationHit.id < decode_cursor(query.after, [(int,)])[0])
    hits = [
        SeedHit(**_fields(row), seed_id=row.seed_id, revision_id=row.revision_id)
        for row in session.execute(wanted)
    ]
    items = hits[: query.limit]
    more = len(hits) > query.limit
    return Page(items=items, next=encode_cursor([items[-1].id]) if more else None)


def count_hits(session: Session, filter: HitFilter) -> HitCounts:
    """The hits of `list_hits` by verdict and state."""
    by = (DecontaminationHit.verdict, DecontaminationHit.state)
    counted = select(*by, func.count()).join(
        SeedRevision, SeedRevision.id == DecontaminationHit.revision_id
    )
    counts: Any = {verdict: dict.fromkeys(STATES, 0) for verdict in VERDICTS}
    for verdict, state, count in session.execute(matching(counted, filter).group_by(*by)):
        counts[verdict][state] = count
    return HitCounts(counts=counts)


def matching(statement: Select[*Columns], filter: HitFilter) -> Select[*Columns]:
    """A statement over hits and their revisions, for living seeds as they read now."""
    statement = statement.join(Seed, Seed.id == SeedRevision.seed_id).where(
        Seed.revision_id == SeedRevision.id, Seed.withdrawn_at.is_(None)
    )
    if filter.benchmark is not None:
        items = select(BenchmarkItem.id).join(Benchmark)
        named = items.where(Benchmark.name == filter.benchmark)
        statement = statement.where(DecontaminationHit.item_id.in_(named))
    if filter.source is not None:
        source = select(Source.id).where(Source.name == filter.source).scalar_subquery()
        statement = statement.where(Seed.source_id == source)
    for name in ("state", "verdict", "action", "method"):
        if (value := getattr(filter, name)) is not None:
            statement = statement.where(getattr(DecontaminationHit, name) == value)
    return statement


def _shown() -> Select[*tuple[Any, ...]]:
    hits: Select[*tuple[Any, ...]] = select(
        DecontaminationHit, BenchmarkItem, Benchmark, DecontaminationHit.revision_id,
        SeedRevision.seed_id, IndexVersion.policy_id, POLICY_LABEL.label("policy"),
        _settled_earlier().label("settled_earlier"),
    )  # fmt: skip
    return (
        hits.join(SeedRevision, SeedRevision.id == DecontaminationHit.revision_id)
        .join(BenchmarkItem, BenchmarkItem.id == DecontaminationHit.item_id)
        .join(Benchmark, Benchmark.id == BenchmarkItem.benchmark_id)
        .join(IndexVersion, IndexVersion.id == DecontaminationHit.index_id)
        .join(DecontaminationPolicyVersion)
    )


def _settled_earlier() -> ScalarSelect[str]:
    """What a curator said of the same item text and an earlier wording of the seed."""
    earlier, wording = aliased(DecontaminationHit), aliased(SeedRevision)
    return (
        select(earlier.state)
        .join(wording, wording.id == earlier.revision_id)
        .where(
            earlier.item_hash == DecontaminationHit.item_hash,
            earlier.state != "open",
            wording.seed_id == SeedRevision.seed_id,
            wording.number < SeedRevision.number,
            was_current(wording),
        )
        .order_by(wording.number.desc(), earlier.settled_at.desc().nulls_last())
        .limit(1)
        .scalar_subquery()
    )


def _fields(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    hit, item, benchmark = row[:3]
    changed = hash_of(item.text) != hit.item_hash
    spans = [] if changed else hit.spans
    return {
        "id": hit.id, "benchmark": benchmark.name, "version": benchmark.version,
        "split": benchmark.split, "item_id": item.external_id,
        **shown_item(item.text, spans, gated=benchmark.gated),
        "item_changed": changed, "verdict": hit.verdict, "method": hit.method,
        "action": hit.action, "score": hit.score, "coverage_item": hit.coverage_item,
        "coverage_seed": hit.coverage_seed, "longest_words": hit.longest_words,
        "spans": spans,
        "seed_numbers": [] if changed else hit.seed_numbers,
        "item_numbers": [] if changed else hit.item_numbers,
        "evidence": shown_evidence(hit.evidence, gated=benchmark.gated),
        "policy": row.policy, "policy_id": row.policy_id,
        "index_id": hit.index_id, "state": hit.state, "inherited_from": hit.inherited_from,
        "settled_earlier": row.settled_earlier, "created_at": hit.created_at,
    }  # fmt: skip
