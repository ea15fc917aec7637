"""Lineage as W3C PROV: https://www.w3.org/TR/prov-dm/, written as PROV-JSON."""

import hashlib

from backend.lineage.prov_document import Provenance
from backend.lineage.prov_rows import add_row
from backend.lineage.prov_sayings import add_decisions, add_evidence
from backend.lineage.schemas import RowLineage, SeedLineage, Wording


def prov_json(lineage: SeedLineage) -> str:
    """The PROV-JSON of a seed's or a row's lineage; the same lineage gives the same text."""
    prov = Provenance()
    _add_source(prov, lineage)
    _add_wordings(prov, lineage)
    _add_ancestors(prov, lineage)
    add_evidence(prov, lineage)
    add_decisions(prov, lineage)
    _add_uses(prov, lineage)
    if isinstance(lineage, RowLineage):
        add_row(prov, lineage)
    return prov.json()


def _add_source(prov: Provenance, lineage: SeedLineage) -> None:
    document, source = prov.document, lineage.source
    origin = prov.entity(
        "source", source.name, external_id=source.external_id, licence=source.licence,
        synthetic=source.synthetic,
    )  # fmt: skip
    seed = prov.entity("seed", lineage.seed_id, status=lineage.status, domain=source.domain)
    document.hadPrimarySource(seed, origin)
    for step in lineage.imports:
        activity = prov.activity(
            "import", step.import_id, step.at, label=step.label, recipe=step.recipe,
            what=step.what,
        )  # fmt: skip
        document.used(activity, origin)
        document.wasAssociatedWith(activity, prov.person(step.by))


def _add_wordings(prov: Provenance, lineage: SeedLineage) -> None:
    document = prov.document
    rewritten = {one.revision_id: one for one in lineage.rewrites}
    before: str | None = None
    for wording in lineage.wordings:
        name = _wording(prov, wording)
        document.specializationOf(name, prov.entity("seed", lineage.seed_id))
        if wording.id in rewritten:
            continue
        if wording.import_id is not None:
            document.wasGeneratedBy(name, prov.activity("import", wording.import_id))
        if wording.by is not None:
            document.wasAttributedTo(name, prov.person(wording.by))
        if before is not None:
            document.wasRevisionOf(name, before)
        before = name
    for one in lineage.rewrites:
        activity = prov.activity("rewrite", one.id, one.created_at, kind=one.kind, state=one.state)
        base, made = (prov.entity("revision", n) for n in (one.base_revision_id, one.revision_id))
        document.used(activity, base)
        document.wasGeneratedBy(made, activity)
        document.wasRevisionOf(made, base)
        if one.sample_id is not None:
            document.used(activity, prov.entity("sample", one.sample_id))
        if not one.by_model:
            document.wasAssociatedWith(activity, prov.person(one.by))


def _wording(prov: Provenance, wording: Wording) -> str:
    return prov.entity(
        "revision", wording.id, number=wording.number, origin=wording.origin,
        sha256=hashlib.sha256(wording.prompt.encode()).hexdigest(),
        created_at=wording.created_at.isoformat(),
    )  # fmt: skip


def _add_ancestors(prov: Provenance, lineage: SeedLineage) -> None:
    document = prov.document
    for one in lineage.ancestors:
        child = prov.entity("seed", one.child_id)
        parent = prov.entity("seed", one.seed_id, status=one.status)
        shown = prov.entity("revision", one.revision_id)
        document.specializationOf(shown, parent)
        document.hadPrimarySource(
            parent, prov.entity("source", one.source, licence=one.licence)
        )  # fmt: skip
        reply = prov.entity("sample", one.sample_id, cost=one.cost, template=one.template_hash)
        document.wasAttributedTo(reply, prov.endpoint(one.endpoint_id, one.endpoint, one.model))
        made = prov.activity("augmentation", one.child_id, one.made_at, kind=one.kind)
        for used in (shown, reply):
            document.used(made, used)
        document.wasGeneratedBy(child, made)
        document.wasDerivedFrom(child, shown, made)


def _add_uses(prov: Provenance, lineage: SeedLineage) -> None:
    document, uses = prov.document, lineage.uses
    seed = prov.entity("seed", lineage.seed_id)
    for held in uses.versions:
        version = prov.entity(
            "version", held.version_id, mixture=held.mixture, number=held.number
        )  # fmt: skip
        document.wasDerivedFrom(version, seed)
    for written in uses.exports:
        export = prov.entity("export", written.export_id, label=written.name)
        of = "seed" if written.version_id is None else "version"
        number = lineage.seed_id if written.version_id is None else written.version_id
        document.wasDerivedFrom(export, prov.entity(of, number))
    for one in uses.checkpoints:
        training = prov.activity(
            "training", one.training_run_id, label=one.training_run, state=one.state
        )
        if prov.is_first("used", training, str(one.export_id)):
            document.used(training, prov.entity("export", one.export_id))
        if one.checkpoint_id is not None:
            made = prov.entity("checkpoint", one.checkpoint_id, label=one.checkpoint, step=one.step)
            document.wasGeneratedBy(made, training, one.at)
    for taken in lineage.takedowns:
        lifted = taken.lifted_at and taken.lifted_at.isoformat()
        activity = prov.activity(
            "takedown", taken.id, taken.created_at, reason=taken.reason, lifted_at=lifted,
            lifted_by=taken.lifted_by,
        )  # fmt: skip
        document.wasAssociatedWith(activity, prov.person(taken.user))
        if lifted is None:
            document.wasInvalidatedBy(seed, activity, taken.created_at)
        else:
            document.used(activity, seed)
