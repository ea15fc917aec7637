"""Where the answer of a wording comes from: an answer that a model proposed is no given one."""

from sqlalchemy import ColumnElement, and_

from backend.seeds.tables import Seed, SeedRevision


def is_proposed() -> ColumnElement[bool]:
    """Of a revision joined with its seed: a model proposed the answer, and nobody has checked it.

    The word is the seed's, of its present wording.
    """
    return and_(
        Seed.revision_id == SeedRevision.id,
        Seed.answer_origin == "proposed",
        SeedRevision.answer.is_not(None),
    )
