"""What `q` finds, and how the texts are read for it: all of its rules are here.

A seed is found by the words of its prompt and answer, in the form that Postgres calls web search
(words, "phrases", -not, or), or because its beginning, its answer or its external id holds the text
just as it was typed. With ~ behind it, also by a word written much alike in these.

Words stand ready in `seed_text`, written by workers after a seed came or changed: to do it at once
would make imports two to three times slower. Rows that are not written yet are read as they are
searched, so that nothing is ever missing, only slower to find.
"""

import re
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, literal, literal_column, or_, select
from sqlalchemy.dialects.postgresql import REGCONFIG, TSVECTOR
from sqlalchemy.orm import aliased

from backend.seeds.tables import Seed, SeedRevision, SeedText

# Of the million bytes that a tsvector may have, the most hostile text of this length takes half.
PROMPT_WORDS: Final = 30_000
ANSWER_WORDS: Final = 10_000
PIECE: Final = 200

_SIMPLE: Final = literal_column("'simple'", REGCONFIG)
_NEWLINE: Final[ColumnElement[str]] = literal_column(r"E'\n'")
# What the index of pieces can look up: it goes by three characters in a row.
_INDEXED: Final = re.compile(r"[^\W_]{3}")
_OPERATORS: Final = re.compile(r'"|(^|\s)-\S|\sor\s', re.IGNORECASE)


def words_of(revision: Any) -> ColumnElement[Any]:
    """The words of a wording, in their order."""
    prompt = func.left(revision.prompt, PROMPT_WORDS)
    answer = func.left(func.coalesce(revision.answer, ""), ANSWER_WORDS)
    text = prompt.op("||")(_NEWLINE).op("||")(answer)
    return func.to_tsvector(_SIMPLE, text, type_=TSVECTOR)


def pieces_of(seed: Any, revision: Any) -> ColumnElement[str]:
    """What is looked through for pieces of text: the beginning, the answer and the external id."""
    parts = (
        func.left(revision.prompt, PIECE),
        func.left(func.coalesce(revision.answer, ""), PIECE),
        func.coalesce(seed.external_id, ""),
    )
    return func.concat_ws(_NEWLINE, *parts)


def holds_text(q: str) -> ColumnElement[bool]:
    """The seed is found by this text."""
    return Seed.id.in_(found_seeds(q))


def found_seeds(q: str) -> Select[int]:
    """The numbers of the seeds that are found by this text."""
    seed, revision = aliased(Seed), aliased(SeedRevision)
    # A scalar, evaluated row by row: the planner would rather look through all revisions at once.
    as_it_reads = (
        select(_matches(words_of(revision), pieces_of(seed, revision), q))
        .where(seed.id == SeedText.seed_id, revision.id == seed.revision_id)
        .scalar_subquery()
    )
    unread = and_(SeedText.words.is_(None), as_it_reads)
    found = _matches(SeedText.words.expression, SeedText.pieces.expression, q)
    return select(SeedText.seed_id).where(or_(found, unread))


def _matches(words: ColumnElement[Any], pieces: ColumnElement[Any], q: str) -> ColumnElement[bool]:
    typed = q[:-1] if (alike := q.endswith("~") and len(q) > 1) else q
    found: list[ColumnElement[bool]] = [
        words.bool_op("@@")(func.websearch_to_tsquery(_SIMPLE, typed))
    ]
    if alike:
        found.append(pieces.bool_op("%>>")(literal(typed)))
    if _INDEXED.search(typed) and not _OPERATORS.search(typed):
        found.append(pieces.icontains(typed, autoescape=True))
    return or_(*found)
