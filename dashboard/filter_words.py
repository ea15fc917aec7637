"""Pure: a seed filter as an address, as a form and as a reader have it."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, cast

from dashboard.rows import SeedCount, SeedFilter
from dashboard.wording import name, plural, rounded

TEXTS: Final = {"licence": "Licence", "tag": "Tag", "external_id": "Name at the source"}
MARKS: Final = {
    "flagged": "flagged",
    "tie": "tied votes",
    "key_conflict": "strong disagrees with weak",
    "has_hits": "open hits",
    "contaminated": "contaminated",
    "has_answer": "given answer",
    "has_domain": "a domain",
    "has_duplicates": "near-duplicates to settle",
    "synthetic": "synthetic",
}
RANGES: Final = {
    "score": "Score",
    "agreement": "Weak agreement",
    "reliability": "Key reliability",
    "margin": "Margin of the vote",
    "interval_width": "Width of the interval",
    "judge_gap": "Judge against vote",
    "steps": "Steps",
}
TIMES: Final = {"created_after": "Came in since", "created_before": "Came in before"}
NUMBERS: Final = ("import_id", "decided_by", "seed_id", "parent")
MORE: Final = (
    *TEXTS,
    *MARKS,
    *(f"{end}_{field}" for field in RANGES for end in ("min", "max")),
    *TIMES,
    *NUMBERS,
)
"""Every field of the filter that has no widget in the first row."""


class Unreadable(ValueError):
    """A field of an address that holds no value of its kind."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{name(field)} cannot be “{text}”")


class Chip(NamedTuple):
    """A condition in words, and the fields of the filter that say it."""

    label: str
    fields: tuple[str, ...]


def read(field: str, text: str) -> Any:
    """The value of a field of an address.

    Raises:
        Unreadable: it is none.
    """
    try:
        if field in MARKS:
            return {"true": True, "false": False}[text.lower()]
        if field in NUMBERS or field.endswith("_steps"):
            return int(text)
        return float(text) if field.startswith(("min_", "max_")) else text
    except (KeyError, ValueError) as error:
        raise Unreadable(field, text) from error


def written(value: Any) -> str:
    """A value as an address has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def chips(chosen: Mapping[str, Any]) -> list[Chip]:
    """The conditions of a filter in words, a range as one of them."""
    given = {field: value for field, value in chosen.items() if value not in (None, "")}
    found = []
    for field in given:
        if field.startswith("max_") and f"min_{field[4:]}" in given:
            continue
        if (chip := _chip(field, given)) is not None:
            found.append(chip)
    return found


def _chip(field: str, given: Mapping[str, Any]) -> Chip | None:
    value = given[field]
    if field == "sort":
        return None
    if field in MARKS:
        return Chip(MARKS[field] if value else f"not: {MARKS[field]}", (field,))
    if field.startswith(("min_", "max_")):
        return _range_chip(field[4:], given)
    if field in ("seed_id", "parent"):
        return Chip(f"{'made from ' if field == 'parent' else ''}seed {value}", (field,))
    if field == "decided_by":
        return Chip("decided by one curator", (field,))
    if field == "q":
        return Chip(f"“{value}”", (field,))
    return Chip(f"{(TEXTS | TIMES).get(field, name(field))}: {name(str(value))}".lower(), (field,))


def _range_chip(measure: str, given: Mapping[str, Any]) -> Chip:
    least, most = given.get(f"min_{measure}"), given.get(f"max_{measure}")
    label = RANGES[measure].lower()
    if least is None:
        return Chip(f"{label} at most {most:g}", (f"max_{measure}",))
    if most is None:
        return Chip(f"{label} at least {least:g}", (f"min_{measure}",))
    return Chip(f"{label} {least:g} to {most:g}", (f"min_{measure}", f"max_{measure}"))


def in_words(chosen: SeedFilter) -> str:
    """The filter as a part of a sentence: "all seeds", or the conditions."""
    return ", ".join(chip.label for chip in chips(chosen)) or "all seeds"


def matching(counted: SeedCount) -> str:
    """How many match, in words."""
    total = counted["count"]
    if not counted["exact"]:
        return f"About {plural(rounded(total), 'seed')} match"
    return f"{plural(total, 'seed')} {'matches' if total == 1 else 'match'}"


def without_sort(chosen: SeedFilter) -> SeedFilter:
    """The filter for everything but a list: nothing else has an order."""
    return cast(SeedFilter, {field: value for field, value in chosen.items() if field != "sort"})
