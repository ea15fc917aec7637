"""A word and a check that inherits it at the same moment: neither overlooks the other."""

import threading
from uuid import uuid4

from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import session_scope
from backend.review.decisions import decide
from backend.review.undo import undo
from tests.backend.embedded.waiting import wait_until
from tests.builders import create_seed, create_user
from tests.checks import DUCKS, add_benchmark, hits, run_check, waits_for_a_lock


def _dismiss(session: Session, user_id: int, seed_id: int) -> int | None:
    decision = {"token": uuid4(), "seed_id": seed_id, "kind": "dismiss_hit"}
    hit_id = hits(session)[0].id
    [result] = decide(session, session.get_one(User, user_id), [{**decision, "hit_id": hit_id}])
    assert result.status == "stored", result
    return result.decision_id


def _check() -> None:
    with session_scope() as session:
        run_check(session)


def _started_while_open(session: Session) -> threading.Thread:
    """A check that waits until the session's transaction ends."""
    thread = threading.Thread(target=_check)
    thread.start()
    with session_scope() as watching:
        wait_until(lambda: waits_for_a_lock(watching))
    return thread


def test_hit_that_is_found_while_its_pair_is_dismissed_is_dismissed_too(committed: None) -> None:
    with session_scope() as session:
        user_id = create_user(session).id
        seed_id = create_seed(session, prompt=DUCKS).id
        add_benchmark(session, DUCKS)
        run_check(session)
        add_benchmark(session, DUCKS, name="again")
    with session_scope() as session:
        _dismiss(session, user_id, seed_id)
        check = _started_while_open(session)
    check.join()
    with session_scope() as session:
        origin, heir = hits(session)
        assert (heir.state, heir.inherited_from) == ("dismissed", origin.id)


def test_hit_that_is_found_while_a_dismissal_is_undone_is_open(committed: None) -> None:
    with session_scope() as session:
        user_id = create_user(session).id
        seed_id = create_seed(session, prompt=DUCKS).id
        add_benchmark(session, DUCKS)
        run_check(session)
        event = _dismiss(session, user_id, seed_id)
        add_benchmark(session, DUCKS, name="again")
    with session_scope() as session:
        undo(session, session.get_one(User, user_id), uuid4(), event)
        check = _started_while_open(session)
    check.join()
    with session_scope() as session:
        assert [(hit.state, hit.inherited_from) for hit in hits(session)] == [("open", None)] * 2
