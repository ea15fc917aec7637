"""Whether two formulas are the same function, by math-verify and SymPy.

math-verify's own reader is not used: it drops units, reads `12 or 13` as 12 and `12:30` as 2/5.
Formulas come as our trees, decimals in them as exact fractions, so that its rounding has nothing to
round. Its comparison is asked both ways round, since it is not symmetric, and only where the two
agree numerically at several points, since it is lenient (two equations without real solutions are
equal to it). Everything here can run for minutes on some inputs: callers need a time limit of their
own. math-verify's limit is a SIGALRM, which works in main threads only and is turned off.
"""

import functools
import logging
import operator
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from backend.science.answer_formulas import Formula, formula
from backend.science.formula_values import rational_value

if TYPE_CHECKING:
    from sympy import Expr

_POINTS: Final = (
    (0.7390851332, 1.3247179572, 2.6651441427, 0.5671432904, 1.9021605831, 3.3598856662),
    (1.6449340668, 0.2614972128, 0.8346268417, 2.2955871494, 3.1427182818, 0.1878596424),
    (2.5029078751, 1.9021605823, 0.4142135623, 1.2020569032, 0.6434105463, 2.8077702420),
    (-0.5835998, -1.4513692, 0.3130352, -2.0945514, 1.5396007, -0.8241323),
)
_DIGITS: Final = 40
_TOLERANCE: Final = 1e-25
_MAX_EXPONENT: Final = 1000
_MAX_NODES: Final = 120

# It warns, once, that its time limit is off.
logging.getLogger("math_verify").setLevel(logging.ERROR)


def same_formula(first: str, second: str) -> bool:
    """Whether two expression keys' values say the same; False where either is no safe formula."""
    trees = [formula(first), formula(second)]
    if any(tree is None or not _is_safe(tree) for tree in trees):
        return False
    left, right = (tree for tree in trees if tree is not None)
    if left.is_relation != right.is_relation:
        left, right = _assigned(left), _assigned(right)
    if left.is_relation != right.is_relation:
        return False
    real = not any(node.leaf == "i" for tree in (left, right) for node in _nodes(tree))
    return (
        _agree(left, right) and _verified(left, right, real) and _verified(right, left, real)
    )  # fmt: skip


def _assigned(tree: Formula) -> Formula:
    """The right side of `y = 2x + 1`, other trees unchanged."""
    if tree.head == "=" and tree.parts[0].head == "symbol":
        return tree.parts[1]
    return tree


def _is_safe(tree: Formula) -> bool:
    nodes = list(_nodes(tree))
    if len(nodes) > _MAX_NODES:
        return False
    return all(_is_small(node) for node in nodes)


def _is_small(node: Formula) -> bool:
    """No power or factorial that takes long to write out, and no tower of either."""
    if node.head not in ("^", "!"):
        return True
    exponent = node.parts[-1]
    value = rational_value(exponent)
    if value is None:
        return not any(inner.head in ("^", "!") for inner in _nodes(exponent))
    return abs(value) <= _MAX_EXPONENT


def _nodes(tree: Formula) -> Iterator[Formula]:
    yield tree
    for part in tree.parts:
        yield from _nodes(part)


def _verified(gold: Formula, answer: Formula, real: bool) -> bool:
    from math_verify import verify

    sides = _as_sympy(gold, real), _as_sympy(answer, real)
    try:
        return verify(*sides, timeout_seconds=None, raise_on_error=True) is True
    except (ArithmeticError, AttributeError, NotImplementedError, TypeError, ValueError):
        return False


