"""What endpoints have cost."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.scoring.schemas import EndpointSpendOut
from backend.scoring.tables import EndpointSpend


def spend_by_endpoint(session: Session) -> list[EndpointSpendOut]:
    """Calls, tokens and money of each endpoint that has answered, the dearest first."""
    rows = session.execute(
        select(EndpointSpend, Endpoint.name, Endpoint.role)
        .join(Endpoint, Endpoint.id == EndpointSpend.endpoint_id)
        .order_by(EndpointSpend.cost.desc(), EndpointSpend.calls.desc(), Endpoint.id)
    )
    return [
        EndpointSpendOut(
            endpoint=name,
            role=role,
            calls=spend.calls,
            prompt_tokens=spend.prompt_tokens,
            completion_tokens=spend.completion_tokens,
            cost=float(spend.cost),
        )
        for spend, name, role in rows
    ]
