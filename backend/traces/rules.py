"""The rules of a run for traces: the science's defaults, and what a caller replaces."""

from collections.abc import Mapping

from backend.errors import Invalid
from backend.science.trace_faults import DEFAULT_RULES, TraceRules


def checked_rules(overrides: Mapping[str, float | bool | None]) -> TraceRules:
    """The default rules with these in place of theirs.

    Raises:
        Invalid: a rule is unknown or has a value that it cannot take; the field names it.
    """
    for name, value in overrides.items():
        field = f"rules.{name}"
        if name not in TraceRules._fields:
            raise Invalid(f"there is no rule {name}", field=field)
        if problem := _problem(getattr(DEFAULT_RULES, name), value):
            raise Invalid(problem, field=field)
    return DEFAULT_RULES._replace(**overrides)  # type: ignore[arg-type] # each is checked


def _problem(default: object, value: float | bool | None) -> str | None:
    """Why a rule cannot have the value; those that are null by default count something."""
    if isinstance(default, bool):
        return None if isinstance(value, bool) else "must be true or false"
    if value is None:
        return None if default is None else "cannot be null"
    if isinstance(value, bool) or value < 0:
        return "must be a number from 0 on"
    if not isinstance(default, float) and not isinstance(value, int):
        return "must be a whole number"
    return None