def _agree(left: Formula, right: Formula) -> bool:
    """Whether nothing speaks against equality at some points of the plane.

    Two expressions must have one value; two relations must have sides whose differences are in a
    constant ratio, positive where an inequality is not turned round.
    """
    symbols = sorted({node.leaf for tree in (left, right) for node in _nodes(tree)} - {""})
    names = [name for name in symbols if name[0].isalpha() and name not in ("pi", "e", "i")]
    if len(names) > len(_POINTS[0]):
        return False
    if left.is_relation:
        ratios = [_ratio(left, right, names, point) for point in _POINTS]
        known = [ratio for ratio in ratios if ratio is not None]
        return bool(known) and all(_near(ratio, known[0]) for ratio in known) and _same_direction(
            left.head, right.head, known[0]
        )  # fmt: skip
    pairs = [(_at(left, names, point), _at(right, names, point)) for point in _POINTS]
    known_pairs = [(one, two) for one, two in pairs if one is not None and two is not None]
    return bool(known_pairs) and all(_near(one, two) for one, two in known_pairs)


def _ratio(left: Formula, right: Formula, names: list[str], point: tuple[float, ...]) -> Any:
    sides = [_at(Formula("-", tree.parts), names, point) for tree in (left, right)]
    return None if sides[0] is None or not sides[1] else sides[0] / sides[1]


def _same_direction(first: str, second: str, ratio: Any) -> bool:
    if not ratio.imag == 0 or ratio == 0:
        return False
    turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
    if first not in turned:
        return first == second
    return (turned[first] if ratio.real < 0 else first) == second


def _near(one: Any, two: Any) -> bool:
    return bool(abs(one - two) <= _TOLERANCE * max(abs(one), abs(two)))


def _at(tree: Formula, names: list[str], point: tuple[float, ...]) -> Any:
    """A complex number of mpmath, None where the formula has no value there."""
    import mpmath
    from sympy import Rational, Symbol

    values = {Symbol(name): Rational(str(x)) for name, x in zip(names, point, strict=False)}
    try:
        number = _as_sympy(tree, real=False).evalf(_DIGITS, subs=values)
        real, imaginary = number.as_real_imag()
        with mpmath.workdps(_DIGITS):
            value = mpmath.mpc(mpmath.mpmathify(real), mpmath.mpmathify(imaginary))
    except (ArithmeticError, AttributeError, NotImplementedError, TypeError, ValueError):
        return None
    return value if mpmath.isfinite(value) else None


@functools.lru_cache(maxsize=256)
def _as_sympy(tree: Formula, real: bool) -> "Expr":
    """The tree in SymPy, with variables that are real numbers or any."""
    return _Builder(real).build(tree)


class _Builder:
    def __init__(self, real: bool) -> None:
        import sympy

        self._sympy: Any = sympy
        self._real = real or None

    def build(self, tree: Formula) -> Any:
        if tree.head == "number":
            return self._sympy.Rational(tree.leaf)
        if tree.head == "symbol":
            return self._symbol(tree.leaf)
        return self._operation(tree.head, [self.build(part) for part in tree.parts])

    def _symbol(self, name: str) -> Any:
        constants = {"pi": self._sympy.pi, "e": self._sympy.E, "i": self._sympy.I}
        return constants.get(name) or self._sympy.Symbol(name, real=self._real)

    def _operation(self, head: str, parts: list[Any]) -> Any:
        if head in _OPERATORS:
            return _OPERATORS[head](*parts)
        if head in _RELATIONS:
            return getattr(self._sympy, _RELATIONS[head])(*parts, evaluate=False)
        if head == "!":
            return self._sympy.gamma(parts[0] + 1)  # has values between integers too
        if head == "log" and len(parts) == 1:
            # Of which base is not said: neither ln nor lg, with the laws of both.
            return self._sympy.log(parts[0]) / self._sympy.Catalan
        # Base and degree come first in a tree and last in SymPy.
        ordered = parts if head == "binom" else parts[::-1]
        return getattr(self._sympy, _FUNCTIONS.get(head, head))(*ordered)


_OPERATORS: Final[dict[str, Callable[..., Any]]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "^": operator.pow, "negative": operator.neg,
}  # fmt: skip
_RELATIONS: Final = {"=": "Eq", "!=": "Ne", "<": "Lt", ">": "Gt", "<=": "Le", ">=": "Ge"}
_FUNCTIONS: Final = {
    "abs": "Abs", "ln": "log", "arcsin": "asin", "arccos": "acos",
    "arctan": "atan", "binom": "binomial",
}  # fmt: skip
