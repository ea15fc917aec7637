"""What a shard of a run that sorts by domain has to do, and the seeds that it has still to ask."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from backend.domains.choices import choices_of
from backend.domains.settings import DomainSettings
from backend.errors import Conflict
from backend.jobs.service import ClaimedJob
from backend.runs.pending import PendingSeed
from backend.runs.plan import ShardPlan, shard_plan
from backend.runs.proposal_plan import AskedQuestion, PendingProposals, seeds_to_ask
from backend.runs.service import get_run
from backend.science.domain_questions import (
    DomainChoice,
    question_hash,
    question_messages,
    reply_schema,
)
from backend.scoring.line_up import LineUpEntry


class DomainPlan(NamedTuple):
    """A run's part for one job: its line-up is one model."""

    shard: ShardPlan
    choices: Sequence[DomainChoice]
    apply: bool

    @property
    def proposer(self) -> LineUpEntry:
        """Who is asked, once about each seed."""
        return self.shard.line_up[0]

    def question(self, seed: PendingSeed) -> AskedQuestion:
        """What is asked about a seed."""
        messages = question_messages(self.choices, seed.prompt)
        return AskedQuestion(messages, reply_schema(self.choices))


def domain_plan(session: Session, job: ClaimedJob) -> DomainPlan:
    """What the job has to do.

    Raises:
        Conflict: the question reads otherwise than when the run was made.
    """
    assert job.run_id is not None
    settings = DomainSettings.model_validate(get_run(session, job.run_id).settings)
    choices = choices_of(settings.domains)
    plan = DomainPlan(shard_plan(session, job), choices, settings.apply)
    if question_hash(choices) != plan.proposer.template_hash:
        raise Conflict("the question has new words since: start a new run")
    return plan


def pending_domains(
    session: Session, plan: DomainPlan, after: PendingProposals | None, limit: int
) -> list[PendingProposals]:
    """The shard's next pending seeds, in order."""
    return seeds_to_ask(session, plan.shard, after, limit, lambda seed: None)
