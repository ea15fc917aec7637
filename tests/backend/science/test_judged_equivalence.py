import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.answer_keys import AnswerKey
from backend.science.answers import canonical_key
from backend.science.equivalence import equivalent_by_rules
from backend.science.judged_equivalence import (
    decision,
    messages,
    parse_reply,
    question_hash,
    wants_judge,
)


def _key(text: str) -> AnswerKey:
    found = canonical_key(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("because the market fell", "since prices on the market dropped"),
        ("there is no solution", "no solution"),
        ("Paris", "it is the capital of France"),
        ("市場が下落したから", "相場が下がったため"),
    ],
)
def test_answers_in_free_words_want_a_judge(first: str, second: str) -> None:
    assert wants_judge(_key(first), _key(second))
    assert wants_judge(_key(second), _key(first))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Paris", "Lyon"),
        ("New York", "New Jersey"),
        ("x+1", "the value of x plus one more"),
        ("18", "18 dollars"),
        ("x^2-1", "(x-1)(x+1)"),
        ("because the market fell", "Because the  market fell."),
        ("{red, blue}", "{blue, green}"),
        ("because the market fell", "no word of it is true " * 60),
    ],
)
def test_closed_forms_other_kinds_equal_answers_and_documents_want_none(
    first: str, second: str
) -> None:
    assert not wants_judge(_key(first), _key(second))


@given(st.text(), st.text())
def test_what_the_rules_join_is_never_asked(first: str, second: str) -> None:
    keys = canonical_key(first), canonical_key(second)
    if keys[0] is not None and keys[1] is not None and wants_judge(*keys):
        assert not equivalent_by_rules(*keys)
        assert wants_judge(keys[1], keys[0])


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ('{"same": true, "reason": "Both say that it fell."}', True),
        ('<think>{"same": true}</think>{"same": false, "reason": ""}', False),
        ('```json\n{"same": true, "reason": "x"}\n```', True),
        ('{"same": "unclear", "reason": "x"}', None),
        ('{"same": "true", "reason": "x"}', None),
        ('{"same": 1, "reason": "x"}', None),
        ('{"same": true}', None),
        ('{"same": true, "reason": null}', None),
        ('{"same": true, "reason": "x", "sure": true}', None),
        ('{"same": false, "same": true, "reason": "x"}', None),
        ('They are the same. {"same": true, "reason": "x"}', None),
        ('{"same": true, "reason": "it was cut', None),
        ("true", None),
        ("", None),
        ("[" * 100_000, None),
    ],
)
def test_a_reply_is_read_strictly(reply: str, verdict: bool | None) -> None:
    assert parse_reply(reply) is verdict


def test_only_what_is_said_in_both_orders_is_decided() -> None:
    values = (True, False, None)
    decided = {(a, b): decision(a, b) for a in values for b in values}
    assert {pair: said for pair, said in decided.items() if said is not None} == {
        (True, True): True, (False, False): False,
    }  # fmt: skip


def test_a_pair_has_one_hash_and_another_pair_another() -> None:
    fell, rose = _key("because the market fell"), _key("because the market rose")
    assert question_hash(fell, rose) == question_hash(rose, fell)
    assert question_hash(fell, rose) != question_hash(fell, _key("because it was late again"))


@given(st.text(), st.text(), st.text())
def test_no_answer_can_leave_its_place_in_the_question(prompt: str, one: str, two: str) -> None:
    [message] = messages(prompt, one, two)
    *_, problem, first, second = message["content"].split("\n")
    assert json.loads(problem.removeprefix("Problem: ")) == prompt
    assert json.loads(first.removeprefix("Answer A: ")) == one
    assert json.loads(second.removeprefix("Answer B: ")) == two
