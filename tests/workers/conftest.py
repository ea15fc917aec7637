"""Fake model servers, closed after each test; the ways in which programs are kept in."""

from collections.abc import Iterator

import pytest

from tests.scoring_runs import sums
from tests.workers.fake_batches import FakeProvider
from tests.workers.fake_openai import FakeOpenAI
from workers.sandbox import isolation


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


@pytest.fixture(params=[True, False], ids=["namespaces", "limits only"])
def isolated(request: pytest.FixtureRequest) -> bool:
    if request.param and isolation() != "namespaces":
        pytest.skip("this system refuses namespaces")
    return bool(request.param)


@pytest.fixture
def walled() -> None:
    if isolation() != "namespaces":
        pytest.skip("this system refuses namespaces")
