"""What models and people said of a seed, as W3C PROV."""

from backend.lineage.prov_document import Provenance
from backend.lineage.schemas import SampleOut, SeedLineage

_SPEAKS_TO_VERDICTS = ("reference", "weak")


def add_evidence(prov: Provenance, lineage: SeedLineage) -> None:
    """Paid responses, judges' and curators' ratings, hits and verdicts."""
    for sample in lineage.samples:
        _add_sample(prov, sample)
    _add_judgments(prov, lineage)
    revision = prov.entity("revision", lineage.wording.id)
    for hit in lineage.hits:
        found = prov.entity(
            "hit", hit.id, benchmark=hit.benchmark, item=hit.item_id, verdict=hit.verdict,
            method=hit.method, state=hit.state, score=hit.score,
        )  # fmt: skip
        prov.document.wasDerivedFrom(found, revision)
    _add_verdicts(prov, lineage)


def _add_sample(prov: Provenance, sample: SampleOut) -> None:
    document = prov.document
    revision = prov.entity("revision", sample.revision_id)
    name = prov.entity(
        "sample", sample.id, role=sample.role, stage=sample.stage, cost=sample.cost,
        prompt_tokens=sample.prompt_tokens, completion_tokens=sample.completion_tokens,
        template=sample.template_hash, settings=sample.settings_hash, number=sample.sample_index,
    )  # fmt: skip
    model = prov.endpoint(sample.endpoint_id, sample.endpoint, sample.model)
    document.wasAttributedTo(name, model)
    document.wasDerivedFrom(name, revision)
    if sample.run_id is not None:
        run = prov.activity("run", sample.run_id, label=sample.run)
        document.wasGeneratedBy(name, run, sample.created_at)
        if prov.is_first("used", run, revision):
            document.used(run, revision)
        if prov.is_first("wasAssociatedWith", run, model):
            document.wasAssociatedWith(run, model)


def _add_judgments(prov: Provenance, lineage: SeedLineage) -> None:
    document, revision = prov.document, prov.entity("revision", lineage.wording.id)
    for said in lineage.judgments:
        judgment = prov.entity(
            "judgment", said.sample_id, rubric=said.rubric_version, steps=said.steps,
            difficulty=said.difficulty, unscored=said.unscored,
        )  # fmt: skip
        document.wasDerivedFrom(judgment, prov.entity("sample", said.sample_id))
    for rating in lineage.ratings:
        rated = prov.entity(
            "rating", rating.id, rubric=rating.rubric_version, steps=rating.steps,
            difficulty=rating.difficulty,
        )  # fmt: skip
        document.wasDerivedFrom(rated, revision)
        document.wasAttributedTo(rated, prov.person(rating.user))


def _add_verdicts(prov: Provenance, lineage: SeedLineage) -> None:
    document = prov.document
    for verdict in lineage.verdicts:
        name = prov.entity(
            "verdict", verdict.id, verdict=verdict.verdict, score=verdict.score,
            reliability=verdict.reliability, policy=verdict.policy, key_origin=verdict.key_origin,
            reference_answer=verdict.reference_answer,
        )  # fmt: skip
        scoring = prov.activity("scoring", verdict.id, verdict.created_at, policy=verdict.policy)
        document.wasGeneratedBy(name, scoring, verdict.created_at)
        document.wasAssociatedWith(scoring, prov.software(lineage.seedbed))
        for sample in lineage.samples:
            speaks = sample.stage in _SPEAKS_TO_VERDICTS
            if speaks and sample.revision_id == lineage.wording.id:
                document.used(scoring, prov.entity("sample", sample.id))


def add_decisions(prov: Provenance, lineage: SeedLineage) -> None:
    """Curators' decisions, each an activity on the wording that it was about."""
    document = prov.document
    for event in lineage.decisions:
        activity = prov.activity(
            "decision", event.id, event.created_at, kind=event.kind, reason=event.reason
        )
        document.used(activity, prov.entity("revision", event.revision_id))
        if event.sample_id is not None:
            document.used(activity, prov.entity("sample", event.sample_id))
        document.wasAssociatedWith(activity, prov.person(event.user))
        if event.undoes_id is not None:
            document.wasInformedBy(activity, prov.activity("decision", event.undoes_id))
