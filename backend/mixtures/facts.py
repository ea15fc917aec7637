"""What a version remembers of the world that it was frozen in, for exports of any later day.

Verdicts are computed anew, seeds move to other domains, curators change their word on hits, and
mixtures are renamed. Two exports of one version are the same bytes all the same.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from backend.decontamination.index import current_version
from backend.exports.certificate import certificate
from backend.exports.selection import Census
from backend.mixtures.tables import Mixture, MixtureRow, MixtureVersion
from backend.seeds.tables import Seed

# Of hits those that a curator lets through, as `backend.decontamination.standing.CARRIED`.
_SEEDS: Final = text("""
    insert into mixture_seed (version_id, revision_id, domain, licence, verdict, score,
        reliability, key_origin, reference_answer, policy, confirmed_hits)
    select :version_id, held.revision_id, seed.domain, seed.licence, latest.verdict, latest.score,
        latest.reliability,
        case when wording.answer is null then latest.key_origin else seed.answer_origin end,
        latest.reference_answer, latest.policy, coalesce(hits.names, '{}')
    from (
        select distinct seed_id, revision_id from mixture_row where version_id = :version_id
    ) held
    join seed on seed.id = held.seed_id
    join seed_revision wording on wording.id = held.revision_id
    left join lateral (
        select teachability.*, policy.name || ' v' || policy.version as policy
        from teachability join policy on policy.id = teachability.policy_id
        where teachability.revision_id = held.revision_id
        order by teachability.created_at desc, teachability.id desc limit 1
    ) latest on true
    left join (
        select hit.revision_id, array_agg(named.name order by named.name) as names
        from decontamination_hit hit
        join benchmark_item item on item.id = hit.item_id
        join benchmark on benchmark.id = item.benchmark_id
        cross join lateral (
            select concat_ws(' ', benchmark.name, benchmark.version, benchmark.split,
                item.external_id) as name
        ) named
        where hit.state = 'confirmed' and hit.action <> 'block'
        group by hit.revision_id
    ) hits on hits.revision_id = held.revision_id
""")


def remember_seeds(session: Session, version_id: int) -> None:
    """Keep what is known now of each wording that a version holds."""
    session.execute(_SEEDS, {"version_id": version_id})


def facts_of(session: Session, version_id: int) -> dict[str, Any]:
    """The mixture's name and what its seeds have been checked against, with the time."""
    name = select(Mixture.name).join(MixtureVersion).where(MixtureVersion.id == version_id)
    checked = certificate(session, version_census(session, version_id))
    decided_at = datetime.now(UTC).isoformat(timespec="seconds")
    return {"mixture": session.scalar(name), "certificate": checked | {"decided_at": decided_at}}


def kept_facts(session: Session, version_id: int) -> Mapping[str, Any]:
    """The facts of a version; of one that was frozen before they were kept, those of now for good.

    The caller commits.
    """
    row = session.get_one(MixtureVersion, version_id, with_for_update=True, populate_existing=True)
    if row.facts is None:
        facts = facts_of(session, version_id)
        session.execute(
            update(MixtureVersion).where(MixtureVersion.id == version_id).values(facts=facts)
        )
        return facts
    return row.facts


def version_census(session: Session, version_id: int) -> Census:
    """How many seeds a version has, and how many of their wordings were not checked, or not lately.

    A wording that is its seed's no longer is not checked any more: it counts as checked before.
    """
    held = (
        select(MixtureRow.seed_id, MixtureRow.revision_id)
        .where(MixtureRow.version_id == version_id)
        .distinct()
        .subquery()
    )
    never = Seed.checked_index.is_(None)
    stale = (Seed.checked_index != current_version(session).id) | (
        Seed.revision_id != held.c.revision_id
    )
    counted = select(
        func.count(), func.count().filter(never), func.count().filter(~never, stale)
    ).join_from(held, Seed, Seed.id == held.c.seed_id)
    rows, never_checked, checked_before = session.execute(counted).one()
    return Census(rows, 0, 0, never_checked, checked_before)
