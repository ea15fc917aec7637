"""Guidelines and their versions: added, read, archived, never changed and never deleted."""

import hashlib
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import existing
from backend.errors import Conflict, Invalid, NotFound
from backend.guidelines.schemas import GuidelineCreate, GuidelineUpdate, VersionCreate
from backend.guidelines.tables import Guideline, GuidelineVersion


def create_guideline(session: Session, user: User, body: GuidelineCreate) -> Guideline:
    """Keep a guideline with its first version.

    Raises:
        Conflict: there is one of this name.
    """
    guideline = Guideline(name=body.name, category=body.category, created_by=user.id)
    session.add(guideline)
    try:
        session.flush()
    except IntegrityError as error:
        message = f"there is a guideline {body.name} already"
        raise Conflict(message, field="name", code="name_taken") from error
    _add(session, guideline, 1, body.text, body.note, user)
    return guideline


def add_version(
    session: Session, user: User, guideline_id: int, body: VersionCreate
) -> GuidelineVersion:
    """Keep a new text, which is the newest from now on; runs keep the version that they have.

    Raises:
        NotFound: there is no such guideline.
        Conflict: it is archived, or has a newer version than the caller read.
        Invalid: the text is that of the newest version.
    """
    guideline = get_guideline(session, guideline_id, lock=True)
    if guideline.archived_at is not None:
        raise Conflict(f"the guideline {guideline.name} is archived: bring it back first")
    last = newest_version(session, guideline.id)
    if last.number != body.seen:
        message = f"{guideline.name} has version {last.number} by now: read it first"
        raise Conflict(message, field="seen", code="stale_version")
    if last.text == body.text:
        raise Invalid(f"this is the text of version {last.number}", field="text")
    return _add(session, guideline, last.number + 1, body.text, body.note, user)


def set_archived(session: Session, guideline_id: int, body: GuidelineUpdate) -> None:
    """Take a guideline out of use, or bring it back; what was made under it stays."""
    guideline = get_guideline(session, guideline_id, lock=True)
    if body.archived != (guideline.archived_at is not None):
        guideline.archived_at = datetime.now(UTC) if body.archived else None
    session.flush()


def get_guideline(session: Session, guideline_id: int, *, lock: bool = False) -> Guideline:
    """A guideline, archived or not, or NotFound."""
    guideline = existing(session, Guideline, guideline_id, "guideline")
    if lock:
        session.refresh(guideline, with_for_update=True)
    return guideline


def newest_version(session: Session, guideline_id: int) -> GuidelineVersion:
    """The newest version of a guideline that there is."""
    wanted = select(GuidelineVersion).where(GuidelineVersion.guideline_id == guideline_id)
    return session.scalars(wanted.order_by(GuidelineVersion.number.desc()).limit(1)).one()


def get_version(session: Session, guideline_id: int, number: int) -> GuidelineVersion:
    """A version of a guideline, or NotFound."""
    guideline = get_guideline(session, guideline_id)
    version = session.scalar(
        select(GuidelineVersion).where(
            GuidelineVersion.guideline_id == guideline_id, GuidelineVersion.number == number
        )
    )
    if version is None:
        raise NotFound(f"the guideline {guideline.name} has no version {number}")
    return version


def _add(
    session: Session, guideline: Guideline, number: int, text: str, note: str | None, author: User
) -> GuidelineVersion:
    version = GuidelineVersion(
        guideline_id=guideline.id, number=number, text=text,
        text_hash=hashlib.sha256(text.encode()).hexdigest(), note=note, author_id=author.id,
    )  # fmt: skip
    session.add(version)
    session.flush()
    return version
