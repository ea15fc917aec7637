"""Rewrites: propose one, find them, say something about one."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import existing
from backend.decontamination.waiting import await_check
from backend.errors import Conflict
from backend.rewriting.checks import store_rules
from backend.rewriting.schemas import CommentCreate, RewriteCreate
from backend.rewriting.tables import Rewrite, RewriteComment
from backend.science.rewrite_rules import Wording
from backend.science.rewrite_templates import Kind
from backend.seeds.service import checked_wording, get_seed, new_wording
from backend.seeds.tables import Seed, SeedRevision


class Author(NamedTuple):
    """Whose a rewrite is: a user's, or an endpoint's that was asked under a template.

    `token` stands for one rewrite, however often it is proposed.
    """

    token: UUID
    user: User | None = None
    endpoint_id: int | None = None
    template_hash: str | None = None
    sample_id: int | None = None


def propose(session: Session, user: User, body: RewriteCreate) -> Rewrite:
    """Keep a rewrite as a revision that is not its seed's; a repeated token gives the first one.

    The rules are asked at once, the benchmarks by a job.

    Args:
        session: the caller's; flushed, not committed.
        user: its author.
        body: the new wording, and which one it rewrites.

    Raises:
        NotFound: there is no such seed.
        Invalid: the prompt or answer is no text that a seed can have.
        Conflict: the seed reads otherwise by now, another seed has the prompt, or the token stands
            for another rewrite.
    """
    prompt, answer = checked_wording(body.prompt, body.answer)
    seed = get_seed(session, body.seed_id, lock=True)
    if (earlier := _earlier(session, user, body.token, seed)) is not None:
        return earlier
    refuse_stale(seed, body.seen, "seen")
    return keep(
        session, seed, body.kind, Wording(prompt, answer), body.why, Author(body.token, user)
    )


def keep(
    session: Session, seed: Seed, kind: Kind, proposed: Wording, why: str, author: Author
) -> Rewrite:
    """Have a wording wait, whoever proposes it: the one way in.

    The rules are asked at once, the benchmarks by a job.

    Args:
        session: the caller's; flushed, not committed.
        seed: locked; what is proposed is a rewrite of its wording.
        kind: what is rewritten.
        proposed: prompt and answer, checked (`checked_wording`).
        why: what was changed and why.
        author: whose it is.

    Raises:
        Conflict: another seed has the prompt.
    """
    base = session.get_one(SeedRevision, seed.revision_id)
    revision = new_wording(session, seed, proposed.prompt, proposed.answer, "rewrite", author.user)
    rewrite = Rewrite(
        seed_id=seed.id, base_revision_id=base.id, revision_id=revision.id, kind=kind, why=why,
        author_id=author.user and author.user.id, endpoint_id=author.endpoint_id,
        template_hash=author.template_hash, sample_id=author.sample_id, token=author.token,
    )  # fmt: skip
    session.add(rewrite)
    session.flush()
    store_rules(
        session, rewrite, Wording(base.prompt, base.answer), proposed,
        has_tests="tests" in seed.extra,
    )  # fmt: skip
    await_check(session, author.user, revision.id)
    return rewrite


def get_rewrite(session: Session, rewrite_id: int) -> Rewrite:
    """A rewrite, or NotFound."""
    return existing(session, Rewrite, rewrite_id, "rewrite")


def refuse_stale(seed: Seed, revision_id: int, field: str | None = None) -> None:
    """Refuse what was said of another wording than the seed's.

    Raises:
        Conflict: `stale_revision`; the seed's wording is named.
    """
    if seed.revision_id != revision_id:
        message = (
            f"seed {seed.id} reads otherwise by now: its wording is revision {seed.revision_id}, "
            f"not {revision_id}"
        )
        raise Conflict(message, field=field, code="stale_revision")


def comment(session: Session, user: User, rewrite_id: int, body: CommentCreate) -> None:
    """Say something about a rewrite; a repeated token says it once.

    Raises:
        NotFound: there is no such rewrite.
        Conflict: the token stands for another comment.
    """
    rewrite = get_rewrite(session, rewrite_id)
    session.execute(
        insert(RewriteComment)
        .values(rewrite_id=rewrite.id, user_id=user.id, text=body.text, token=body.token)
        .on_conflict_do_nothing(constraint="uq_rewrite_comment_token")
    )
    kept = session.scalars(select(RewriteComment).where(RewriteComment.token == body.token)).one()
    if (kept.rewrite_id, kept.user_id, kept.text) != (rewrite.id, user.id, body.text):
        message = f"the token stands for comment {kept.id}, which is another"
        raise Conflict(message, field="token", code="token_reused")


def comments_on(session: Session, rewrite_id: int) -> Sequence[tuple[RewriteComment, str]]:
    """What was said, the oldest first, with who said it."""
    wanted = (
        select(RewriteComment, User.name)
        .join(User, User.id == RewriteComment.user_id)
        .where(RewriteComment.rewrite_id == rewrite_id)
        .order_by(RewriteComment.id)
    )
    return [(row[0], row[1]) for row in session.execute(wanted)]


def _earlier(session: Session, user: User, token: UUID, seed: Seed) -> Rewrite | None:
    earlier = session.scalar(select(Rewrite).where(Rewrite.token == token))
    if earlier is not None and (earlier.seed_id, earlier.author_id) != (seed.id, user.id):
        message = f"the token stands for rewrite {earlier.id}, which is another"
        raise Conflict(message, field="token", code="token_reused")
    return earlier
