"""What an export's seeds were checked against, and what not: silence must not read as clean."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.decontamination.coverage import evaluated_benchmarks, named_benchmarks
from backend.decontamination.named import REPORT
from backend.decontamination.schemas import NamedOut
from backend.decontamination.tables import Benchmark
from backend.exports.selection import Census


def certificate(session: Session, counted: Census) -> dict[str, Any]:
    """The part of a manifest that is about decontamination.

    Of the benchmarks that a report names, `not_checked` are those of which nothing is loaded, and
    `partly_checked` those of which items are missing; `items` is null where nobody knows how many
    there are. `also_evaluated` are those that it evaluates on besides, since its own data is older
    than they are: data made now may not be. `released` is the month of each one's publication, as
    far as it is known. `summary` says it in words.
    """
    benchmarks, named = _benchmarks(session), named_benchmarks(session)
    also = evaluated_benchmarks(session)
    return {
        "benchmarks": benchmarks,
        "named_by": REPORT,
        "checked": [_share(one) for one in named if one.status == "loaded"],
        "partly_checked": [_share(one) for one in named if one.status == "partly"],
        "not_checked": [one.name for one in named if one.status == "missing"],
        "also_evaluated": [_share(one) for one in also],
        "released": {one.name: one.released for one in (*named, *also)},
        "never_checked": counted.never_checked,
        "checked_before": counted.checked_before,
        "summary": " ".join(_sentences(benchmarks, named, also, counted)),
    }


def _benchmarks(session: Session) -> list[dict[str, Any]]:
    loaded = select(Benchmark).where(Benchmark.item_count > 0)
    return [
        {
            "name": row.name, "version": row.version, "split": row.split, "licence": row.licence,
            "gated": row.gated, "items": row.item_count,
            "loaded_at": row.changed_at.isoformat(timespec="seconds"),
        }
        for row in session.scalars(loaded.order_by(Benchmark.name, Benchmark.id))
    ]  # fmt: skip


def _share(named: NamedOut) -> dict[str, Any]:
    return {"name": named.name, "items_checked": named.items_loaded, "items": named.items}


def _sentences(
    benchmarks: Sequence[dict[str, Any]],
    named: Sequence[NamedOut],
    also: Sequence[NamedOut],
    counted: Census,
) -> list[str]:
    items = sum(row["items"] for row in benchmarks)
    loaded = [one for one in named if one.status == "loaded"]
    whole = sum(one.items is not None for one in loaded)
    said = [
        f"Checked against {len(benchmarks):,} loaded benchmarks ({items:,} items).",
        f"Of the {len(named)} that {REPORT} names, {whole} are loaded in full.",
    ]
    lists = {
        "Loaded, of unknown size": [_amount(o) for o in loaded if not o.items],
        "Only in part": [_amount(one) for one in named if one.status == "partly"],
        "NOT checked": [one.name for one in named if one.status == "missing"],
        "Evaluated on besides, NOT checked": [
            f"{one.name} (released {one.released})" for one in also if one.status == "missing"
        ],
        "Seeds that were never checked": _unless_none(counted.never_checked),
        "Seeds checked before a benchmark changed": _unless_none(counted.checked_before),
    }
    return said + [f"{what}: {', '.join(those)}." for what, those in lists.items() if those]


def _amount(named: NamedOut) -> str:
    of = f" of {named.items:,}" if named.items else ""
    return f"{named.name} ({named.items_loaded:,}{of})"


def _unless_none(count: int) -> list[str]:
    return [f"{count:,}"] if count else []
