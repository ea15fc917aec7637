"""Rows for tests: one function a table, sensible values, every field may be given."""

from itertools import count
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.endpoints.tables import Endpoint
from backend.scoring.tables import PolicyVersion
from backend.seeds.tables import Seed, SeedRevision, Source

_numbers = count(1)


def create_user(session: Session, role: str = "curator", name: str | None = None) -> User:
    user = User(name=name or f"user-{next(_numbers)}", role=role)
    session.add(user)
    session.flush()
    return user


def create_source(session: Session, name: str = "test") -> Source:
    source = session.scalar(select(Source).where(Source.name == name))
    if source is None:
        source = Source(name=name)
        session.add(source)
        session.flush()
    return source


def create_seed(
    session: Session,
    prompt: str | None = None,
    answer: str | None = None,
    source: str = "test",
    **fields: Any,
) -> Seed:
    """A seed with its first revision."""
    number = next(_numbers)
    prompt = prompt or f"What is {number} + 1?"
    content_hash = prompt.encode()[:32].ljust(32, b"\0")
    revision_id = session.scalar(text("select nextval('seed_revision_id_seq')"))
    seed = Seed(
        source_id=create_source(session, source).id,
        external_id=fields.pop("external_id", f"row-{number}"),
        revision_id=revision_id,
        content_hash=content_hash,
        **fields,
    )
    session.add(seed)
    session.flush()
    session.execute(
        insert(SeedRevision).values(
            id=revision_id, seed_id=seed.id, number=1, prompt=prompt, answer=answer,
            content_hash=content_hash, origin="import",
        )
    )  # fmt: skip
    return seed


def create_endpoint(session: Session, role: str = "weak", **fields: Any) -> Endpoint:
    values: dict[str, Any] = {
        "name": f"{role}-{next(_numbers)}",
        "base_url": "http://127.0.0.1:9/v1",
        "model": "test-model",
        "sampling": {"temperature": 0.8, "max_tokens": 64},
    }
    endpoint = Endpoint(role=role, **(values | fields))
    session.add(endpoint)
    session.flush()
    return endpoint


def create_policy(session: Session, **settings: Any) -> PolicyVersion:
    policy = PolicyVersion(name=f"policy-{next(_numbers)}", version=1, settings=settings)
    session.add(policy)
    session.flush()
    return policy
