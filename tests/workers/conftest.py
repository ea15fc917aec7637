"""Fake model servers, closed after each test."""

from collections.abc import Iterator

import pytest

from tests.scoring_runs import sums
from tests.workers.fake_batches import FakeProvider
from tests.workers.fake_openai import FakeOpenAI


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    provider = FakeProvider(sums)
    with FakeOpenAI(default=provider) as server:
        provider.base_url = server.base_url
        yield provider
