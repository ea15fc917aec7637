"""Users, passwords and keys. Secrets are shown once and kept as hashes."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from backend.accounts.tables import AccessKey, User
from backend.database import existing
from backend.errors import Conflict, Forbidden, NotFound, Unauthenticated

LINK_LIFE = timedelta(minutes=30)
SESSION_LIFE = timedelta(days=14)
# `last_used_at` is for people: a write per request would buy nothing.
LAST_USED_STEP = timedelta(minutes=1)

_hasher = PasswordHasher()


class IssuedKey(NamedTuple):
    """A key and its secret, which is never to be seen again."""

    key: AccessKey
    secret: str


def _digest(secret: str) -> bytes:
    # Secrets are 256 random bits, so a fast hash is as safe as a slow one.
    return hashlib.sha256(secret.encode()).digest()


def create_user(session: Session, name: str, role: str, password: str | None = None) -> User:
    """Add a user; without a password only keys and links speak for them."""
    user = User(name=name, role=role, password_hash=password and _hasher.hash(password))
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(f"there is a user {name} already", field="name") from error
    return user


def update_user(
    session: Session,
    acting: User,
    user_id: int,
    *,
    role: str | None,
    password: str | None,
    disabled: bool | None,
    unlink: bool | None = None,
) -> User:
    """Change role, password or access; nobody can lock themselves out.

    Another password, and no access, end the user's sessions and links: who has one of them may be
    whom the change is to keep out. API keys are ended one by one.

    unlink: part them from their account at the provider; their next sign-in there is the first.
    """
    user = existing(session, User, user_id, "user")
    if user.id == acting.id and (disabled or (role and role != user.role)):
        raise Conflict("another admin has to change your own role or access")
    if role is not None:
        user.role = role
    if password is not None:
        user.password_hash = _hasher.hash(password)
    if disabled is not None:
        user.disabled_at = datetime.now(UTC) if disabled else None
    if unlink:
        user.oidc_issuer = user.oidc_subject = None
    if password is not None or disabled:
        _end_sessions(session, user)
    session.flush()
    return user


def _end_sessions(session: Session, user: User) -> None:
    session.execute(
        update(AccessKey)
        .where(
            AccessKey.user_id == user.id,
            AccessKey.kind.in_(("session", "link")),
            AccessKey.revoked_at.is_(None),
        )
        .values(revoked_at=func.now())
    )


def list_users(session: Session) -> Sequence[User]:
    """All users, by name."""
    return session.scalars(select(User).order_by(User.name)).all()


def first_admin(session: Session) -> User:
    """The oldest admin, who is made where there is none yet."""
    admin = session.scalar(
        select(User)
        .where(User.role == "admin", User.disabled_at.is_(None))
        .order_by(User.id)
        .limit(1)
    )
    return admin or create_user(session, "admin", "admin")


def ensure_admin_key(session: Session, secret: str) -> None:
    """Make the given secret an API key of the first admin, once."""
    known = session.scalar(select(AccessKey.id).where(AccessKey.secret_hash == _digest(secret)))
    if known is None:
        _add_key(session, first_admin(session), "api", "SEEDBED_ADMIN_KEY", secret, None)


def issue_key(
    session: Session, user: User, kind: str, name: str, life: timedelta | None = None
) -> IssuedKey:
    """A new random secret that speaks for the user."""
    secret = f"sb_{secrets.token_urlsafe(32)}"
    expires = None if life is None else datetime.now(UTC) + life
    return IssuedKey(_add_key(session, user, kind, name, secret, expires), secret)


def _add_key(
    session: Session, user: User, kind: str, name: str, secret: str, expires: datetime | None
) -> AccessKey:
    key = AccessKey(
        user_id=user.id, kind=kind, name=name, secret_hash=_digest(secret), prefix=secret[:7],
        expires_at=expires,
    )  # fmt: skip
    session.add(key)
    session.flush()
    return key


def user_of_secret(session: Session, secret: str, kinds: tuple[str, ...]) -> User:
    """The user for whom a living secret speaks.

    Raises:
        Unauthenticated: unknown, expired, revoked, of another kind, or the user is disabled.
    """
    return _living_key(session, secret, kinds).user


def _living_key(session: Session, secret: str, kinds: tuple[str, ...]) -> AccessKey:
    key = session.scalar(
        select(AccessKey)
        .options(joinedload(AccessKey.user))
        .where(AccessKey.secret_hash == _digest(secret), AccessKey.kind.in_(kinds))
    )
    now = datetime.now(UTC)
    if key is None or key.revoked_at or (key.expires_at and key.expires_at < now):
        raise Unauthenticated("the key is unknown, expired or revoked")
    if key.user.disabled_at:
        raise Unauthenticated(f"the user {key.user.name} is disabled")
    if key.last_used_at is None or key.last_used_at < now - LAST_USED_STEP:
        key.last_used_at = now
    return key


def sign_in_with_password(session: Session, name: str, password: str) -> IssuedKey:
    """A browser session for a name and password."""
    user = session.scalar(select(User).where(User.name == name, User.disabled_at.is_(None)))
    try:
        # An unknown name costs the same time as a wrong password.
        _hasher.verify(user.password_hash if user and user.password_hash else _DUMMY, password)
    except VerificationError as error:
        raise Unauthenticated("name or password is wrong") from error
    if user is None or user.password_hash is None:
        raise Unauthenticated("name or password is wrong")
    return start_session(session, user)


def sign_in_with_link(session: Session, link: str) -> IssuedKey:
    """A browser session for a one-time link, which is used up by it."""
    used = session.execute(
        update(AccessKey)
        .where(
            AccessKey.secret_hash == _digest(link),
            AccessKey.kind == "link",
            AccessKey.revoked_at.is_(None),
            AccessKey.expires_at > func.now(),
        )
        .values(revoked_at=func.now())
        .returning(AccessKey.user_id)
    ).first()
    if used is None:
        raise Unauthenticated("the link was used already or has expired; ask for a new one")
    user = session.get_one(User, used.user_id)
    if user.disabled_at:
        raise Unauthenticated(f"the user {user.name} is disabled")
    return start_session(session, user)


def start_session(session: Session, user: User) -> IssuedKey:
    """A browser session, for who has shown who they are."""
    issued = issue_key(session, user, "session", "browser", SESSION_LIFE)
    issued.key.user = user
    return issued


def sign_out(session: Session, secret: str) -> None:
    """End a browser session."""
    _living_key(session, secret, ("session",)).revoked_at = datetime.now(UTC)


def list_keys(session: Session, user: User) -> Sequence[AccessKey]:
    """API keys not revoked: one's own; an admin sees all."""
    wanted = select(AccessKey).options(joinedload(AccessKey.user)).order_by(AccessKey.id)
    wanted = wanted.where(AccessKey.kind == "api", AccessKey.revoked_at.is_(None))
    if user.role != "admin":
        wanted = wanted.where(AccessKey.user_id == user.id)
    return session.scalars(wanted).all()


def revoke_key(session: Session, user: User, key_id: int) -> None:
    """End a key; only its owner or an admin may."""
    key = session.get(AccessKey, key_id)
    if key is None or key.kind != "api":
        raise NotFound(f"there is no key {key_id}")
    if key.user_id != user.id and user.role != "admin":
        raise Forbidden("the key belongs to another user")
    key.revoked_at = datetime.now(UTC)


_DUMMY = _hasher.hash("no user has this password")
