from hypothesis import given
from hypothesis import strategies as st

from backend.science.answer_keys import AnswerKey
from backend.science.known_equivalences import (
    PairDecision,
    joined_by,
    ordered_pair,
    relation_of,
)
from backend.science.plurality import plurality

FELL = AnswerKey("text", "because the market fell")
DROPPED = AnswerKey("text", "since prices on the market dropped")
ROSE = AnswerKey("text", "because the market rose")
SUM, SWAPPED = AnswerKey("expression", "x+1"), AnswerKey("expression", "1+x")
CODE_POINTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def test_relation_joins_what_is_known_in_either_order_and_nothing_else() -> None:
    same = relation_of(
        {
            ordered_pair(FELL, DROPPED): PairDecision(True, "judge"),
            ordered_pair(FELL, ROSE): PairDecision(False, "judge"),
            ordered_pair(DROPPED, ROSE): PairDecision(None, "judge"),
        }
    )
    assert same(FELL, DROPPED)
    assert same(DROPPED, FELL)
    assert not same(FELL, ROSE)
    assert not same(DROPPED, ROSE)
    assert not same(SUM, SWAPPED)


def test_relation_asks_the_rules_first() -> None:
    metres, centimetres = AnswerKey("quantity", "0.5 m"), AnswerKey("quantity", "50 cm")
    known = {ordered_pair(metres, centimetres): PairDecision(False, "a judge that errs")}
    assert relation_of(known)(metres, centimetres)


def test_votes_of_joined_answers_are_counted_together_and_the_class_says_who_joined_it() -> None:
    known = {
        ordered_pair(FELL, DROPPED): PairDecision(True, "judge"),
        ordered_pair(SUM, SWAPPED): PairDecision(True, "algebra"),
    }
    votes = plurality([FELL, DROPPED, ROSE, SUM, SWAPPED, FELL], relation_of(known))
    assert [(found.key, found.count) for found in votes.classes] == [
        (FELL, 3),
        (SWAPPED, 2),
        (ROSE, 1),
    ]
    assert [joined_by(found.keys, known) for found in votes.classes] == [["judge"], ["algebra"], []]


def test_joined_by_names_nobody_where_rules_suffice_or_the_pair_was_refused() -> None:
    bare, measured = AnswerKey("integer", "18"), AnswerKey("quantity", "18 USD")
    known = {
        ordered_pair(bare, measured): PairDecision(True, "judge"),
        ordered_pair(FELL, ROSE): PairDecision(False, "judge"),
    }
    assert joined_by({bare, measured}, known) == []
    assert joined_by([FELL, ROSE], known) == []


@given(CODE_POINTS, CODE_POINTS)
def test_the_order_of_a_pair_is_that_of_its_bytes(one: str, two: str) -> None:
    # UTF-8 sorts as code points do, which is how `collate "C"` compares.
    first, second = ordered_pair(AnswerKey("text", one), AnswerKey("text", two))
    assert str(first).encode() <= str(second).encode()
    assert ordered_pair(second, first) == (first, second)
