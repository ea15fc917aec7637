"""The certificate of decontamination in words: what was checked, partly, not, and could not be."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from backend.exports.formats.markdown import folded, listed, plain, table


class Unchecked(NamedTuple):
    """Benchmarks that a report names and of which no item was looked for.

    Attributes:
        before: out when the rows were frozen, or nobody knows since when: the rows may hold them.
        after: first published in a later month, with that month.
    """

    before: list[str]
    after: list[tuple[str, str]]


def unchecked(certificate: Mapping[str, Any], frozen_at: datetime) -> Unchecked:
    """Tell what was not checked from what could not be.

    Months are all that is known of releases; one of the month of the freeze counts as before it.
    """
    also = certificate.get("also_evaluated", ())
    released = certificate.get("released", {})
    missing = [
        *certificate["not_checked"],
        *(one["name"] for one in also if not one["items_checked"]),
    ]
    month = frozen_at.strftime("%Y-%m")
    after = [(name, released[name]) for name in missing if (released.get(name) or "") > month]
    later = {name for name, _ in after}
    return Unchecked([name for name in missing if name not in later], after)


def decontamination_section(certificate: Mapping[str, Any], frozen_at: datetime) -> str:
    """What a reader has to know before trusting a score of a model trained on the rows."""
    loaded = certificate["benchmarks"]
    items = sum(one["items"] for one in loaded)
    found = unchecked(certificate, frozen_at)
    also = [one for one in certificate.get("also_evaluated", ()) if one["items_checked"]]
    parts = [
        f"{_moment(certificate)}Rows were checked against {len(loaded):,} loaded benchmarks"
        f" ({items:,} items), and those that a hit stops were left out. Of the benchmarks that"
        f" {plain(certificate['named_by'])} names:",
        table(
            ("benchmark", "checked", "items checked", "items"),
            [
                *(_row(one, "in full" if one["items"] else "of unknown size")
                  for one in certificate["checked"]),
                *(_row(one, "partly") for one in certificate["partly_checked"]),
                *(_row(one, _how_far(one)) for one in also),
                *((name, "NOT checked", 0, "") for name in found.before),
                *((name, f"released {month}, after the freeze", 0, "")
                  for name, month in found.after),
            ],
        ),
        *_warnings(certificate, found),
        *_loaded(loaded),
    ]  # fmt: skip
    return "\n\n".join(parts)


def _moment(certificate: Mapping[str, Any]) -> str:
    at = certificate.get("decided_at")
    return "" if at is None else f"As decided {plain(str(at))}. "


def _row(one: Mapping[str, Any], how: str) -> tuple[str, str, int, str]:
    return one["name"], how, one["items_checked"], f"{one['items']:,}" if one["items"] else ""


def _how_far(one: Mapping[str, Any]) -> str:
    return "in full" if one["items_checked"] >= one["items"] else "partly"


def _warnings(certificate: Mapping[str, Any], found: Unchecked) -> list[str]:
    points = []
    if found.before:
        names = ", ".join(plain(name) for name in found.before)
        points.append(f"**NOT checked: {names}.** Scores on these may be too good.")
    if found.after:
        names = ", ".join(f"{plain(name)} ({month})" for name, month in found.after)
        points.append(
            f"Released after the rows were frozen: {names}. No row can be copied from them; what"
            " they themselves are made of may be older."
        )
    if count := certificate["never_checked"]:
        points.append(f"**{count:,} seeds were never checked.**")
    if count := certificate["checked_before"]:
        points.append(f"{count:,} seeds were checked before a benchmark changed, and not since.")
    if count := certificate.get("rows_with_confirmed_hits"):
        points.append(
            f"{count:,} rows are made from benchmark items that a curator lets through: their"
            " column `confirmed_hits` names them."
        )
    return [listed(points)] if points else []


def _loaded(loaded: Sequence[Mapping[str, Any]]) -> list[str]:
    if not loaded:
        return []
    rows = [
        (one["name"], one["version"], one["split"], one["items"], one["licence"] or "unknown",
         one["loaded_at"])
        for one in loaded
    ]  # fmt: skip
    header = ("benchmark", "version", "split", "items", "licence", "loaded")
    return [folded("The loaded benchmarks", table(header, rows))]
