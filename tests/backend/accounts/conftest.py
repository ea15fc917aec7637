"""A provider that the API is told of."""

from collections.abc import Iterator

import pytest

from backend.accounts import identity_tokens
from backend.config import settings
from tests.provider import CLIENT_ID, Provider


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """Its person is ada@example.org; nobody new is let in."""
    running = Provider()
    monkeypatch.setenv("SEEDBED_OIDC_ISSUER", running.issuer)
    monkeypatch.setenv("SEEDBED_OIDC_CLIENT_ID", CLIENT_ID)
    settings.cache_clear()
    identity_tokens.issuer_at.cache_clear()
    yield running
    running.stop()
    monkeypatch.undo()
    settings.cache_clear()
