"""Read the stored replies of a run that asks for proposals, and make of each what it is."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from backend.errors import Invalid
from backend.proposals.tables import ProposalReply
from backend.row_sets import among
from backend.science.proposal_replies import Proposal, Unusable, parse_proposal
from backend.scoring.line_up import CUT_OFF, LineUpEntry, serving_samples
from backend.scoring.tables import Sample
from backend.seeds.service import checked_wording
from backend.seeds.tables import Seed, SeedRevision

STALE = "the seed reads otherwise by now than the wording that the run was to ask about"
WITHDRAWN = "the seed was taken back"

Reply = Row[int, int, str, str | None]


class Outcome(NamedTuple):
    """What became of a reply, in a code and in words, and the rewrite or seed that is meant."""

    code: str
    said: str | None = None
    rewrite_id: int | None = None
    seed_id: int | None = None


class Maker(Protocol):
    """Makes something of a proposal about a seed that is locked and reads like `base`."""

    def __call__(
        self, session: Session, seed: Seed, base: SeedRevision, proposal: Proposal, sample_id: int
    ) -> Outcome:
        """What became of it; conflicts are outcomes, and raise nothing."""


def read_replies(
    session: Session, run_id: int, entry: LineUpEntry, revision_ids: Sequence[int], make: Maker
) -> dict[int, str]:
    """Make what they propose of the replies that the run has not read, once and for all.

    Seeds are locked in the order of their numbers, as everywhere.

    Args:
        session: the one that has stored the replies; flushed, not committed.
        run_id: the run.
        entry: who was asked; replies that other runs have paid for count where they fit it.
        revision_ids: the wordings that were asked about.
        make: what the run is for.

    Returns:
        The wordings that are no seed's any more, with the words for it: nothing is made of them,
        and their replies stay unread.
    """
    lost: dict[int, str] = {}
    replies = _unread(session, run_id, entry, revision_ids)
    for seed, base in _locked(session, revision_ids):
        if (reason := why_lost(seed, base.id)) is not None:
            lost[base.id] = reason
            continue
        for reply in replies[base.id]:
            outcome = _outcome(session, seed, base, reply, make)
            session.add(
                ProposalReply(
                    run_id=run_id, sample_id=reply.id, revision_id=base.id,
                    outcome=outcome.code, said=outcome.said, rewrite_id=outcome.rewrite_id,
                    seed_id=outcome.seed_id,
                )
            )  # fmt: skip
    session.flush()
    return lost


def why_lost(seed: Seed, revision_id: int) -> str | None:
    """Why nothing can be made of what was said about a wording; None where it is the seed's."""
    if seed.withdrawn_at is not None:
        return WITHDRAWN
    return None if seed.revision_id == revision_id else STALE


def _unread(
    session: Session, run_id: int, entry: LineUpEntry, revision_ids: Sequence[int]
) -> dict[int, list[Reply]]:
    """By wording, the replies that stand for the entry and that the run has no word on."""
    serving = serving_samples([entry]).where(
        among(Sample.revision_id, revision_ids), Sample.sample_index < entry.samples
    )
    read = select(ProposalReply).where(
        ProposalReply.run_id == run_id, ProposalReply.sample_id == Sample.id
    )
    found: dict[int, list[Reply]] = defaultdict(list)
    for row in session.execute(
        select(Sample.id, Sample.revision_id, Sample.response, Sample.finish_reason)
        .where(Sample.id.in_(serving), ~read.exists())
        .order_by(Sample.revision_id, Sample.sample_index)
    ):
        found[row.revision_id].append(row)
    return found


def _locked(session: Session, revision_ids: Sequence[int]) -> list[tuple[Seed, SeedRevision]]:
    """The seeds of these wordings, held for the transaction, in the order of their numbers."""
    rows = session.execute(
        select(Seed, SeedRevision)
        .join(SeedRevision, SeedRevision.seed_id == Seed.id)
        .where(among(SeedRevision.id, revision_ids))
        .order_by(Seed.id)
        .with_for_update(of=Seed)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1]) for row in rows]


def _outcome(
    session: Session, seed: Seed, base: SeedRevision, reply: Reply, make: Maker
) -> Outcome:
    found = parse_proposal(reply.response, cut_off=reply.finish_reason == CUT_OFF)
    if isinstance(found, Unusable):
        return Outcome(found.code, found.reason)
    try:
        checked_wording(found.prompt, found.answer)
    except Invalid as error:  # longer than this deployment allows
        return Outcome("too_long", str(error))
    if found.prompt.split() == base.prompt.split():
        return Outcome("unchanged", "the prompt is the one that was asked about")
    return make(session, seed, base, found, reply.id)
