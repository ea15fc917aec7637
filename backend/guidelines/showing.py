"""Guidelines as readers see them: lists, versions side by side, and texts for those who check."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.guidelines.schemas import (
    GuidelineDetail,
    GuidelineListQuery,
    GuidelineOut,
    PieceOut,
    VersionDetail,
    VersionOut,
    VersionText,
)
from backend.guidelines.service import get_guideline, get_version
from backend.guidelines.tables import Guideline, GuidelineVersion
from backend.paging import Page, PageQuery, rows_by_number
from backend.science.word_difference import word_difference


def list_guidelines(session: Session, query: GuidelineListQuery) -> Page[GuidelineOut]:
    """Guidelines, the newest first; archived ones apart from the others."""
    wanted = select(Guideline).where(Guideline.archived_at.is_not(None) == query.archived)
    if query.category is not None:
        wanted = wanted.where(Guideline.category == query.category)
    page = PageQuery(after=query.after, limit=query.limit)
    shown, following = rows_by_number(session, wanted, Guideline.id, page, newest_first=True)
    newest = _newest(session, [guideline.id for guideline in shown])
    items = [GuidelineOut(**_fields(each), newest=newest[each.id]) for each in shown]
    return Page(items=items, next=following)


def guideline_detail(session: Session, guideline_id: int) -> GuidelineDetail:
    """A guideline with its newest text and the list of its versions."""
    guideline = get_guideline(session, guideline_id)
    rows = session.execute(
        _versions()
        .where(GuidelineVersion.guideline_id == guideline_id)
        .order_by(GuidelineVersion.number.desc())
    ).all()
    versions = [_shown(row) for row in rows]
    text = get_version(session, guideline_id, versions[0].number).text
    return GuidelineDetail(**_fields(guideline), newest=versions[0], text=text, versions=versions)


def version_detail(
    session: Session, guideline_id: int, number: int, against: int | None = None
) -> VersionDetail:
    """A version, and what is new in it since the one before, or since another."""
    version = get_version(session, guideline_id, number)
    against = against or (number - 1 or None)
    earlier = None if against is None else get_version(session, guideline_id, against)
    pieces = word_difference(earlier.text, version.text) if earlier else []
    row = session.execute(_versions().where(GuidelineVersion.id == version.id)).one()
    return VersionDetail(
        **_shown(row).model_dump(),
        guideline_id=guideline_id,
        guideline=get_guideline(session, guideline_id).name,
        text=version.text,
        against=against,
        difference=[PieceOut(kind=piece.kind, text=piece.text) for piece in pieces],
    )


def list_texts(session: Session, page: PageQuery) -> Page[VersionText]:
    """All texts that were ever shown to a teacher, those of archived guidelines too."""
    shown, following = rows_by_number(
        session, select(GuidelineVersion), GuidelineVersion.id, page, newest_first=False
    )
    named = select(Guideline.id, Guideline.name).where(
        Guideline.id.in_({version.guideline_id for version in shown})
    )
    names = {row.id: row.name for row in session.execute(named)}
    items = [
        VersionText(
            version_id=version.id, guideline=names[version.guideline_id], number=version.number,
            text=version.text,
        )
        for version in shown
    ]  # fmt: skip
    return Page(items=items, next=following)


def _newest(session: Session, guideline_ids: Sequence[int]) -> dict[int, VersionOut]:
    rows = session.execute(
        _versions()
        .where(GuidelineVersion.guideline_id.in_(guideline_ids))
        .ext(distinct_on(GuidelineVersion.guideline_id))
        .order_by(GuidelineVersion.guideline_id, GuidelineVersion.number.desc())
    )
    return {row.guideline_id: _shown(row) for row in rows}


def _versions() -> Select[*tuple[Any, ...]]:
    return select(
        GuidelineVersion.id, GuidelineVersion.guideline_id, GuidelineVersion.number,
        GuidelineVersion.text_hash.label("hash"),
        func.length(GuidelineVersion.text).label("characters"), GuidelineVersion.note,
        User.name.label("author"), GuidelineVersion.created_at,
    ).join(User, User.id == GuidelineVersion.author_id)  # fmt: skip


def _shown(row: Row[*tuple[Any, ...]]) -> VersionOut:
    return VersionOut.model_validate(row._asdict())


def _fields(guideline: Guideline) -> dict[str, Any]:
    names = ("id", "name", "category", "created_at", "archived_at")
    return {name: getattr(guideline, name) for name in names}
