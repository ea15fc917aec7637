"""Rewrites that models propose: each comes in as a curator's does, or it is said why not."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.errors import Conflict
from backend.proposals.reading import Asked, Outcome
from backend.rewriting.service import Author, keep
from backend.rewriting.tables import Rewrite
from backend.science.rewrite_rules import Wording
from backend.science.rewrite_templates import Kind
from backend.scoring.line_up import LineUpEntry
from backend.seeds.service import content_hash
from backend.seeds.state import holder_of
from backend.seeds.tables import Seed, SeedRevision

PROGRAM: Final = "it is answered by a program, which a rewrite by a model would not fit"
# A reply is one rewrite at most, whichever run reads it.
_TOKENS: Final = UUID("6f0d5f0e-3f0b-4b7e-9d43-0f6f3f0c7a11")


class RewriteMaker:
    """Makes rewrites of one kind, as the endpoint's that was asked."""

    locks = True

    def __init__(self, kind: Kind, entry: LineUpEntry) -> None:
        self._kind, self._entry = kind, entry

    def refuses(self, seed: Seed) -> str | None:
        """A program has tests, which stay as they are."""
        return PROGRAM if "tests" in seed.extra else None

    def make(self, session: Session, asked: Sequence[Asked]) -> list[Outcome]:
        """A rewrite of each that is new, and whose prompt no other seed has."""
        return [self._make(session, one) for one in asked]

    def _make(self, session: Session, asked: Asked) -> Outcome:
        proposal, digest = asked.proposal, content_hash(asked.proposal.prompt)
        same = session.scalar(
            select(Rewrite.id)
            .join(SeedRevision, SeedRevision.id == Rewrite.revision_id)
            .where(
                Rewrite.base_revision_id == asked.base.id,
                SeedRevision.content_hash == digest,
                SeedRevision.answer == proposal.answer,
            )
            .limit(1)
        )
        if same is not None:
            return Outcome("duplicate", f"rewrite {same} proposes the same", same)
        author = Author(
            uuid5(_TOKENS, str(asked.sample_id)), None, self._entry.endpoint_id,
            self._entry.template_hash, asked.sample_id,
        )  # fmt: skip
        wording = Wording(proposal.prompt, proposal.answer)
        try:
            made = keep(session, asked.seed, self._kind, wording, proposal.why, author)
        except Conflict as taken:  # nothing was written before it was found
            holder = holder_of(session, digest, asked.seed.id)
            return Outcome("taken", taken.message, seed_id=holder)
        return Outcome("made", None, made.id)
