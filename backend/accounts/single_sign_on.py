"""Sign-in by an OpenID Connect provider: which user a person at the provider is."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.accounts import service
from backend.accounts.identity_tokens import Identity, identity_of, issuer_at
from backend.accounts.service import IssuedKey
from backend.accounts.tables import User
from backend.config import Settings
from backend.errors import Forbidden, Unauthenticated


def sign_in_with_id_token(session: Session, token: str, settings: Settings) -> IssuedKey:
    """A browser session for who the provider says it is."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        raise Unauthenticated("no provider is set up here: set SEEDBED_OIDC_ISSUER")
    identity = identity_of(
        token,
        issuer_at(settings.oidc_issuer),
        settings.oidc_client_id,
        trust_emails=settings.oidc_trust_emails,
    )
    user = _known(session, identity) or _linked(session, identity, settings)
    if user.disabled_at:
        raise Forbidden(f"the user {user.name} is disabled; an admin can enable them again")
    return service.start_session(session, user)


def _known(session: Session, identity: Identity) -> User | None:
    return session.scalar(
        select(User).where(
            User.oidc_issuer == identity.issuer, User.oidc_subject == identity.subject
        )
    )


def _linked(session: Session, identity: Identity, settings: Settings) -> User:
    """The user whose name is the email, from now on known by their number at the provider."""
    if identity.email is None:
        raise Forbidden(
            "the provider does not vouch for your email, so nobody here can be found by it; "
            "verify it there, or ask an admin about SEEDBED_OIDC_TRUST_EMAILS"
        )
    user = _named(session, identity.email) or _new(session, identity.email, settings)
    if user.oidc_subject is not None:
        raise Forbidden(
            f"{user.name} belongs to another account at the provider; an admin can part them "
            f"with `seedbed users unlink {user.name}`"
        )
    if not user.disabled_at:
        user.oidc_issuer, user.oidc_subject = identity.issuer, identity.subject
        session.flush()
    return user


def _named(session: Session, email: str) -> User | None:
    """By name, whatever its case; the very same spelling first."""
    return session.scalar(
        select(User)
        .where(func.lower(User.name) == email.lower())
        .order_by((User.name == email).desc(), User.id)
        .limit(1)
    )


def _new(session: Session, email: str, settings: Settings) -> User:
    domain = email.rpartition("@")[2].lower()
    if not {domain, "*"} & set(settings.oidc_email_domains):
        raise Forbidden(
            f"there is no user {email}; an admin can add you with `seedbed users create {email} "
            f"--role curator`, or let in all of {domain} with SEEDBED_OIDC_EMAIL_DOMAINS"
        )
    return service.create_user(session, email.lower(), settings.oidc_new_user_role)
