"""What a shard of a run for proposals has to do, and the seeds that it has still to do it for."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.errors import Conflict
from backend.jobs.service import ClaimedJob
from backend.proposals.augmenting import SeedMaker
from backend.proposals.reading import Maker, why_lost
from backend.rewriting.from_models import RewriteMaker
from backend.row_sets import among
from backend.runs.pending import PendingSeed, pending_seeds
from backend.runs.plan import ShardPlan, shard_plan
from backend.runs.schemas import AugmentationSettings, RewriteSettings
from backend.runs.service import get_run
from backend.runs.tables import Run
from backend.science.augmentation_templates import augmentation_template
from backend.science.proposal_replies import proposal_schema
from backend.science.proposal_templates import ProposalTemplate
from backend.science.rewrite_templates import rewrite_template
from backend.scoring.line_up import LineUpEntry
from backend.seeds.tables import Seed, SeedRevision


class AskedQuestion(NamedTuple):
    """A chat, and the JSON schema of its answer."""

    messages: list[dict[str, str]]
    json_schema: Mapping[str, Any]


class ProposalPlan(NamedTuple):
    """A run's part for one job: its line-up is the proposer alone."""

    shard: ShardPlan
    template: ProposalTemplate
    note: str | None
    maker: Maker

    @property
    def proposer(self) -> LineUpEntry:
        """Who is asked, and for how many candidates for a seed."""
        return self.shard.line_up[0]

    def question(self, seed: PendingSeed) -> AskedQuestion:
        """What is asked about a seed."""
        messages = self.template.messages(seed.prompt, seed.given_answer, self.note)
        return AskedQuestion(messages, proposal_schema())


class PendingProposals(NamedTuple):
    """A seed, and why it is not asked about, where it is not."""

    seed: PendingSeed
    refusal: str | None


def proposal_plan(session: Session, job: ClaimedJob) -> ProposalPlan:
    """What the job has to do.

    Raises:
        Conflict: the template reads otherwise than when the run was made.
    """
    assert job.run_id is not None
    plan = _of_run(get_run(session, job.run_id), shard_plan(session, job))
    if plan.template.hash_with(plan.note) != plan.proposer.template_hash:
        raise Conflict(f"the template {plan.template.kind} has new words since: start a new run")
    return plan


def _of_run(run: Run, shard: ShardPlan) -> ProposalPlan:
    [entry] = shard.line_up
    if run.kind == "rewrites":
        rewriting = RewriteSettings.model_validate(run.settings)
        template, note = rewrite_template(rewriting.template), rewriting.note
        return ProposalPlan(shard, template, note, RewriteMaker(rewriting.template, entry))
    making = AugmentationSettings.model_validate(run.settings)
    maker = SeedMaker(making.template, entry, making.import_id)
    return ProposalPlan(shard, augmentation_template(making.template), making.note, maker)


def pending_proposals(
    session: Session, plan: ProposalPlan, after: PendingProposals | None, limit: int
) -> list[PendingProposals]:
    """The shard's next pending seeds, in order."""
    return seeds_to_ask(session, plan.shard, after, limit, plan.maker.refuses)


def seeds_to_ask(
    session: Session,
    shard: ShardPlan,
    after: PendingProposals | None,
    limit: int,
    refuses: Callable[[Seed], str | None],
) -> list[PendingProposals]:
    """A shard's next pending seeds, in order: nothing is paid for what nobody can use."""
    found = pending_seeds(session, shard, "new", after and after.seed, limit)
    seeds = {
        row[0]: row[1]
        for row in session.execute(
            select(SeedRevision.id, Seed)
            .join(Seed, Seed.id == SeedRevision.seed_id)
            .where(among(SeedRevision.id, [seed.revision_id for seed in found]))
        )
    }
    return [
        PendingProposals(one, why_lost(seed, one.revision_id) or refuses(seed))
        for one in found
        for seed in [seeds[one.revision_id]]
    ]
