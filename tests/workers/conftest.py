"""A fake model server, closed after each test."""

from collections.abc import Iterator

import pytest

from tests.workers.fake_openai import FakeOpenAI


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server
