"""Whether two answers say the same: rules by type, and algebra for what is a formula.

Equal keys are equivalent, and keys of different kinds never are, with two exceptions. A number and
a quantity (`18` and `18 USD`) are equivalent where the number is the same, since a prompt fixes the
unit of what it asks for; an exact number and an expression are where algebra proves it (`3` and
`log_2(8)`). Two quantities are compared by exact value where their units measure the
same (`0.5 m`, `50 cm`), and differ otherwise. Letters, booleans, numbers, percentages, dates,
times, outputs and texts have nothing beyond their keys: 1/2 and 0.5, or 0.33 and 0.333, are
different answers. Tuples, intervals and matrices are compared part by part, sets by a pairing of
their elements, expressions by algebra.

The relation is symmetric and not transitive (5 cm, 5, 5 m): see `answer_classes`.
"""

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

from backend.science.answer_formulas import formula
from backend.science.answer_keys import AnswerKey
from backend.science.answer_units import Unit, are_compatible, unit_of
from backend.science.formula_algebra import same_formula

FormulaTest = Callable[[str, str], bool]

_NUMBERS: Final = frozenset({"integer", "rational", "decimal", "expression"})
_EXACT: Final = frozenset({"integer", "rational", "expression"})
_MAX_ELEMENTS: Final = 24


class NeedsAlgebra(Exception):
    """The rules alone do not decide."""


def equivalent(
    first: AnswerKey, second: AnswerKey, same_formula: FormulaTest = same_formula
) -> bool:
    """Whether two keys say the same.

    May take minutes where algebra is needed: see `decided_by_rules` for what needs none.
    """
    if first == second:
        return True
    if "sha256:" in (first.value[:7], second.value[:7]):
        return False
    first, second = sorted((first, second), key=lambda key: (key.kind == "quantity", key))
    if not may_be_equivalent(first, second):
        return False
    compare = _COMPARISONS.get(_leading_kind(first, second))
    return compare is not None and compare(first, second, same_formula)


def decided_by_rules(first: AnswerKey, second: AnswerKey) -> bool | None:
    """Whether two keys say the same, None where only algebra can tell; takes microseconds."""
    try:
        return equivalent(first, second, _ask_algebra)
    except NeedsAlgebra:
        return None


def equivalent_by_rules(first: AnswerKey, second: AnswerKey) -> bool:
    """Whether the rules alone say that two keys say the same; takes microseconds."""
    return decided_by_rules(first, second) is True


def may_be_equivalent(first: AnswerKey, second: AnswerKey) -> bool:
    """Whether the kinds of two keys allow them to say the same."""
    kinds = {first.kind, second.kind}
    measured = "quantity" in kinds and bool(kinds & _NUMBERS)
    return len(kinds) == 1 or measured or ("expression" in kinds and kinds <= _EXACT)


def _leading_kind(first: AnswerKey, second: AnswerKey) -> str:
    """The kind whose comparison both keys go through."""
    kinds = (first.kind, second.kind)
    return next((kind for kind in ("quantity", "expression") if kind in kinds), first.kind)


def _ask_algebra(first: str, second: str) -> bool:
    raise NeedsAlgebra


def _expressions(first: AnswerKey, second: AnswerKey, same_formula: FormulaTest) -> bool:
    ratios = [_ratio(key.value) for key in (first, second)]
    if None not in ratios:
        return ratios[0] == ratios[1]
    trees = [formula(key.value) for key in (first, second)]
    return None not in trees and same_formula(first.value, second.value)


def _ratio(value: str) -> list[Fraction] | None:
    """The terms of 6:8 over the first."""
    terms = value.split(":")
    if len(terms) < 2 or not all(term.isdecimal() for term in terms) or int(terms[0]) == 0:
        return None
    return [Fraction(int(term), int(terms[0])) for term in terms]


def _quantities(first: AnswerKey, second: AnswerKey, same_formula: FormulaTest) -> bool:
    number, unit = _measured(second)
    if first.kind != "quantity":
        return first == number or (
            first.kind == number.kind == "expression" and equivalent(first, number, same_formula)
        )
    other_number, other_unit = _measured(first)
    if unit is None or other_unit is None or not are_compatible(unit, other_unit):
        return False
    if "expression" in (number.kind, other_number.kind):
        return unit == other_unit and equivalent(number, other_number, same_formula)
    factors = (1, 1) if "degree" in (unit[0], other_unit[0]) else (unit.factor, other_unit.factor)
    return Fraction(number.value) * factors[0] == Fraction(other_number.value) * factors[1]


def _measured(quantity: AnswerKey) -> tuple[AnswerKey, Unit | None]:
    number, _, symbol = quantity.value.rpartition(" ")
    return _number(number), unit_of(_spoken(symbol))


def _spoken(symbol: str) -> str:
    return symbol.replace("degree_", "degree ")


def _number(value: str) -> AnswerKey:
    try:
        Fraction(value)
    except (ValueError, ZeroDivisionError):
        return AnswerKey("expression", value)
    if "." in value:
        return AnswerKey("decimal", value)
    return AnswerKey("rational" if "/" in value else "integer", value)


def _sequences(first: AnswerKey, second: AnswerKey, same_formula: FormulaTest) -> bool:
    return _in_order(json.loads(first.value), json.loads(second.value), same_formula)


def _in_order(first: list[Any], second: list[Any], same_formula: FormulaTest) -> bool:
    if len(first) != len(second) or len(first) > _MAX_ELEMENTS:
        return False
    return all(_parts(one, two, same_formula) for one, two in zip(first, second, strict=True))


def _parts(first: Any, second: Any, same_formula: FormulaTest) -> bool:
    """Two elements: rows of a matrix, brackets of an interval, or keys."""
    if first == second:
        return True
    if isinstance(first, list) and isinstance(second, list):
        return _in_order(first, second, same_formula)
    if not all(isinstance(part, str) and ":" in part for part in (first, second)):
        return False
    return equivalent(AnswerKey.parse(first), AnswerKey.parse(second), same_formula)


def _intervals(first: AnswerKey, second: AnswerKey, same_formula: FormulaTest) -> bool:
    one, two = json.loads(first.value), json.loads(second.value)
    unions = [parts[0].startswith("interval:") for parts in (one, two)]
    if unions[0] != unions[1]:
        return False
    return (_paired if unions[0] else _in_order)(one, two, same_formula)


def _sets(first: AnswerKey, second: AnswerKey, same_formula: FormulaTest) -> bool:
    return _paired(json.loads(first.value), json.loads(second.value), same_formula)


def _paired(first: list[str], second: list[str], same_formula: FormulaTest) -> bool:
    """Whether each element of one has a partner of its own in the other."""
    if len(first) != len(second) or len(first) > _MAX_ELEMENTS:
        return False
    left = [part for part in second if part not in first]
    for part in first:
        if part in second:
            continue
        partner = next((other for other in left if _parts(part, other, same_formula)), None)
        if partner is None:
            return False
        left.remove(partner)
    return True


_COMPARISONS: Final[dict[str, Callable[[AnswerKey, AnswerKey, FormulaTest], bool]]] = {
    "expression": _expressions,
    "quantity": _quantities,
    "tuple": _sequences,
    "matrix": _sequences,
    "interval": _intervals,
    "set": _sets,
}
