"""What a wording that waits for approval rewrites, and whose proposal it is."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.rewriting.tables import Rewrite
from backend.row_sets import among
from backend.science.rewrite_rules import Wording
from backend.scoring.line_up import LineUpEntry
from backend.seeds.tables import SeedRevision


class WaitingRewrite(NamedTuple):
    """A proposed rewrite.

    Attributes:
        rewrite_id: its number.
        base_revision_id: of the wording that it rewrites.
        original: that wording.
        proposed: the new one.
        proposer: endpoint and model that wrote it; None where a person did.
    """

    rewrite_id: int
    base_revision_id: int
    original: Wording
    proposed: Wording
    proposer: tuple[int, str] | None

    def may_judge(self, judge: LineUpEntry) -> bool:
        """Whether a judge is another than who proposed it."""
        if self.proposer is None:
            return True
        endpoint_id, model = self.proposer
        return judge.endpoint_id != endpoint_id and judge.model != model


def waiting_rewrites(session: Session, revision_ids: Sequence[int]) -> dict[int, WaitingRewrite]:
    """The rewrites that wait among these revisions, by revision."""
    base = select(SeedRevision.id, SeedRevision.prompt, SeedRevision.answer).subquery()
    rows = session.execute(
        select(
            Rewrite.revision_id, Rewrite.id, Rewrite.base_revision_id, base.c.prompt, base.c.answer,
            SeedRevision.prompt, SeedRevision.answer, Endpoint.id, Endpoint.model,
        )
        .join(base, base.c.id == Rewrite.base_revision_id)
        .join(SeedRevision, SeedRevision.id == Rewrite.revision_id)
        .outerjoin(Endpoint, Endpoint.id == Rewrite.endpoint_id)
        .where(among(Rewrite.revision_id, revision_ids), Rewrite.state == "proposed")
        .order_by(Rewrite.id)
    )  # fmt: skip
    return {
        row[0]: WaitingRewrite(
            row[1], row[2], Wording(row[3], row[4]), Wording(row[5], row[6]),
            None if row[7] is None else (row[7], row[8]),
        )
        for row in rows
    }  # fmt: skip
