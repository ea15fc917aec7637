"""What follows from an endpoint's settings: their hash, and the price of a call."""

import hashlib
import json
from decimal import Decimal
from ipaddress import ip_address
from urllib.parse import urlsplit

from backend.endpoints.schemas import IN_PROCESS, Sampling
from backend.endpoints.tables import Endpoint

PRICED_TOKENS = 1_000_000


def sampling_of(endpoint: Endpoint) -> Sampling:
    """The endpoint's sampling settings, with defaults where the stored JSON is silent."""
    return Sampling.model_validate(endpoint.sampling)


def settings_hash(endpoint: Endpoint) -> str:
    """SHA-256 of the canonical sampling settings, in hexadecimal: part of a sample's identity.

    Left out are the template, since samples carry the hash of its words, and the token limit: an
    answer that ended by itself would have been the same under any limit that it fits.
    """
    settings = sampling_of(endpoint).model_dump(
        exclude={"template", "max_tokens"}, exclude_none=True
    )
    canonical = json.dumps(settings, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def is_local(endpoint: Endpoint) -> bool:
    """Whether what is sent to the endpoint stays on the worker's machine."""
    host = urlsplit(endpoint.base_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return endpoint.base_url == IN_PROCESS or host == "localhost"


def cost(endpoint: Endpoint, prompt_tokens: int, completion_tokens: int) -> Decimal:
    """The price of these tokens, in the currency of the endpoint's prices per million tokens."""
    prices = (
        prompt_tokens * Decimal(endpoint.input_price)
        + completion_tokens * Decimal(endpoint.output_price)
    )  # fmt: skip
    return prices / PRICED_TOKENS
