"""New seeds that models make from accepted ones: they come in as any import's do, with a parent."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.database import Json
from backend.proposals.reading import Asked, Outcome
from backend.proposals.tables import SeedParent
from backend.row_sets import among
from backend.science.augmentation_templates import Kind
from backend.scoring.line_up import LineUpEntry
from backend.seeds import merge
from backend.seeds.importing import add_rows
from backend.seeds.tables import Seed, Source

SOURCE: Final = "augmentation"
PROGRAM: Final = "it is answered by a program, whose tests no other problem has"
NOT_ACCEPTED: Final = "it is not accepted: only accepted seeds are made more of"


class SeedMaker:
    """Makes seeds of one kind, in the import of their run.

    They have the domain and the licence of their parent, and no given answer: what the model says
    is a proposal, kept beside the parent.
    """

    locks = False

    def __init__(self, kind: Kind, entry: LineUpEntry, import_id: int) -> None:
        self._kind, self._entry, self._import_id = kind, entry, import_id

    def refuses(self, seed: Seed) -> str | None:
        """Only accepted seeds are made more of, and none that has tests."""
        if seed.status != "accepted":
            return NOT_ACCEPTED
        return PROGRAM if "tests" in seed.extra else None

    def make(self, session: Session, asked: Sequence[Asked]) -> list[Outcome]:
        """A seed of each whose prompt no living seed has."""
        if not asked:
            return []
        _mark_source(session)
        found = add_rows(session, self._import_id, [_row(one) for one in asked])
        for one, row in zip(asked, found, strict=True):
            if row.status == "created":
                self._remember(session, one, row)
        children = _children(session, found)
        return [
            _outcome(row, among_siblings=children.get(row.id or 0) == one.seed.id)
            for one, row in zip(asked, found, strict=True)
        ]

    def _remember(self, session: Session, asked: Asked, row: merge.Outcome) -> None:
        # Where the seed was taken back, and comes again, its parent is known.
        values = {
            "seed_id": row.id, "parent_id": asked.seed.id, "parent_revision_id": asked.base.id,
            "kind": self._kind, "endpoint_id": self._entry.endpoint_id,
            "template_hash": self._entry.template_hash, "sample_id": asked.sample_id,
            "answer": asked.proposal.answer, "why": asked.proposal.why,
        }  # fmt: skip
        session.execute(insert(SeedParent).values(values).on_conflict_do_nothing())


def _row(asked: Asked) -> Json:
    return {
        "prompt": asked.proposal.prompt,
        "source": SOURCE,
        "external_id": f"sample {asked.sample_id}",
        "domain": asked.seed.domain,
        "licence": asked.seed.licence,
    }


def _outcome(row: merge.Outcome, *, among_siblings: bool) -> Outcome:
    if row.status == "created":
        return Outcome("made", None, seed_id=row.id)
    said = f"seed {row.id} has this prompt" if row.id else row.message
    return Outcome(
        "duplicate" if among_siblings or row.id is None else "taken", said, seed_id=row.id
    )


def _children(session: Session, found: Sequence[merge.Outcome]) -> dict[int, int]:
    """The parents of those of the seeds that have one."""
    numbers = [row.id for row in found if row.id is not None]
    rows = session.execute(
        select(SeedParent.seed_id, SeedParent.parent_id).where(among(SeedParent.seed_id, numbers))
    )
    return {row[0]: row[1] for row in rows}


def _mark_source(session: Session) -> None:
    session.execute(
        insert(Source)
        .values(name=SOURCE, synthetic=True)
        .on_conflict_do_update(index_elements=[Source.name], set_={"synthetic": True})
    )
