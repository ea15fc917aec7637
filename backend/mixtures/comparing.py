"""Two versions side by side: which seeds came, went or are taken otherwise, and why."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from backend.errors import Conflict
from backend.mixtures.schemas import Comparison, Difference, DifferenceCount, VersionDetail
from backend.mixtures.versions import get_version

LISTED: Final = 200

# Of each seed what it has in either version. A seed in neither left-out list was not meant by that
# version's recipe, or not accepted then; of that no more is known than when it was imported.
_DIFFERENT: Final = """
    with held as (
        select version_id, seed_id, count(*) as rows, min(split) as split,
            min(revision_id) as revision_id, max(weight) as weight,
            array_agg(distinct sample_id order by sample_id) as samples
        from mixture_row where version_id in (:before, :after) group by version_id, seed_id
    ), paired as (
        select coalesce(older.seed_id, newer.seed_id) as seed_id,
            older.seed_id is null as came, newer.seed_id is null as went,
            coalesce(older.rows, 0) as before, coalesce(newer.rows, 0) as after,
            older.revision_id <> newer.revision_id as reworded,
            older.samples <> newer.samples as retraced,
            older.split <> newer.split as resplit, older.rows <> newer.rows as reweighted
        from (select * from held where version_id = :before) older
        full join (select * from held where version_id = :after) newer using (seed_id)
    ), different as (
        select paired.seed_id, before, after,
            case when came then 'came' when went then 'went' else 'changed' end as change,
            case
                when came then coalesce(
                    was_out.reason,
                    case when seed.created_at > :frozen_at then 'imported_since'
                        else 'not_meant' end)
                when went then coalesce(
                    is_out.reason,
                    case when seed.withdrawn_at <= :frozen_again_at then 'taken_back'
                        else 'not_meant' end)
                when reworded then 'wording' when resplit then 'split'
                when retraced then 'trace' else 'weight'
            end as why
        from paired join seed on seed.id = paired.seed_id
        left join mixture_left_out was_out
            on was_out.version_id = :before and was_out.seed_id = paired.seed_id
        left join mixture_left_out is_out
            on is_out.version_id = :after and is_out.seed_id = paired.seed_id
        where came or went or reworded or resplit or retraced or reweighted
    )
"""
_COUNTS: Final = text(
    _DIFFERENT
    + "select change, why, count(*) as seeds from different group by change, why "
    + "order by change, seeds desc, why"
)
_LIST: Final = text(_DIFFERENT + "select * from different order by seed_id limit :limit")


def compare(session: Session, before_id: int, after_id: int) -> Comparison:
    """What came and went from one version to another.

    Raises:
        NotFound: there is no such version.
        Conflict: one of them is not frozen yet.
    """
    before, after = (_frozen(session, number) for number in (before_id, after_id))
    wanted = {
        "before": before_id, "after": after_id, "frozen_at": before.frozen_at,
        "frozen_again_at": after.frozen_at,
    }  # fmt: skip
    counts = session.execute(_COUNTS, wanted).all()
    listed = session.execute(_LIST, wanted | {"limit": LISTED}).all()
    return Comparison(
        before=before,
        after=after,
        same=before.rows_hash == after.rows_hash,
        counts=[DifferenceCount(**_fields(row)) for row in counts],
        differences=[Difference(**_fields(row)) for row in listed],
        recipe=_changed(before, after),
    )


def _frozen(session: Session, version_id: int) -> VersionDetail:
    version = get_version(session, version_id)
    if version.state != "frozen":
        message = f"version {version.number} of {version.mixture} is {version.state}"
        raise Conflict(message, code="not_frozen")
    return version


def _fields(row: Row[Any]) -> dict[str, Any]:
    return row._asdict()


def _changed(before: VersionDetail, after: VersionDetail) -> dict[str, tuple[Any, Any]]:
    """The fields of the recipes that differ, by their paths."""
    older, newer = (dict(_flat("", one.recipe.document())) for one in (before, after))
    return {
        path: (older.get(path), newer.get(path))
        for path in sorted(older.keys() | newer.keys())
        if older.get(path) != newer.get(path)
    }


def _flat(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _flat(f"{path}.{name}" if path else name, one)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _flat(f"{path}.{_label(one, number)}", one)
    else:
        yield path, value


def _label(value: Any, number: int) -> str:
    """Parts and clusters are called by what they are, so that another order is no difference."""
    if isinstance(value, dict) and "tier" in value:
        return f"{value.get('domain', 'no domain')}, {value['tier']}"
    return str(value.get("name", number)) if isinstance(value, dict) else str(number)
