"""A row, its trace, its version and its export, as W3C PROV."""

from backend.lineage.prov_document import Provenance
from backend.lineage.schemas import RowLineage


def add_row(prov: Provenance, lineage: RowLineage) -> None:
    """The row, where it has a place, and what it was made of."""
    made_of = [prov.entity("revision", lineage.wording.id), *_response(prov, lineage)]
    for holder, number, row in (_in_version(prov, lineage), _in_export(prov, lineage)):
        if row is None:
            continue
        prov.document.hadMember(prov.entity(holder, number), row)
        for part in made_of:
            prov.document.wasDerivedFrom(row, part)


def _response(prov: Provenance, lineage: RowLineage) -> list[str]:
    if lineage.response is None:
        return []
    sample = prov.entity("sample", lineage.response.id)
    found = lineage.trace
    if found is None:
        return [sample]
    trace = prov.entity(
        "trace", found.sample_id, state=found.state, reason=found.reason,
        key_origin=found.key_origin, reference_answer=found.reference_answer or None,
        judge_score=found.judge_score, guideline=found.guideline,
        guideline_version=found.guideline_version, word=found.word,
    )  # fmt: skip
    verified = prov.activity(
        "verification", found.sample_id, found.verified_at, run=found.run_id, label=found.run
    )
    prov.document.used(verified, sample)
    prov.document.wasGeneratedBy(trace, verified, found.verified_at)
    prov.document.wasAssociatedWith(verified, prov.software(lineage.seedbed))
    prov.document.wasDerivedFrom(trace, sample, verified)
    return [trace]


def _in_version(prov: Provenance, lineage: RowLineage) -> tuple[str, int, str | None]:
    place = lineage.version
    if place is None:
        return "version", 0, None
    version = prov.entity(
        "version", place.version_id, mixture=place.mixture, number=place.number
    )  # fmt: skip
    freeze = prov.activity(
        "freeze", place.version_id, place.frozen_at, rows_hash=place.rows_hash
    )  # fmt: skip
    prov.document.wasGeneratedBy(version, freeze, place.frozen_at)
    prov.document.wasAssociatedWith(freeze, prov.person(place.frozen_by))
    prov.document.wasAssociatedWith(freeze, prov.software(lineage.seedbed))
    row = prov.entity(
        "row", f"{place.version_id}-{place.position}", split=place.split,
        copy_number=place.copy_number, weight=place.weight, tokens=place.tokens,
    )  # fmt: skip
    prov.document.wasGeneratedBy(row, freeze, place.frozen_at)
    return "version", place.version_id, row


def _in_export(prov: Provenance, lineage: RowLineage) -> tuple[str, int, str | None]:
    place = lineage.export
    if place is None:
        return "export", 0, None
    export = prov.entity("export", place.export_id, label=place.name)
    writing = prov.activity(
        "exporting", place.export_id, place.finished_at, layout=place.layout
    )  # fmt: skip
    prov.document.wasGeneratedBy(export, writing, place.finished_at)
    prov.document.wasAssociatedWith(writing, prov.person(place.by))
    prov.document.wasAssociatedWith(writing, prov.software(lineage.seedbed))
    row = prov.entity("exported_row", f"{place.export_id}-{place.position}")
    prov.document.wasGeneratedBy(row, writing, place.finished_at)
    return "export", place.export_id, row
