"""What has to be looked at again when seeds come, go, or read otherwise."""

from sqlalchemy import Select, TextualSelect
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.decontamination.service import enqueue_check
from backend.duplicates.service import enqueue_find
from backend.seeds.text_reading import enqueue_reading


def enqueue_rechecks(
    session: Session, user: User | None, changed: Select[int] | TextualSelect
) -> None:
    """Have seeds checked against the benchmarks, and against each other, and read for the search.

    Args:
        session: the caller's.
        user: who changed them.
        changed: a statement for their numbers, in ascending order.
    """
    enqueue_check(session, user)
    enqueue_find(session, user, changed)
    enqueue_reading(session, user, changed)
