"""The question which domain a problem is of, and the strict reading of the reply."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.domain_questions import (
    OTHER,
    DomainChoice,
    Unreadable,
    parse_domain,
    question_hash,
    question_messages,
)

LIST = [DomainChoice("Number theory", "primes"), DomainChoice("algebra", "")]


@pytest.mark.parametrize(
    ("reply", "domain"),
    [
        ('{"domain": "algebra"}', "algebra"),
        ('{"domain": " number THEORY "}', "Number theory"),
        ('```json\n{"domain": "other"}\n```', OTHER),
        ('<think>algebra?</think>{"domain": "Number theory"}', "Number theory"),
    ],
)
def test_one_of_the_list_is_read(reply: str, domain: str) -> None:
    assert parse_domain(reply, LIST) == domain


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("algebra", "not_json"),
        ('It is {"domain": "algebra"}', "not_json"),
        ('{"domain": "algebra", "domain": "other"}', "not_json"),
        ('{"domain": "algebra", "why": "x"}', "fields"),
        ("{}", "fields"),
        ('{"domain": ["algebra"]}', "not_text"),
        ('{"domain": "geometry"}', "unknown_name"),
        ('{"domain": ""}', "unknown_name"),
        ('{"domain": "algebra, other"}', "unknown_name"),
        ('{"domain": "\\u0000\\ud800"}', "unknown_name"),
    ],
)
def test_anything_else_has_a_code(reply: str, code: str) -> None:
    found = parse_domain(reply, LIST)
    assert isinstance(found, Unreadable)
    assert found.code == code
    found.reason.encode()
    assert "\0" not in found.reason


def test_cut_off_reply_says_so_unless_it_is_whole() -> None:
    found = parse_domain('{"domain": "alg', LIST, cut_off=True)
    assert isinstance(found, Unreadable)
    assert found.code == "cut_off"
    assert parse_domain('{"domain": "algebra"}', LIST, cut_off=True) == "algebra"


@given(st.text())
def test_only_names_of_the_list_ever_come_out(said: str) -> None:
    found = parse_domain(json.dumps({"domain": said}), LIST)
    assert isinstance(found, Unreadable) or found in {"Number theory", "algebra", OTHER}


def test_list_and_its_descriptions_make_the_question() -> None:
    words = question_messages(LIST, "  Is 7 prime? ")[0]["content"]
    assert "- Number theory: primes\n- algebra\n- other: none of these\n" in words
    assert "<problem>\nIs 7 prime?\n</problem>" in words
    changed = [DomainChoice("Number theory", "primes and sums"), LIST[1]]
    assert len({question_hash(LIST), question_hash(LIST[::-1]), question_hash(changed)}) == 3
