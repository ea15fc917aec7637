"""What waits for curators and how fast it is decided: counted over all seeds and decisions."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from backend.duplicates.undecided import DISMISSED
from backend.overview.pace import days_to_empty
from backend.overview.queue_schemas import AgeBand, Pace, QueueCounts, WorkDay

DAYS_SHOWN: Final = 30
PACE_DAYS: Final = 7
AGE_DAYS: Final = (0, 1, 3, 7, 30)

_SEEDS: Final = text("""
    select date(timezone('UTC', created_at)) as day, count(*) as arrived,
        count(*) filter (where created_at > now() - make_interval(days => :pace_days)) as recent,
        count(*) filter (where status = 'pending') as pending,
        count(*) filter (where status = 'needs_rewrite') as needs_rewrite,
        min(created_at) filter (where status = 'pending') as oldest,
        min(created_at) as first
    from seed where withdrawn_at is null
    group by 1 order by 1
""")

_DECISIONS: Final = text("""
    select date(timezone('UTC', created_at)) as day, kind, count(*) as seeds, count(batch) as bulk,
        count(*) filter (
            where batch is null and created_at > now() - make_interval(days => :pace_days)
        ) as recent
    from decision
    where kind in ('accept', 'reject', 'needs_rewrite')
        and created_at > now() - make_interval(days => :days_shown)
        and not exists (select from decision undo where undo.undoes_id = decision.id)
    group by 1, 2
""")

# As `backend.duplicates.undecided` says it of each group, over all groups at once.
_DUPLICATE_GROUPS: Final = text(f"""
    select count(*) from (
        select from duplicate_group listed
        join seed leader on leader.id = listed.leader_id and leader.withdrawn_at is null
        join duplicate_sketch own
            on own.seed_id = leader.id and own.revision_id = leader.revision_id
        join duplicate_member member on member.group_id = listed.id
        join seed on seed.id = member.seed_id
            and seed.withdrawn_at is null and seed.status <> 'rejected'
        join duplicate_sketch sketch
            on sketch.seed_id = seed.id and sketch.revision_id = seed.revision_id
        where not {DISMISSED}
        group by listed.id, leader.status
        having count(*) + (leader.status <> 'rejected')::int >= 2
    ) undecided
""")


def queue_counts(session: Session) -> QueueCounts:
    """Count what waits and what was decided."""
    now = session.scalars(select(func.timezone("UTC", func.now()))).one()
    given = {"pace_days": PACE_DAYS, "days_shown": DAYS_SHOWN}
    seeds = session.execute(_SEEDS, {"pace_days": PACE_DAYS}).all()
    decisions = session.execute(_DECISIONS, given).all()
    return QueueCounts(
        pending=sum(row.pending for row in seeds),
        oldest_pending_at=min((row.oldest for row in seeds if row.oldest), default=None),
        by_age=_by_age(now.date(), seeds),
        days=_days(now.date(), seeds, decisions),
        pace=_pace(now, seeds, decisions),
        needs_rewrite=sum(row.needs_rewrite for row in seeds),
        duplicate_groups=session.scalars(_DUPLICATE_GROUPS).one(),
    )


def _by_age(today: date, seeds: Iterable[Row[Any]]) -> list[AgeBand]:
    ends: list[int | None] = [*AGE_DAYS[1:], None]
    bands = [
        AgeBand(from_days=start, to_days=end, count=0)
        for start, end in zip(AGE_DAYS, ends, strict=True)
    ]
    for row in seeds:
        age = (today - row.day).days
        place = max((n for n, start in enumerate(AGE_DAYS) if age >= start), default=0)
        bands[place].count += row.pending
    return bands


def _days(today: date, seeds: Iterable[Row[Any]], decisions: Iterable[Row[Any]]) -> list[WorkDay]:
    """The last days without a gap, the newest last, from the first on which anything happened."""
    days = {
        day: WorkDay(day=day, arrived=0, accept=0, reject=0, needs_rewrite=0, in_bulk=0)
        for day in (today - timedelta(days=back) for back in range(DAYS_SHOWN - 1, -1, -1))
    }
    for row in seeds:
        if row.day in days:
            days[row.day].arrived = row.arrived
    for row in decisions:
        if row.day in days:
            setattr(days[row.day], row.kind, row.seeds)
            days[row.day].in_bulk += row.bulk
    begun = [day for day, row in days.items() if row.arrived or row.accept + row.reject]
    return [row for day, row in days.items() if begun and day >= begun[0]]


def _pace(now: datetime, seeds: Iterable[Row[Any]], decisions: Iterable[Row[Any]]) -> Pace:
    """Over the last seven days, or since the first seed came; over a day at least."""
    seeds = list(seeds)
    first = min((row.first for row in seeds), default=None)
    age = (now - first.replace(tzinfo=None)).total_seconds() / 86400 if first else 0.0
    days = min(float(PACE_DAYS), max(1.0, age))
    decided = sum(row.recent for row in decisions) / days
    arrived = sum(row.recent for row in seeds) / days
    forecast = days_to_empty(sum(row.pending for row in seeds), decided, arrived)
    return Pace(
        days=days, decided=decided, arrived=arrived,
        days_to_empty=forecast.days, reason=forecast.reason,
    )  # fmt: skip
