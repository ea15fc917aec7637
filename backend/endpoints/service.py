"""Register, change and archive endpoints. `model` and `role` stay: samples hang on them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.database import existing
from backend.endpoints.schemas import IN_PROCESS, EndpointCreate, EndpointOut, EndpointUpdate
from backend.endpoints.settings import sampling_of
from backend.endpoints.tables import EMBEDDING, Endpoint
from backend.errors import Conflict, Invalid
from backend.paging import Page, PageQuery, rows_by_number
from backend.runs.tables import GOING_ON, Run
from backend.scoring.spend import TODAY
from backend.scoring.tables import EndpointDay, EndpointSpend

Spending = TypeVar("Spending", EndpointSpend, EndpointDay)


def get_endpoint(session: Session, endpoint_id: int) -> Endpoint:
    """The endpoint, archived or not, or NotFound."""
    return existing(session, Endpoint, endpoint_id, "endpoint")


def list_endpoints(
    session: Session, page: PageQuery, role: str | None, archived: bool
) -> Page[EndpointOut]:
    """Endpoints in the order of their registration; archived ones apart from the others."""
    wanted = select(Endpoint).where(Endpoint.archived_at.is_not(None) == archived)
    if role is not None:
        wanted = wanted.where(Endpoint.role == role)
    total = session.scalar(select(func.count()).select_from(wanted.subquery()))
    shown, following = rows_by_number(session, wanted, Endpoint.id, page, newest_first=False)
    return Page(items=as_shown(session, shown), next=following, total=total)


def as_shown(session: Session, endpoints: Sequence[Endpoint]) -> list[EndpointOut]:
    """Endpoints as callers see them."""
    ids = [endpoint.id for endpoint in endpoints]
    spent = {row.endpoint_id: row for row in _rows_of(session, EndpointSpend, ids)}
    today = {
        row.endpoint_id: row
        for row in _rows_of(session, EndpointDay, ids, EndpointDay.day == TODAY)
    }
    return [
        EndpointOut.model_validate(
            {
                **{name: getattr(endpoint, name) for name in _COLUMNS},
                "sampling": sampling_of(endpoint),
                "has_samples": endpoint.id in spent,
                **{name: getattr(spent.get(endpoint.id), name, 0) for name in _SPENT},
                "calls_today": getattr(today.get(endpoint.id), "calls", 0),
                "cost_today": getattr(today.get(endpoint.id), "cost", 0),
            }
        )
        for endpoint in endpoints
    ]


_SPENT = ("calls", "prompt_tokens", "completion_tokens", "reasoning_tokens", "cost")
_COLUMNS = [name for name in EndpointOut.model_fields if hasattr(Endpoint, name)]


def _rows_of(
    session: Session, table: type[Spending], ids: Sequence[int], *conditions: ColumnElement[bool]
) -> Sequence[Spending]:
    return session.scalars(select(table).where(table.endpoint_id.in_(ids), *conditions)).all()


def create_endpoint(session: Session, body: EndpointCreate) -> Endpoint:
    """Register a model in a role."""
    endpoint = Endpoint(**body.model_dump())
    _can_play_its_role(endpoint)
    _has_batches_to_use(endpoint)
    session.add(endpoint)
    _flush_named(session, body.name)
    session.refresh(endpoint)
    return endpoint


def update_endpoint(session: Session, endpoint_id: int, body: EndpointUpdate) -> Endpoint:
    """Change what was sent. New sampling settings begin a new set of samples; old ones stay.

    A new token limit alone begins none: answers that ended by themselves and fit it still count.
    """
    endpoint = get_endpoint(session, endpoint_id)
    changes: dict[str, Any] = body.changes()
    archived = changes.pop("archived", None)
    _stays_where_it_runs(endpoint, changes.get("base_url", endpoint.base_url))
    for field, value in changes.items():
        setattr(endpoint, field, value)
    _has_batches_to_use(endpoint)
    if archived is not None:
        _set_archived(session, endpoint, archived)
    _flush_named(session, endpoint.name)
    session.refresh(endpoint)
    return endpoint


def _stays_where_it_runs(endpoint: Endpoint, base_url: str) -> None:
    """Jobs of its runs wait in the queue of those workers that can ask it."""
    if (endpoint.base_url == IN_PROCESS) != (base_url == IN_PROCESS):
        raise Invalid(
            f"{endpoint.name} cannot move between {IN_PROCESS} and a server: register another",
            field="base_url",
        )


def _can_play_its_role(endpoint: Endpoint) -> None:
    if endpoint.role == EMBEDDING and endpoint.base_url == IN_PROCESS:
        raise Invalid(f"{IN_PROCESS} gives no embeddings: name a server", field="base_url")


def _has_batches_to_use(endpoint: Endpoint) -> None:
    if endpoint.uses_batches and endpoint.base_url == IN_PROCESS:
        raise Invalid(f"{IN_PROCESS} is asked directly: it has no batches", field="uses_batches")


def any_in_process(session: Session, endpoint_ids: Iterable[int]) -> bool:
    """Whether one of these is a model that workers load themselves."""
    loaded = select(Endpoint.id).where(
        Endpoint.id.in_(list(endpoint_ids)), Endpoint.base_url == IN_PROCESS
    )
    return bool(session.scalar(select(loaded.exists())))


def in_process_names(session: Session) -> Sequence[str]:
    """The endpoints in use that workers of the queue `gpu` load."""
    wanted = select(Endpoint.name).where(
        Endpoint.base_url == IN_PROCESS, Endpoint.archived_at.is_(None)
    )
    return session.scalars(wanted.order_by(Endpoint.id)).all()


def archive_endpoint(session: Session, endpoint_id: int) -> None:
    """Take an endpoint out of use; its samples stay, and an update can bring it back.

    Raises:
        Conflict: a run goes on asking it.
    """
    _set_archived(session, get_endpoint(session, endpoint_id), True)
    session.flush()


def _set_archived(session: Session, endpoint: Endpoint, archived: bool) -> None:
    if archived == (endpoint.archived_at is not None):
        return
    if archived:
        _is_asked_by_no_run(session, endpoint)
    endpoint.archived_at = datetime.now(UTC) if archived else None


def _is_asked_by_no_run(session: Session, endpoint: Endpoint) -> None:
    """What is out of use costs nothing any more."""
    asks = Run.settings["line_up"].contains([{"endpoint_id": endpoint.id}])
    run = session.scalar(select(Run).where(Run.state.in_(GOING_ON), asks).order_by(Run.id))
    if run is not None:
        raise Conflict(
            f"run {run.id} ({run.state}) asks {endpoint.name}: cancel it, or wait until it is over"
        )


def _flush_named(session: Session, name: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(f"there is an endpoint {name} already", field="name") from error
