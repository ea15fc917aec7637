"""What a model client has to know of an endpoint, and what the process learns about its server."""

from dataclasses import dataclass, field
from functools import lru_cache

from backend.endpoints.schemas import Sampling
from backend.endpoints.settings import sampling_of
from backend.endpoints.tables import Endpoint
from workers.chat_protocol import Feature
from workers.limits import AdaptiveLimit, RateWindow


@dataclass(frozen=True)
class EndpointConfig:
    """An endpoint without its row; it holds the name of the key's variable, never the key."""

    base_url: str
    model: str
    sampling: Sampling = field(default_factory=Sampling)
    key_variable: str | None = None
    max_in_flight: int = 64
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    timeout_seconds: float = 120.0
    samples_per_request: int = 1
    endpoint_id: int | None = None


def endpoint_config(endpoint: Endpoint) -> EndpointConfig:
    """The configuration in an endpoint's row, to be used after the session is closed."""
    return EndpointConfig(
        endpoint_id=endpoint.id,
        base_url=endpoint.base_url,
        model=endpoint.model,
        sampling=sampling_of(endpoint),
        key_variable=endpoint.key_variable,
        max_in_flight=endpoint.max_in_flight,
        requests_per_minute=endpoint.requests_per_minute,
        tokens_per_minute=endpoint.tokens_per_minute,
        timeout_seconds=endpoint.timeout_seconds,
        samples_per_request=endpoint.samples_per_request,
    )


@dataclass
class EndpointMemory:
    """What this process knows of a server, whichever client asks: clients come and go with jobs."""

    limit: AdaptiveLimit
    requests: RateWindow | None
    tokens: RateWindow | None
    refused: set[Feature] = field(default_factory=set)


@lru_cache(maxsize=1024)
def memory_of(config: EndpointConfig) -> EndpointMemory:
    """The one memory of this configuration in this process."""
    return EndpointMemory(
        AdaptiveLimit(config.max_in_flight),
        _window(config.requests_per_minute),
        _window(config.tokens_per_minute),
    )


def _window(limit: int | None) -> RateWindow | None:
    return None if limit is None else RateWindow(limit)
