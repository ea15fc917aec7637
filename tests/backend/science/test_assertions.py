import ast
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.assertions import (
    Expectation,
    Opaque,
    decoded,
    holds,
    shown,
    taken_apart,
)

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    | st.binary() | st.complex_numbers(allow_nan=False)
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.sets(SCALARS, max_size=3)
        | st.dictionaries(SCALARS, inner, max_size=3)
    ),
    max_leaves=8,
)


def _judged(test: str, names: dict[str, Any]) -> bool:
    """What a child and its worker make of a test between them, in one process."""
    code, expectations = taken_apart(test, "say")
    said: list[tuple[int, Any]] = []
    exec(code, {**names, "say": lambda index, value: said.append((index, value))})
    assert [index for index, _ in said] == list(range(len(expectations)))
    return all(holds(wanted, value) for wanted, (_, value) in zip(expectations, said, strict=True))


@pytest.mark.parametrize(
    ("test", "code", "expected"),
    [
        ("assert f(1) == 2", "say(0, f(1))", [Expectation("Eq", 2)]),
        ("assert 2 == f(1), 'no'", "say(0, f(1))", [Expectation("Eq", 2, True)]),
        ("assert f(1) is None", "say(0, f(1))", [Expectation("Is", None)]),
        ("assert f(1) in [-1, 1]", "say(0, f(1))", [Expectation("In", [-1, 1])]),
        ("assert f(1)", "say(0, not not f(1))", [Expectation("Truth", True)]),
        ("assert f(1) == g(1)", "say(0, not not f(1) == g(1))", [Expectation("Truth", True)]),
        ("assert 0 < f(1) < 2", "say(0, not not 0 < f(1) < 2)", [Expectation("Truth", True)]),
        ("assert f(1) is 2", "say(0, not not f(1) is 2)", [Expectation("Truth", True)]),
        ("x = f(1)\nassert x == 2 and x != 3", "x = f(1)\nsay(0, x)\nsay(1, x)",
         [Expectation("Eq", 2), Expectation("NotEq", 3)]),
        ("for n in y:\n    assert n", "for n in y:\n    assert n", []),
    ],
)  # fmt: skip
def test_what_is_expected_stays_behind(test: str, code: str, expected: list[Expectation]) -> None:
    assert taken_apart(test, "say") == (code, expected)


@pytest.mark.parametrize("sign", ["==", "!=", "<", "<=", ">", ">=", "in", "not in"])
@given(value=VALUES, literal=VALUES)
def test_a_comparison_taken_apart_is_the_comparison(sign: str, value: Any, literal: Any) -> None:
    test = f"assert value {sign} {literal!r}"
    try:
        ast.literal_eval(repr(literal))
        wanted = bool(eval(f"value {sign} {literal!r}", {"value": value}))
    except (TypeError, ValueError, NameError):
        return  # such an assertion fails in the child, or is not taken apart
    assert _judged(test, {"value": value}) is wanted


@pytest.mark.parametrize(
    ("expectation", "value", "verdict"),
    [
        (Expectation("Eq", 3), Opaque("Any"), False),
        (Expectation("NotEq", 3), Opaque("Any"), True),
        (Expectation("Is", None), Opaque("Any"), False),
        (Expectation("IsNot", None), Opaque("Any"), True),
        (Expectation("Lt", 3), Opaque("Any"), False),
        (Expectation("Lt", 3), "2", False),
        (Expectation("In", "abc", True), 5, False),
        (Expectation("Truth", True), 1, False),
        (Expectation("Eq", 0.5), Fraction(1, 2), True),
        (Expectation("Eq", 0.5), Decimal("0.5"), True),
    ],
)
def test_what_cannot_be_compared_does_not_hold(
    expectation: Expectation, value: object, verdict: bool
) -> None:
    assert holds(expectation, value) is verdict


@pytest.mark.parametrize(
    "message",
    [3, 1.5, {}, {"int": "x"}, {"int": 3}, {"list": []}, {"set": [["a"]]}, {"dict": [[1]]},
     {"a": 1, "b": 2}, {"fraction": ["1", "0"]}, {"decimal": "x"}, {"float": None}],
)  # fmt: skip
def test_what_is_no_value_is_refused(message: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        decoded(message)


def test_values_are_shown_short() -> None:
    assert shown(Opaque("Thing")) == "an object of type Thing"
    assert shown([1, "x"]) == "[1, 'x']"
    assert len(shown("x" * 1000)) == 200
    assert shown(10**5000) == "a int"
