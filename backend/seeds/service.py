"""Seeds and their revisions: look up, add a wording, edit."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.config import settings
from backend.errors import Conflict, Invalid, NotFound
from backend.review.history import record
from backend.review.tables import Decision
from backend.seeds.rechecks import enqueue_rechecks
from backend.seeds.rows import RowRejected, check_prompt, check_text
from backend.seeds.state import SCORES, changes_since, holder_of, state_of
from backend.seeds.tables import Seed, SeedRevision, Source


def content_hash(prompt: str) -> bytes:
    """SHA-256 of the prompt as it stands: living seeds differ in it."""
    return hashlib.sha256(prompt.encode()).digest()


def get_seed(session: Session, seed_id: int, *, lock: bool = False) -> Seed:
    """A living seed; `lock` keeps other writers away until the transaction ends.

    Raises:
        NotFound: there is none of this number, or it was withdrawn.
    """
    seed = session.get(Seed, seed_id, with_for_update=lock or None, populate_existing=lock)
    if seed is None or seed.withdrawn_at is not None:
        raise NotFound(f"there is no seed {seed_id}")
    return seed


def add_revision(
    session: Session,
    seed: Seed,
    prompt: str,
    answer: str | None,
    origin: str,
    user: User | None,
    import_id: int | None = None,
) -> SeedRevision:
    """Give a seed a new wording, and forget what was said of the old one.

    The seed is pending again, unscored and unchecked; samples, hits and decisions stay with the
    revision that they are about. `open_hits` stays until the next check counts it anew.

    Args:
        session: the caller's; flushed, not committed.
        seed: a living seed, best locked.
        prompt: the new text, valid (see `backend.seeds.rows`).
        answer: the given answer, if there is one.
        origin: import, edit or rewrite.
        user: who did it.
        import_id: the import that brought it.

    Raises:
        Conflict: another living seed has this prompt.
    """
    if answer != session.get_one(SeedRevision, seed.revision_id).answer:
        seed.answer_origin = "given"
    revision = new_wording(session, seed, prompt, answer, origin, user, import_id)
    make_current(session, seed, revision)
    return revision


def new_wording(
    session: Session,
    seed: Seed,
    prompt: str,
    answer: str | None,
    origin: str,
    user: User | None,
    import_id: int | None = None,
) -> SeedRevision:
    """A wording that is not its seed's yet; the seed is locked, and the text is valid.

    Raises:
        Conflict: another living seed has this prompt.
    """
    digest = content_hash(prompt)
    _refuse_taken(session, seed, digest)
    last = select(func.max(SeedRevision.number)).where(SeedRevision.seed_id == seed.id)
    revision = SeedRevision(
        seed_id=seed.id, number=session.scalars(last).one() + 1, prompt=prompt, answer=answer,
        content_hash=digest, origin=origin, import_id=import_id, created_by=user and user.id,
    )  # fmt: skip
    session.add(revision)
    session.flush()
    return revision


def make_current(
    session: Session, seed: Seed, revision: SeedRevision, checked_index: int | None = None
) -> None:
    """Have a seed read like one of its revisions: pending again, without scores.

    Args:
        session: the caller's; flushed, not committed.
        seed: a living seed, locked.
        revision: one of the seed's own.
        checked_index: what this wording was checked against already.

    Raises:
        Conflict: another living seed has this prompt.
    """
    _refuse_taken(session, seed, revision.content_hash)
    seed.revision_id = revision.id
    seed.content_hash = revision.content_hash
    seed.status = "pending"
    seed.checked_index = checked_index
    for name in SCORES:
        setattr(seed, name, None)
    try:
        session.flush()
    except IntegrityError as error:  # another request gave its seed this prompt meanwhile
        raise Conflict("another seed has this prompt", field="prompt", code="duplicate") from error


def _refuse_taken(session: Session, seed: Seed, digest: bytes) -> None:
    if (holder := holder_of(session, digest, seed.id)) is not None:
        raise Conflict(f"seed {holder} has this prompt", field="prompt", code="duplicate")


def edit_seed(
    session: Session, user: User, seed_id: int, changes: Mapping[str, Any]
) -> Decision | None:
    """Change a seed: a new prompt or answer is a new revision; all of it is one `edit` decision.

    Args:
        session: the caller's; flushed, not committed.
        user: who edits.
        seed_id: a living seed.
        changes: of prompt, answer, domain, licence and tags those that are to change;
            `answer_checked` makes an answer that a model proposed a given one; with `revision_id`
            they hold only for the wording that the caller saw.

    Returns:
        The decision; None where nothing was to change.

    Raises:
        NotFound: there is no such seed.
        Invalid: the prompt or answer is no text that a seed can have.
        Conflict: another seed has the prompt, or the seed has another wording by now.
    """
    seed = get_seed(session, seed_id, lock=True)
    if changes.get("revision_id") not in (None, seed.revision_id):
        message = f"seed {seed_id} has a new wording since: look at it again"
        raise Conflict(message, field="revision_id", code="stale_revision")
    current = session.get_one(SeedRevision, seed.revision_id)
    prompt, answer = _wording(current, changes)
    before = state_of(seed)
    for name in ("domain", "licence", "tags"):
        if name in changes:
            setattr(seed, name, changes[name])
    if changes.get("answer_checked"):
        seed.answer_origin = "given"
    if (prompt, answer) != (current.prompt, current.answer):
        add_revision(session, seed, prompt, answer, "edit", user)
        enqueue_rechecks(session, user, select(Seed.id).where(Seed.id == seed.id))
    session.flush()
    changed, after = changes_since(seed, before)
    if not after:
        return None
    return record(
        session, seed_id=seed.id, revision_id=seed.revision_id, user_id=user.id, kind="edit",
        before=changed, after=after,
    )  # fmt: skip


def _wording(current: SeedRevision, changes: Mapping[str, Any]) -> tuple[str, str | None]:
    return checked_wording(
        changes.get("prompt", current.prompt), changes.get("answer", current.answer)
    )


def checked_wording(prompt: Any, answer: Any) -> tuple[str, str | None]:
    """Prompt and answer as a seed can have them.

    Raises:
        Invalid: one of them is no such text; the field is named.
    """
    longest = settings().max_prompt_characters
    try:
        prompt = check_prompt(prompt, longest)
        answer = check_text(answer, "answer", longest)
    except RowRejected as error:
        raise Invalid(error.message, field=error.field, code=error.code) from error
    return prompt, answer


def list_sources(session: Session) -> Sequence[Source]:
    """All sources, by name."""
    return session.scalars(select(Source).order_by(Source.name)).all()
