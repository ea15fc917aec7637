"""Decided pairs are stored once, in one order, and come back as they were decided."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.science.answer_keys import AnswerKey
from backend.science.known_equivalences import PairDecision
from backend.scoring.equivalences import (
    NewEquivalence,
    known_equivalences,
    relation_of,
    store_equivalences,
    stored_replies,
)
from backend.scoring.line_up import entry_of
from backend.scoring.samples import NewSample, store_samples
from backend.scoring.tables import AnswerEquivalence, Sample
from tests.builders import create_endpoint, create_seed

FELL = AnswerKey("text", "because the market fell")
DROPPED = AnswerKey("text", "since prices on the market dropped")


def _reply(revision_id: int, endpoint_id: int, index: int = 0, **fields: object) -> NewSample:
    sample = NewSample(
        revision_id, endpoint_id, "pair", "settings", index, 64, '{"same": true}', None, "stop",
        None, None, 10, 4, Decimal(0), 120,
    )  # fmt: skip
    return sample._replace(**fields)


def test_a_pair_is_stored_once_whichever_way_round_it_comes(session: Session) -> None:
    revision_id = create_seed(session).revision_id
    store_equivalences(session, [NewEquivalence(revision_id, DROPPED, FELL, True, "algebra")])
    store_equivalences(session, [NewEquivalence(revision_id, FELL, DROPPED, False, "later")])
    known = known_equivalences(session, [revision_id])
    assert known == {revision_id: {(FELL, DROPPED): PairDecision(True, "algebra")}}
    assert relation_of(known[revision_id])(DROPPED, FELL)


def test_pairs_belong_to_their_revision(session: Session) -> None:
    one, two = create_seed(session).revision_id, create_seed(session).revision_id
    store_equivalences(session, [NewEquivalence(one, FELL, DROPPED, None, "algebra")])
    known = known_equivalences(session, [one, two])
    assert known == {one: {(FELL, DROPPED): PairDecision(None, "algebra")}, two: {}}
    assert known_equivalences(session, []) == {}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (AnswerKey("text", "Zebra crossing of the road"), AnswerKey("text", "a crossing")),
        (AnswerKey("text", "\U0001f600 is a face"), AnswerKey("text", "\uff5e is a wave")),
        (AnswerKey("text", "\ud800 half a pair"), AnswerKey("text", "\uffff no character")),
        (AnswerKey("text", "é" * 900), AnswerKey("text", "é" * 901)),
        (AnswerKey("integer", "1"), AnswerKey("expression", "log_2(2)")),
    ],
)
def test_any_two_keys_can_be_stored(session: Session, first: AnswerKey, second: AnswerKey) -> None:
    revision_id = create_seed(session).revision_id
    store_equivalences(session, [NewEquivalence(revision_id, first, second, True, "algebra")])
    assert len(known_equivalences(session, [revision_id])[revision_id]) == 1


def test_keys_that_are_stored_alike_need_no_decision(session: Session) -> None:
    revision_id = create_seed(session).revision_id
    pair = (AnswerKey("text", "a\x00b c"), AnswerKey("text", "a\ud800b c"))
    store_equivalences(session, [NewEquivalence(revision_id, *pair, True, "algebra")])
    assert known_equivalences(session, [revision_id]) == {revision_id: {}}


def test_a_judges_decision_points_to_its_reply(session: Session) -> None:
    revision_id = create_seed(session).revision_id
    judge = create_endpoint(session, "judge")
    replies = [_reply(revision_id, judge.id, index) for index in (0, 1)]
    store_samples(session, None, replies)
    decision = NewEquivalence(revision_id, FELL, DROPPED, True, judge.name, replies[0].identity)
    store_equivalences(session, [decision])
    row = session.scalars(select(AnswerEquivalence)).one()
    assert row.decided_by == judge.name
    assert row.sample_id == session.scalar(select(Sample.id).where(Sample.sample_index == 0))


def test_a_decision_without_its_reply_is_refused(session: Session) -> None:
    revision_id = create_seed(session).revision_id
    judge = create_endpoint(session, "judge")
    identity = _reply(revision_id, judge.id).identity
    decision = NewEquivalence(revision_id, FELL, DROPPED, True, judge.name, identity)
    with pytest.raises(KeyError):
        store_equivalences(session, [decision])


def test_replies_come_back_under_the_settings_that_they_were_given_with(session: Session) -> None:
    revision_id = create_seed(session).revision_id
    entry = entry_of(create_endpoint(session, "judge"), "judge", 1)
    mine = _reply(revision_id, entry.endpoint_id, 1, settings_hash=entry.settings_hash)
    others = [
        mine._replace(settings_hash="hot"),
        mine._replace(max_tokens=65, template_hash="longer"),
        mine._replace(revision_id=create_seed(session).revision_id),
        mine._replace(endpoint_id=create_endpoint(session, "judge").id),
    ]
    store_samples(session, None, [mine, *others])
    assert stored_replies(session, revision_id, entry) == {("pair", 1): '{"same": true}'}
