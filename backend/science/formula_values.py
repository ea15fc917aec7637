"""The exact value of a formula, where that is a rational number of a size worth writing out."""

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from backend.science.answer_formulas import Formula

_MAX_BITS: Final = 1300  # 400 decimal digits
_MAX_FACTORIAL: Final = 200
_MAX_DEGREE: Final = 64
_ARITHMETIC: Final[dict[str, Callable[..., Fraction]]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "negative": operator.neg, "abs": operator.abs,
}  # fmt: skip
_COUNTING: Final[dict[str, Callable[..., int]]] = {"!": math.factorial, "binom": math.comb}


def rational_value(tree: Formula) -> Fraction | None:
    """The exact value of a formula without variables, None where it has none or is too large."""
    try:
        return _value(tree)
    except (ArithmeticError, ValueError):
        return None


def has_decimals(tree: Formula) -> bool:
    """Whether a number in it is written with a decimal point."""
    return "." in tree.leaf or any(has_decimals(part) for part in tree.parts)


def _value(tree: Formula) -> Fraction:
    if tree.head == "number":
        return Fraction(tree.leaf)
    value = _operation(tree.head, [_value(part) for part in tree.parts])
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > _MAX_BITS:
        raise OverflowError
    return value


def _operation(head: str, parts: list[Fraction]) -> Fraction:
    if head in _ARITHMETIC:
        return _ARITHMETIC[head](*parts)
    if head == "^":
        return _raised(*parts)
    degree = parts[0] if head == "root" else Fraction(2)
    if head in ("sqrt", "root") and degree.denominator == 1 and 2 <= degree <= _MAX_DEGREE:
        return _root(parts[-1], int(degree))
    small = all(part.denominator == 1 and 0 <= part <= _MAX_FACTORIAL for part in parts)
    if head in _COUNTING and small:
        return Fraction(_COUNTING[head](*map(int, parts)))
    raise ValueError(head)


def _raised(base: Fraction, exponent: Fraction) -> Fraction:
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    if abs(exponent.numerator) * size > _MAX_BITS or exponent.denominator > _MAX_DEGREE:
        raise OverflowError
    if exponent.denominator == 1:
        return Fraction(base ** int(exponent))
    return Fraction(_root(base, exponent.denominator) ** exponent.numerator)


def _root(value: Fraction, degree: int) -> Fraction:
    """The real root, where it is rational."""
    if value < 0:
        if degree % 2 == 0:
            raise ValueError("not real")
        return -_root(-value, degree)
    over, under = (_integer_root(part, degree) for part in value.as_integer_ratio())
    return Fraction(over, under)


def _integer_root(value: int, degree: int) -> int:
    low, high = 0, 1 << (value.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= value else (low, middle - 1)
    if low**degree != value:
        raise ValueError("not rational")
    return low
