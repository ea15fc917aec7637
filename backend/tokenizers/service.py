"""Register tokenizers, list them, have them count."""

import hashlib
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import existing
from backend.errors import Conflict, Invalid, NotFound
from backend.jobs.service import enqueue
from backend.jobs.tables import Job
from backend.tokenizers.counting import COUNT, counted, waiting
from backend.tokenizers.library import vocabulary_of
from backend.tokenizers.schemas import TokenizerCreate, TokenizerOut
from backend.tokenizers.tables import Tokenizer

MOST_BYTES: Final = 64 * 2**20
"""The largest ones that are published have some 35 MB."""


def register(session: Session, user: User, body: TokenizerCreate, file: bytes) -> TokenizerOut:
    """Keep a `tokenizer.json` under a name; the same file under the same name is kept once.

    Raises:
        Invalid: it is no tokenizer.
        Conflict: the name or the file is there already, under another file or name.
    """
    sha256 = hashlib.sha256(file).hexdigest()
    wanted = select(Tokenizer).where((Tokenizer.name == body.name) | (Tokenizer.sha256 == sha256))
    for known in session.scalars(wanted):
        if (known.name, known.sha256, known.template_tokens) != (
            body.name, sha256, body.template_tokens,
        ):  # fmt: skip
            raise _taken(known.name)
        return read(session, known.id)
    tokenizer = Tokenizer(
        name=body.name, sha256=sha256, file=file, size=len(file), vocabulary=vocabulary_of(file),
        template_tokens=body.template_tokens, created_by=user.id,
    )  # fmt: skip
    session.add(tokenizer)
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        raise _taken(body.name) from error
    return read(session, tokenizer.id)


def list_tokenizers(session: Session, *, counts: bool) -> list[TokenizerOut]:
    """All of them, by name; `counts` go over all traces."""
    numbers = session.scalars(select(Tokenizer.id).order_by(Tokenizer.name)).all()
    return [read(session, number, counts=counts) for number in numbers]


def read(session: Session, tokenizer_id: int, *, counts: bool = True) -> TokenizerOut:
    """One of them, or NotFound."""
    wanted = select(Tokenizer, User.name).join(User, User.id == Tokenizer.created_by)
    row = session.execute(
        wanted.where(Tokenizer.id == tokenizer_id).execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound(f"there is no tokenizer {tokenizer_id}")
    names = ("id", "name", "sha256", "size", "vocabulary", "template_tokens", "created_at")
    return TokenizerOut(
        **{name: getattr(row[0], name) for name in names}, created_by=row[1],
        counted=counted(session, tokenizer_id) if counts else None,
        waiting=waiting(session, tokenizer_id) if counts else None,
    )  # fmt: skip


def named(session: Session, name: str) -> Tokenizer:
    """The tokenizer of a recipe.

    Raises:
        Invalid: there is none of this name; the field is `tokenizer`.
    """
    found = session.scalar(select(Tokenizer).where(Tokenizer.name == name))
    if found is None:
        raise Invalid(f"there is no tokenizer named {name}", field="tokenizer")
    return found


def ask_to_count(session: Session, user: User, tokenizer_id: int) -> Job:
    """Have it count what it has not counted yet; a job does it.

    Raises:
        NotFound: there is no such tokenizer.
    """
    existing(session, Tokenizer, tokenizer_id, "tokenizer")
    return enqueue(session, COUNT, {"tokenizer_id": tokenizer_id}, created_by=user.id)


def _taken(name: str) -> Conflict:
    message = f"there is a tokenizer named {name} already, with another file, name or template"
    return Conflict(message, field="name", code="name_taken")
