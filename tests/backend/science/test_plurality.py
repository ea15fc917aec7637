from hypothesis import given
from hypothesis import strategies as st

from backend.science.answer_keys import AnswerKey
from backend.science.plurality import plurality

ONE, TWO, THREE = (AnswerKey("integer", str(number)) for number in (1, 2, 3))
KEYS = st.lists(st.sampled_from([ONE, TWO, THREE, AnswerKey("percent", "1"), None]))


def test_plurality_counts_shares_over_all_and_over_answered() -> None:
    votes = plurality([TWO, ONE, None, TWO, TWO, None, THREE, ONE])
    assert [(c.key, c.count, c.indices) for c in votes.classes] == [
        (TWO, 3, (0, 3, 4)),
        (ONE, 2, (1, 7)),
        (THREE, 1, (6,)),
    ]
    assert votes.winner == TWO
    assert (votes.total, votes.unanswered) == (8, 2)
    assert votes.share == 3 / 8
    assert votes.share_of_answered == 3 / 6
    assert votes.margin == 1 / 8
    assert not votes.tie


def test_plurality_tie_for_first_place_has_no_winner() -> None:
    votes = plurality([ONE, TWO, THREE, ONE, TWO])
    assert votes.tie
    assert votes.winner is None
    assert votes.margin == 0


def test_plurality_silence_never_wins() -> None:
    votes = plurality([None, None, None, ONE])
    assert votes.winner == ONE
    assert votes.share == 1 / 4
    silent = plurality([None, None])
    assert silent.winner is None
    assert not silent.tie
    assert silent.classes == ()


def test_plurality_of_nothing_is_empty() -> None:
    votes = plurality([])
    assert (votes.winner, votes.total, votes.share, votes.margin) == (None, 0, 0.0, 0.0)


def test_plurality_does_not_merge_across_kinds() -> None:
    assert plurality([ONE, AnswerKey("percent", "1")]).tie


@given(KEYS, st.randoms())
def test_plurality_order_of_responses_changes_no_count(keys: list, random) -> None:
    shuffled = random.sample(keys, len(keys))
    first, second = plurality(keys), plurality(shuffled)
    assert first.winner == second.winner
    assert {(c.key, c.count) for c in first.classes} == {(c.key, c.count) for c in second.classes}


@given(KEYS)
def test_plurality_every_response_is_counted_once(keys: list) -> None:
    votes = plurality(keys)
    indices = sorted(index for c in votes.classes for index in c.indices)
    assert indices == [index for index, key in enumerate(keys) if key is not None]
    assert len(indices) + votes.unanswered == votes.total == len(keys)


@given(KEYS)
def test_plurality_one_more_vote_keeps_the_winner(keys: list) -> None:
    winner = plurality(keys).winner
    if winner is not None:
        assert plurality([*keys, winner]).winner == winner
