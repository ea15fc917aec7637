"""Values on their way out of a sandbox: what they are, whatever they claim to be."""

import json
from collections import Counter, OrderedDict, defaultdict
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from backend.science.assertions import Opaque, decoded
from tests.backend.science.test_assertions import VALUES
from workers.sandbox_child import encoded


def _there_and_back(value: object) -> Any:
    return decoded(json.loads(json.dumps(encoded(value))))


@given(VALUES)
def test_plain_values_arrive_as_they_are(value: object) -> None:
    arrived = _there_and_back(value)
    assert arrived == value
    assert type(arrived) is type(value)


class Colour(IntEnum):
    RED = 1


class Sly(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__

    def __format__(self, _: str) -> str:
        return "2a"


class SlyText(str):
    def __str__(self) -> str:
        return "expected"


@pytest.mark.parametrize(
    ("value", "arrived"),
    [
        (Counter("aab"), {"a": 2, "b": 1}),
        (defaultdict(list, a=[1]), {"a": [1]}),
        (OrderedDict(a=1), {"a": 1}),
        (Colour.RED, 1),
        (Sly(5), 5),
        (SlyText("found"), "found"),
        (Fraction(1, 3), Fraction(1, 3)),
        (Decimal("0.10"), Decimal("0.10")),
        (float("inf"), float("inf")),
        ("\ud800\0", "\ud800\0"),
        (bytearray(b"a"), bytearray(b"a")),
        (frozenset({1}), frozenset({1})),
        ([object()], [Opaque("object")]),
        (range(3), Opaque("range")),
    ],
)
def test_values_of_other_types_arrive_as_what_they_are(value: object, arrived: object) -> None:
    found = _there_and_back(value)
    assert found == arrived
    assert type(found) is type(arrived)


def test_an_integer_of_more_digits_than_python_writes_arrives() -> None:
    assert _there_and_back(10**10_000) == 10**10_000


def test_a_value_that_has_no_end_or_is_too_long_is_opaque() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert _there_and_back(endless) == Opaque("list")
    assert _there_and_back("x" * 200_000) == Opaque("str")
