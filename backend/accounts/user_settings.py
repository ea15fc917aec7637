"""Each user's own settings: only what differs from the defaults is stored."""

from pydantic import ValidationError
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.accounts.setting_schemas import UserSettings
from backend.accounts.tables import StoredSettings, User


def read_settings(session: Session, user: User) -> UserSettings:
    """The user's settings over the defaults."""
    stored = session.get(StoredSettings, user.id, populate_existing=True)
    if stored is None:
        return UserSettings()
    try:
        return UserSettings.model_validate(stored.changes)
    except ValidationError:
        # A default of a later version may be on a key that the user has chosen for something else.
        others = {name: value for name, value in stored.changes.items() if name != "keys"}
        return UserSettings.model_validate(others)


def save_settings(session: Session, user: User, settings: UserSettings) -> None:
    """Replace the user's settings."""
    changes = settings.model_dump(exclude_defaults=True)
    statement = insert(StoredSettings).values(user_id=user.id, changes=changes)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[StoredSettings.user_id],
            set_={"changes": changes, "updated_at": func.now()},
        )
    )
