"""What staged rows do to the seeds: decided and done in a few statements, however many they are.

A row means the seed of its source with its external_id or, without one, with its prompt.

- That seed is there: it is updated where the row says something new; what a row leaves out stays.
- Another living seed has the prompt, as the import finds it: the row is a duplicate of that seed.
- Else the row creates a seed; one that was withdrawn comes back, without external_id only where it
  was taken down too: it stays down so.

Of rows of one upload that mean the same seed, or bring the same prompt, the first one counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BigInteger, TextualSelect, func, select, text
from sqlalchemy.orm import Session

from backend.seeds.state import SCORES, STATE

IMPORT_LOCK: Final = 0x5EEDBED

_SOURCES: Final = text("""
    insert into source (name)
    select distinct source from staged where code is null order by source
    on conflict do nothing
""")

# `status` and `id` are the answer; `revision_id` is that of a new wording, `is_new` says that the
# seed has to be inserted, `takes_prompt` that it did not hold the prompt before, and `same_as` is
# the earlier row that means the same seed.
_DECIDE: Final = text("""
    create temporary table outcome on commit drop as
    with down as (
        select distinct on (source_id, content_hash) source_id, content_hash, seed.id
        from seed_takedown join seed on seed.id = seed_id
        where lifted_at is null and withdrawn_at is not null
        order by source_id, content_hash, seed.id desc
    ), matched as (
        select staged.index, staged.content_hash, staged.external_id, source.id as source_id,
            holder.id as holder_id,
            case when staged.external_id is not null then own.id
                when holder.id is null then down.id
                when holder.source_id = source.id then holder.id end as target_id
        from staged
        join source on source.name = staged.source
        left join seed own
            on own.source_id = source.id and own.external_id = staged.external_id
        left join seed holder
            on holder.content_hash = staged.content_hash and holder.withdrawn_at is null
        left join down on down.source_id = source.id and down.content_hash = staged.content_hash
        where staged.code is null
    ), meant as (
        select *, coalesce(
            'seed ' || target_id, 'name ' || source_id || ' ' || external_id) as meaning
        from matched
    ), repeats as (
        select meaning, min(index) as index
        from meant where meaning is not null
        group by meaning having count(*) > 1
    ), compared as (
        select meant.index, meant.source_id, meant.content_hash, meant.holder_id, meant.target_id,
            meant.external_id is not null as named,
            case when meant.index > repeats.index then repeats.index end as same_as,
            target.id is not null and target.withdrawn_at is null as lives,
            meant.content_hash is distinct from target.content_hash as new_text,
            coalesce(staged.answer <> coalesce(revision.answer, ''), false) as new_answer,
            coalesce(staged.domain <> coalesce(target.domain, ''), false)
                or coalesce(staged.licence <> coalesce(target.licence, ''), false)
                or coalesce(staged.metadata::jsonb <> target.metadata, false) as new_facts
        from meant
        join staged using (index)
        left join repeats using (meaning)
        left join seed target on target.id = meant.target_id
        left join seed_revision revision on revision.id = target.revision_id
    ), decided as (
        select *, case
            when same_as is not null then 'repeated'
            when lives and :mode = 'insert' and named then 'rejected'
            when lives and :mode = 'skip_existing' then 'unchanged'
            when holder_id <> coalesce(target_id, 0) or lives and :mode = 'insert'
                then 'duplicate'
            when not lives then 'created'
            when new_text or new_answer or new_facts then 'updated'
            else 'unchanged' end as status
        from compared
        order by index
    )
    select index, source_id, content_hash, same_as, status,
        not lives or new_text as takes_prompt,
        case status
            when 'duplicate' then holder_id
            when 'created' then coalesce(target_id, nextval('seed_id_seq'))
            else target_id end as id,
        status = 'created' and target_id is null as is_new,
        case when status in ('created', 'updated') and (new_text or new_answer)
            then nextval('seed_revision_id_seq') end as revision_id
    from decided
""")

_SAME_PROMPT: Final = text("""
    with taker as (
        select content_hash, min(index) as index
        from outcome
        where status in ('created', 'updated') and takes_prompt
        group by content_hash having count(*) > 1
    )
    update outcome set status = 'duplicate', id = first.id, is_new = false, revision_id = null
    from taker join outcome first using (index)
    where outcome.content_hash = taker.content_hash and outcome.index > taker.index
        and outcome.status in ('created', 'updated') and outcome.takes_prompt
""")

_SAME_SEED: Final = text("""
    update outcome set id = first.id, status = case
        when outcome.content_hash = first.content_hash then 'duplicate' else 'rejected' end
    from outcome first
    where outcome.status = 'repeated' and first.index = outcome.same_as
""")

_COUNTS: Final = text("""
    select status, count(*) from outcome group by status
    union all
    select 'rejected', count(*) from staged where code is not null
""")

_INSERT_SEEDS: Final = text("""
    insert into seed
        (id, source_id, external_id, import_id, revision_id, content_hash, domain, licence,
        metadata)
    select outcome.id, source_id, external_id, :import_id, revision_id, outcome.content_hash,
        domain, licence, coalesce(metadata, '{}')::jsonb
    from outcome join staged using (index)
    where is_new
""")

_LOCK_CHANGED: Final = text("""
    select count(*) from (
        select seed.id from seed
        where id in (select id from outcome where status in ('created', 'updated') and not is_new)
        order by id for update
    ) locked
""")

_REMEMBER: Final = text(f"""
    insert into import_change (import_id, seed_id, before)
    select :import_id, seed.id,
        jsonb_build_object('domain', domain, 'licence', licence, 'metadata', metadata)
        || case when outcome.revision_id is null then '{{}}' else
            jsonb_build_object({", ".join(f"'{name}', seed.{name}" for name in STATE)}) end
    from outcome join seed using (id)
    where outcome.status = 'updated'
    order by seed.id
