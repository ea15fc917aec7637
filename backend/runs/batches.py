"""The batches of a run: files of calls that providers work through at their own pace.

A row is written before anything is sent, so that a worker that is killed at any point neither
loses a batch nor has its calls made twice.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select, text, update
from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.runs.schemas import BatchOut
from backend.runs.tables import Run
from backend.scoring.code_tests import seed_tests
from backend.scoring.line_up import LineUp, LineUpEntry, line_up_of
from backend.scoring.samples import storable
from backend.scoring.tables import BatchRequest
from backend.seeds.tables import SeedRevision

OPEN = ("preparing", "sent")
# (revision, sample index), of one endpoint.
Request = tuple[int, int]


def uses_batches(session: Session, line_up: LineUp) -> bool:
    """Whether an endpoint of the line-up is asked by batches."""
    ids = [entry.endpoint_id for entry in line_up]
    found = select(Endpoint.id).where(Endpoint.id.in_(ids), Endpoint.uses_batches)
    return bool(session.scalar(select(found.exists())))


def open_batches(session: Session, run_id: int, shard: int) -> Sequence[BatchRequest]:
    """Those of a shard that are not settled, in the order of their making."""
    return session.scalars(
        select(BatchRequest)
        .where(
            BatchRequest.run_id == run_id,
            BatchRequest.shard == shard,
            BatchRequest.state.in_(OPEN),
        )
        .order_by(BatchRequest.id)
    ).all()


def prepare(
    session: Session, run_id: int, shard: int, endpoint_id: int, requests: Sequence[Request]
) -> BatchRequest:
    """Note what a batch is about to ask for."""
    batch = BatchRequest(
        run_id=run_id,
        shard=shard,
        endpoint_id=endpoint_id,
        requests=[list(request) for request in requests],
    )
    session.add(batch)
    session.flush()
    session.refresh(batch)
    return batch


def change(session: Session, batch: BatchRequest, **values: Any) -> None:
    """Note how a batch stands; the given object tells it from now on too."""
    values = {name: storable(v) if isinstance(v, str) else v for name, v in values.items()}
    session.execute(
        update(BatchRequest)
        .where(BatchRequest.id == batch.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    for name, value in values.items():
        setattr(batch, name, value)


def settle(
    session: Session,
    batch: BatchRequest,
    state: str,
    note: str | None,
    answered: int,
    refused: Mapping[Request, str],
) -> None:
    """Close a batch. `refused` are the requests that are not to be put in a batch again."""
    requests = []
    for revision_id, index, *_ in batch.requests:
        reason = refused.get((revision_id, index))
        request = [revision_id, index]
        requests.append(request if reason is None else [*request, storable(reason)])
    change(
        session, batch, state=state, note=note, requests=requests, answered=answered,
        failed=len(batch.requests) - answered, finished_at=func.now(),
    )  # fmt: skip


def not_for_batches(session: Session, run_id: int, endpoint_id: int) -> set[Request]:
    """Requests of the run that the provider has refused for good."""
    rows = session.execute(
        text(
            "select (request ->> 0)::bigint, (request ->> 1)::bigint"
            " from batch_request, jsonb_array_elements(requests) request"
            " where run_id = :run_id and endpoint_id = :endpoint_id"
            " and jsonb_array_length(request) > 2"
        ),
        {"run_id": run_id, "endpoint_id": endpoint_id},
    )
    return {(revision_id, index) for revision_id, index in rows}


def underway_elsewhere(session: Session, run_id: int, entry: LineUpEntry) -> set[Request]:
    """Samples of this endpoint under these settings that open batches of other runs will bring."""
    rows = session.execute(
        select(BatchRequest.requests, Run.settings)
        .join(Run, Run.id == BatchRequest.run_id)
        .where(
            BatchRequest.endpoint_id == entry.endpoint_id,
            BatchRequest.run_id != run_id,
            # What a run that stands still has only prepared may never be sent.
            or_(
                BatchRequest.state == "sent",
                and_(BatchRequest.state == "preparing", Run.state == "running"),
            ),
        )
    )
    return {
        (revision_id, index)
        for requests, settings in rows
        if any(_are_same(entry, other) for other in line_up_of(settings))
        for revision_id, index, *_ in requests
    }


def _are_same(one: LineUpEntry, other: LineUpEntry) -> bool:
    """Whether both ask for the same samples."""
    names = ("endpoint_id", "template_hash", "settings_hash", "sampling")
    return all(getattr(one, name) == getattr(other, name) for name in names)


class Prompt(NamedTuple):
    """What a revision asks, and whether for a program that is to pass its tests."""

    text: str
    for_program: bool


def prompts_of(session: Session, revision_ids: Sequence[int]) -> dict[int, Prompt]:
    """The prompts of these revisions."""
    tests = seed_tests(session, revision_ids)
    rows = session.execute(
        select(SeedRevision.id, SeedRevision.prompt).where(SeedRevision.id.in_(revision_ids))
    )
    return {row.id: Prompt(row.prompt, row.id in tests) for row in rows}


def hold_endpoint(session: Session, endpoint_id: int) -> None:
    """Let one run at a time choose what to ask of an endpoint, until the transaction ends."""
    held = select(Endpoint.id).where(Endpoint.id == endpoint_id)
    session.execute(held.with_for_update(key_share=True)).one()


def batch_outs(session: Session, run_ids: Sequence[int]) -> dict[int, list[BatchOut]]:
    """The batches of each run as callers see them, in the order of their making."""
    found: dict[int, list[BatchOut]] = defaultdict(list)
    rows = session.execute(
        select(
            BatchRequest.run_id,
            BatchRequest.id,
            Endpoint.name.label("endpoint"),
            BatchRequest.provider_id,
            BatchRequest.state,
            func.jsonb_array_length(BatchRequest.requests).label("samples"),
            BatchRequest.answered,
            BatchRequest.failed,
            BatchRequest.note,
            BatchRequest.created_at,
            BatchRequest.finished_at,
        )
        .join(Endpoint, Endpoint.id == BatchRequest.endpoint_id)
        .where(BatchRequest.run_id.in_(run_ids))
        .order_by(BatchRequest.id)
    )
    for row in rows:
        found[row.run_id].append(BatchOut.model_validate(row._asdict()))
    return found
