"""Rewrites that models propose: each comes in as a curator's does, or it is said why not."""

from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.proposals.reading import Maker, Outcome
from backend.rewriting.service import Author, keep
from backend.rewriting.tables import Rewrite
from backend.science.proposal_replies import Proposal
from backend.science.rewrite_rules import Wording
from backend.science.rewrite_templates import Kind
from backend.scoring.line_up import LineUpEntry
from backend.seeds.service import content_hash
from backend.seeds.state import holder_of
from backend.seeds.tables import Seed, SeedRevision

# A reply is one rewrite at most, whichever run reads it.
_TOKENS: Final = UUID("6f0d5f0e-3f0b-4b7e-9d43-0f6f3f0c7a11")


def rewrite_maker(kind: Kind, entry: LineUpEntry) -> Maker:
    """Makes rewrites of this kind, as the endpoint's that was asked."""

    def make(
        session: Session, seed: Seed, base: SeedRevision, proposal: Proposal, sample_id: int
    ) -> Outcome:
        digest = content_hash(proposal.prompt)
        same = session.scalar(
            select(Rewrite.id)
            .join(SeedRevision, SeedRevision.id == Rewrite.revision_id)
            .where(
                Rewrite.base_revision_id == base.id,
                SeedRevision.content_hash == digest,
                SeedRevision.answer == proposal.answer,
            )
            .limit(1)
        )
        if same is not None:
            return Outcome("duplicate", f"rewrite {same} proposes the same", same)
        if (holder := holder_of(session, digest, seed.id)) is not None:
            return Outcome("taken", f"seed {holder} has this prompt", seed_id=holder)
        author = Author(
            uuid5(_TOKENS, str(sample_id)), None, entry.endpoint_id, entry.template_hash, sample_id
        )
        wording = Wording(proposal.prompt, proposal.answer)
        return Outcome("made", None, keep(session, seed, kind, wording, proposal.why, author).id)

    return make