""")

_INSERT_REVISIONS: Final = text("""
    insert into seed_revision
        (id, seed_id, number, prompt, answer, content_hash, origin, import_id)
    select revision_id, id, 1, prompt, answer, outcome.content_hash, 'import', :import_id
    from outcome join staged using (index)
    where is_new
""")

_REWORD: Final = text("""
    insert into seed_revision
        (id, seed_id, number, prompt, answer, content_hash, origin, import_id)
    select outcome.revision_id, seed.id,
        (select max(number) + 1 from seed_revision known where known.seed_id = seed.id),
        staged.prompt, coalesce(staged.answer, earlier.answer), staged.content_hash, 'import',
        :import_id
    from outcome
    join staged using (index)
    join seed using (id)
    join seed_revision earlier on earlier.id = seed.revision_id
    where outcome.revision_id is not null and not is_new
""")

# A new wording is pending again, unscored and unchecked, as after `add_revision`.
_UNLESS_REWORDED: Final = "case when outcome.revision_id is null then seed.{} end"
_UPDATE_SEEDS: Final = text(f"""
    update seed set
        revision_id = coalesce(outcome.revision_id, seed.revision_id),
        content_hash = staged.content_hash,
        domain = coalesce(staged.domain, seed.domain),
        licence = coalesce(staged.licence, seed.licence),
        metadata = coalesce(staged.metadata::jsonb, seed.metadata),
        import_id = case outcome.status when 'created' then :import_id else seed.import_id end,
        withdrawn_at = null,
        status = case when outcome.revision_id is null then seed.status else 'pending' end,
        answer_origin = case when outcome.revision_id is null or staged.answer is null
            or staged.answer = (select answer from seed_revision where id = seed.revision_id)
            then seed.answer_origin else 'given' end,
        {", ".join(f"{name} = {_UNLESS_REWORDED.format(name)}" for name in SCORES)},
        checked_index = {_UNLESS_REWORDED.format("checked_index")}
    from outcome join staged using (index)
    where seed.id = outcome.id and outcome.status in ('created', 'updated') and not outcome.is_new
""")

_REWORDED: Final = text("""
    select distinct id from outcome
    where status = 'created' or status = 'updated' and revision_id is not null
    order by id
""").columns(id=BigInteger)

# A dry run has given out numbers that no seed has.
_HIDE_NEW: Final = text("""
    update outcome set id = null where not exists (select from seed where seed.id = outcome.id)
""")

_RESULTS: Final = text("""
    select staged.index, staged.external_id, coalesce(outcome.status, 'rejected') as status,
        case when outcome.status <> 'rejected' then outcome.id end as id,
        case when outcome.status is null then staged.code
            when outcome.status <> 'rejected' then null
            when same_as is null then 'exists' else 'repeated' end as code,
        case when outcome.status is null then staged.field
            when outcome.status <> 'rejected' then null
            when staged.external_id is null then 'prompt' else 'external_id' end as field,
        case when outcome.status is null then staged.message
            when outcome.status <> 'rejected' then null
            when same_as is null then format('this is seed %s already', outcome.id)
            else format('row %s of this upload means the same seed', same_as) end
            as message
    from staged left join outcome using (index)
    where :every or coalesce(outcome.status, 'rejected') = 'rejected'
    order by index
""")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: `code`, `field` and `message` say why it was rejected."""

    index: int
    external_id: str | None
    status: str
    id: int | None
    code: str | None
    field: str | None
    message: str | None


def lock_imports(session: Session) -> None:
    """Wait for other imports and undos: one at a time merges, while others still upload."""
    session.execute(select(func.pg_advisory_xact_lock(IMPORT_LOCK)))


def decide(session: Session, mode: str) -> dict[str, int]:
    """Say of every staged row what it will do; returns the number of rows by status."""
    # A few statements over many rows: worth memory, not worth compiling.
    session.execute(
        text("select set_config('work_mem', '64MB', true), set_config('jit', 'off', true)")
    )
    session.execute(_SOURCES)
    session.execute(_DECIDE, {"mode": mode})
    session.execute(_SAME_PROMPT)
    session.execute(_SAME_SEED)
    session.execute(text("analyze outcome"))
    counts = dict.fromkeys(("created", "updated", "unchanged", "duplicate", "rejected"), 0)
    for status, count in session.execute(_COUNTS):
        counts[status] += count
    return counts


def apply(session: Session, import_id: int) -> None:
    """Do what was decided.

    Raises:
        IntegrityError: an edit has given a seed one of the prompts meanwhile.
    """
    numbered = {"import_id": import_id}
    session.execute(_LOCK_CHANGED)
    session.execute(_REMEMBER, numbered)
    session.execute(_REWORD, numbered)
    session.execute(_INSERT_REVISIONS, numbered)
    session.execute(_INSERT_SEEDS, numbered)
    session.execute(_UPDATE_SEEDS, numbered)


def reworded() -> TextualSelect:
    """The seeds that are new, come back, or have another wording; after `apply`."""
    return _REWORDED


def pretend(session: Session) -> None:
    """Leave what was decided undone: seeds that would be created have no number."""
    session.execute(_HIDE_NEW)


def outcomes(session: Session, *, every: bool) -> Iterator[Outcome]:
    """What became of the rows, in their order; of all, or of the rejected ones only."""
    rows = session.execute(_RESULTS, {"every": every}, execution_options={"yield_per": 5000})
    yield from (Outcome(*row) for row in rows)


def forget(session: Session) -> None:
    """Drop the temporary tables of an earlier import in the same transaction."""
    session.execute(text("drop table if exists pg_temp.staged, pg_temp.outcome"))
