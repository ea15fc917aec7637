"""Assertions taken apart, so that what a program returns is compared where the program cannot go.

`assert add(1, 2) == 3` becomes "say what `add(1, 2)` is", for the process that runs the program,
and "it must equal 3", which stays here: a program can neither see the expected value nor pretend to
equal it. This is done for comparisons of an expression with a literal; of any other assertion at
the top of a test the process says whether it holds, and assertions inside loops and functions run
there as they are.
"""

import ast
import operator
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple

_LONGEST_SHOWN: Final = 200


class Expectation(NamedTuple):
    """What must hold of a value that a test's process says.

    Attributes:
        operator: of the comparison, by the name of its AST class.
        literal: the other side.
        literal_first: whether that is the left side.
    """

    operator: str
    literal: Any
    literal_first: bool = False

    def __str__(self) -> str:
        if self.operator == "Truth":
            return "true"
        return f"{_SIGNS[self.operator]} {shown(self.literal)}"


class Opaque(NamedTuple):
    """A value of a type that cannot be compared here."""

    type_name: str


_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "Eq": operator.eq, "NotEq": operator.ne, "Lt": operator.lt, "LtE": operator.le,
    "Gt": operator.gt, "GtE": operator.ge, "Is": operator.is_, "IsNot": operator.is_not,
    "In": lambda item, whole: item in whole, "NotIn": lambda item, whole: item not in whole,
}  # fmt: skip
_SIGNS: Final = {
    "Eq": "==", "NotEq": "!=", "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "Is": "is",
    "IsNot": "is not", "In": "in", "NotIn": "not in",
}  # fmt: skip


def taken_apart(test: str, report: str) -> tuple[str, list[Expectation]]:
    """A test whose assertions report values, and what must hold of them, in order.

    Args:
        test: Python statements.
        report: the name of the function to call with a number, counted from 0, and a value.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: the test is not Python.
    """
    tree = ast.parse(test)
    expectations: list[Expectation] = []
    body: list[ast.stmt] = []
    for statement in tree.body:
        if not isinstance(statement, ast.Assert):
            body.append(statement)
            continue
        for condition in _conjuncts(statement.test):
            expression, expectation = _split(condition)
            arguments: list[ast.expr] = [ast.Constant(len(expectations)), expression]
            call = ast.Call(ast.Name(report, ast.Load()), arguments, [])
            body.append(ast.Expr(call))
            expectations.append(expectation)
    tree.body = body
    return ast.unparse(ast.fix_missing_locations(tree)), expectations


def holds(expectation: Expectation, value: Any) -> bool:
    """Whether a reported value is as expected; one that cannot be compared is not."""
    if expectation.operator == "Truth":
        return value is True
    sides = (expectation.literal, value) if expectation.literal_first else (
        value, expectation.literal
    )  # fmt: skip
    try:
        return bool(_OPERATORS[expectation.operator](*sides))
    except Exception:
        return False


def decoded(encoded: Any) -> Any:
    """A value from the JSON that `workers.sandbox_child` makes of it.

    Raises:
        ValueError: it is none.
    """
    try:
        return _decoded(encoded)
    except (AttributeError, KeyError, TypeError, ArithmeticError, RecursionError) as error:
        raise ValueError("not a value") from error


def shown(value: Any) -> str:
    """A value for people, cut where it is long."""
    if isinstance(value, Opaque):
        return f"an object of type {value.type_name}"
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # an integer of more digits than Python writes out
        text = f"a {type(value).__name__}"
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _conjuncts(condition: ast.expr) -> Iterator[ast.expr]:
    if isinstance(condition, ast.BoolOp) and isinstance(condition.op, ast.And):
        for part in condition.values:
            yield from _conjuncts(part)
    else:
        yield condition


def _split(condition: ast.expr) -> tuple[ast.expr, Expectation]:
    """The part that the program's process evaluates, and what is expected of it."""
    if isinstance(condition, ast.Compare) and len(condition.ops) == 1:
        name = type(condition.ops[0]).__name__
        left, right = condition.left, condition.comparators[0]
        for expression, other, first in ((left, right, False), (right, left, True)):
            literal = _literal(other, name)
            if literal is not None:
                return expression, Expectation(name, literal.value, first)
    # In place of a call of `bool`, which a program may have named anew.
    truth = ast.UnaryOp(ast.Not(), ast.UnaryOp(ast.Not(), condition))
    return truth, Expectation("Truth", True)


class _Literal(NamedTuple):
    value: Any


def _literal(node: ast.expr, operator_name: str) -> _Literal | None:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    # Only these are the same object wherever they come from.
    lone = value is None or value is True or value is False
    return None if operator_name in ("Is", "IsNot") and not lone else _Literal(value)


def _decoded(encoded: Any) -> Any:
    if encoded is None or isinstance(encoded, bool | str):
        return encoded
    if isinstance(encoded, list):
        return [_decoded(item) for item in encoded]
    [(kind, content)] = encoded.items()
    return _DECODINGS[kind](content)


_DECODINGS: Final[dict[str, Callable[[Any], Any]]] = {
    "int": lambda content: int(content, 16),
    "float": float.fromhex,
    "tuple": lambda content: tuple(map(_decoded, content)),
    "dict": lambda content: {_decoded(key): _decoded(value) for key, value in content},
    "set": lambda content: set(map(_decoded, content)),
    "frozenset": lambda content: frozenset(map(_decoded, content)),
    "bytes": bytes.fromhex,
    "bytearray": bytearray.fromhex,
    "complex": lambda content: complex(*map(float.fromhex, content)),
    "fraction": lambda content: Fraction(*(int(part, 16) for part in content)),
    "decimal": Decimal,
    "other": lambda content: Opaque(str(content)),
}
