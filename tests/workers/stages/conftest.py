"""A fake server of embeddings and judgments, and checks in small batches and requests."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from backend.config import settings
from backend.decontamination import checking, embeddings
from backend.endpoints.tables import Endpoint
from tests.builders import create_endpoint
from tests.checks import set_policy
from tests.workers.fake_models import FakeModels
from tests.workers.fake_openai import FakeOpenAI
from tests.workers.stages.texts import AUTRES_OEUFS, EGGS, OEUFS
from workers import retries


@pytest.fixture(autouse=True)
def _small_requests(monkeypatch: pytest.MonkeyPatch, woken: list[int]) -> Iterator[None]:
    monkeypatch.setenv("SEEDBED_EMBEDDING_INPUTS", "2")
    monkeypatch.setattr(checking, "BATCH", 2)
    monkeypatch.setattr(retries, "FIRST_BACKOFF_SECONDS", 0)
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()
    embeddings._kept.clear()


@pytest.fixture
def models() -> FakeModels:
    return FakeModels({OEUFS: EGGS, AUTRES_OEUFS: EGGS})


@pytest.fixture
def server(models: FakeModels) -> Iterator[FakeOpenAI]:
    with FakeOpenAI(default=models) as server:
        yield server


@pytest.fixture
def endpoint(session: Session, server: FakeOpenAI) -> Endpoint:
    """The embedding endpoint of the policy in force."""
    endpoint = create_endpoint(
        session, "embedding", base_url=server.base_url, model="words", input_price=2
    )
    set_policy(session, embedding_endpoint_id=endpoint.id, candidates=0)
    return endpoint
