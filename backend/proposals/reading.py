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


class Asked(NamedTuple):
    """A proposal, and the seed and wording that it is about."""

    seed: Seed
    base: SeedRevision
    proposal: Proposal
    sample_id: int


class Maker(Protocol):
    """What a run makes of proposals.

    Attributes:
        locks: whether it changes the seeds that were asked about, which are held then.
    """

    locks: bool

    def refuses(self, seed: Seed) -> str | None:
        """Why nothing is to be asked about a seed, or made of what was said about it."""

    def make(self, session: Session, asked: Sequence[Asked]) -> Sequence[Outcome]:
        """What becomes of each, in their order; conflicts are outcomes, and raise nothing."""


def read_replies(
    session: Session, run_id: int, entry: LineUpEntry, revision_ids: Sequence[int], maker: Maker
) -> dict[int, str]:
    """Make what they propose of the replies that the run has not read, once and for all.

    Args:
        session: the one that has stored the replies; flushed, not committed.
        run_id: the run.
        entry: who was asked; replies that other runs have paid for count where they fit it.
        revision_ids: the wordings that were asked about.
        maker: what the run is for.

    Returns:
        The wordings of which nothing can be made any more, with the words for it: their replies
        stay unread.
    """
    lost: dict[int, str] = {}
    asked: list[Asked] = []
    replies = _unread(session, run_id, entry, revision_ids)
    for seed, base in _asked_about(session, revision_ids, lock=maker.locks):
        if (reason := why_lost(seed, base.id) or maker.refuses(seed)) is not None:
            lost[base.id] = reason
            continue
        for reply in replies[base.id]:
            found = _read(base, reply)
            if isinstance(found, Proposal):
                asked.append(Asked(seed, base, found, reply.id))
            else:
                session.add(_row(run_id, base.id, reply.id, found))
    for one, outcome in zip(asked, maker.make(session, asked), strict=True):
        session.add(_row(run_id, one.base.id, one.sample_id, outcome))
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


def _asked_about(
    session: Session, revision_ids: Sequence[int], *, lock: bool
) -> list[tuple[Seed, SeedRevision]]:
    """The seeds of these wordings in the order of their numbers, in which all lock them."""
    wanted = (
        select(Seed, SeedRevision)
        .join(SeedRevision, SeedRevision.seed_id == Seed.id)
        .where(among(SeedRevision.id, revision_ids))
        .order_by(Seed.id)
        .execution_options(populate_existing=True)
    )
    rows = session.execute(wanted.with_for_update(of=Seed) if lock else wanted)
    return [(row[0], row[1]) for row in rows]


def _read(base: SeedRevision, reply: Reply) -> Proposal | Outcome:
    found = parse_proposal(reply.response, cut_off=reply.finish_reason == CUT_OFF)
    if isinstance(found, Unusable):
        return Outcome(found.code, found.reason)
    try:
        checked_wording(found.prompt, found.answer)
    except Invalid as error:  # longer than this deployment allows
        return Outcome("too_long", str(error))
    if found.prompt.split() == base.prompt.split():
        return Outcome("unchanged", "the prompt is the one that was asked about")
    return found


def _row(run_id: int, revision_id: int, sample_id: int, outcome: Outcome) -> ProposalReply:
    return ProposalReply(
        run_id=run_id, sample_id=sample_id, revision_id=revision_id, outcome=outcome.code,
        said=outcome.said, rewrite_id=outcome.rewrite_id, seed_id=outcome.seed_id,
    )  # fmt: skip
