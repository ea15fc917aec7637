"""What calls cost: counted by endpoint, by day and by run, in the transaction that stores them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.row_sets import given_rows, insert_rows
from backend.scoring.schemas import EndpointSpendOut
from backend.scoring.tables import EndpointDay, EndpointSpend, RunSpend

# Days are those of UTC, wherever the servers stand: the day of the transaction.
TODAY = func.date(func.timezone("UTC", func.now()))


class Use(NamedTuple):
    """What one stored answer of an endpoint took."""

    endpoint_id: int
    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    cost: Decimal
    cut_off: bool


def _adding(
    table: type[EndpointSpend] | type[EndpointDay] | type[RunSpend],
    key: Sequence[str],
    names: Sequence[str],
    computed: Mapping[str, ColumnElement[Any]] | None = None,
) -> Insert:
    """Add to the counters of these names; `key` are the table's other columns."""
    statement = insert_rows(table, [*key, *names], computed)
    return statement.on_conflict_do_update(
        index_elements=[*key, *(computed or ())],
        set_={name: getattr(table, name) + statement.excluded[name] for name in names},
    )


_EVER = ("calls", "prompt_tokens", "completion_tokens", "reasoning_tokens", "cost")
_ADD_EVER = _adding(EndpointSpend, ["endpoint_id"], _EVER)
_ADD_DAY = _adding(EndpointDay, ["endpoint_id"], ["calls", "tokens", "cost"], {"day": TODAY})
_ADD_RUN = _adding(RunSpend, ["run_id", "endpoint_id"], [*_EVER, "cut_off"])
_ADD_FAILED = _adding(RunSpend, ["run_id", "endpoint_id"], ["failed"])


def add_spend(session: Session, run_id: int | None, uses: Iterable[Use]) -> None:
    """Count answers in: under their endpoints, under today, and under their run if there is one."""
    by_endpoint: dict[int, list[Use]] = defaultdict(list)
    for use in uses:
        by_endpoint[use.endpoint_id].append(use)
    # One order for all writers, first by table and then by endpoint: they cannot deadlock.
    totals = [_total(endpoint_id, by_endpoint[endpoint_id]) for endpoint_id in sorted(by_endpoint)]
    if not totals:
        return
    session.execute(_ADD_EVER, given_rows(totals))
    session.execute(_ADD_DAY, given_rows(totals))
    if run_id is not None:
        session.execute(_ADD_RUN, given_rows([total | {"run_id": run_id} for total in totals]))


def _total(endpoint_id: int, uses: list[Use]) -> dict[str, Any]:
    prompt = sum(use.prompt_tokens for use in uses)
    completion = sum(use.completion_tokens for use in uses)
    return {
        "endpoint_id": endpoint_id,
        "calls": len(uses),
        "tokens": prompt + completion,
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "reasoning_tokens": sum(use.reasoning_tokens for use in uses),
        "cost": sum((use.cost for use in uses), Decimal(0)),
        "cut_off": sum(use.cut_off for use in uses),
    }


# A sample says its wording alone. In the order of the sources, as all writers have it.
_ADD_SOURCE = text("""
    insert into source_spend (source_id, calls, cost)
    select seed.source_id, count(*), sum(used.cost)
    from json_to_recordset(cast(:rows as json)) as used (revision_id bigint, cost numeric)
    join seed_revision revision on revision.id = used.revision_id
    join seed on seed.id = revision.seed_id
    group by seed.source_id order by seed.source_id
    on conflict (source_id) do update
        set calls = source_spend.calls + excluded.calls, cost = source_spend.cost + excluded.cost
""")


def add_source_spend(session: Session, costs: Iterable[tuple[int, Decimal]]) -> None:
    """Count samples in under their seeds' sources: the wording and the cost of each."""
    rows = [{"revision_id": revision_id, "cost": cost} for revision_id, cost in costs]
    if rows:
        session.execute(_ADD_SOURCE, given_rows(rows))


def add_failures(session: Session, run_id: int, lost: Mapping[int, int]) -> None:
    """Count calls of a run that brought nothing in all attempts, by endpoint."""
    if lost:
        totals = [
            {"run_id": run_id, "endpoint_id": number, "failed": count}
            for number, count in sorted(lost.items())
        ]
        session.execute(_ADD_FAILED, given_rows(totals))


def spend_by_endpoint(session: Session) -> list[EndpointSpendOut]:
    """Calls, tokens and money of each endpoint that has answered, the dearest first."""
    rows = session.execute(
        select(EndpointSpend, Endpoint.name, Endpoint.role)
        .join(Endpoint, Endpoint.id == EndpointSpend.endpoint_id)
        .order_by(EndpointSpend.cost.desc(), EndpointSpend.calls.desc(), Endpoint.id)
    )
    return [
        EndpointSpendOut.model_validate(spend.__dict__ | {"endpoint": name, "role": role})
        for spend, name, role in rows
    ]
