"""A worker that is killed while texts are embedded pays again for no more than was on its way."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from backend.database import session_scope
from backend.decontamination.checking import count_due
from backend.decontamination.index import current_version
from backend.decontamination.service import enqueue_check
from backend.decontamination.tables import DecontaminationHit, TextEmbedding
from tests.backend.embedded.waiting import wait_until
from tests.builders import create_endpoint, create_seed
from tests.checks import add_benchmark, set_policy
from tests.durability.conftest import Worker
from tests.workers.fake_models import FakeModels, embedded_texts
from tests.workers.fake_openai import FakeOpenAI, Request, Step
from tests.workers.stages.texts import EGGS, OEUFS

ITEMS = 40
PATIENCE = 60.0


def _stored() -> int:
    with session_scope() as session:
        return session.scalar(select(func.count()).select_from(TextEmbedding)) or 0


def _is_checked() -> bool:
    with session_scope() as session:
        return count_due(session, current_version(session).id) == 0


def test_killed_worker_pays_for_no_stored_vector_again(
    worker: Worker, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEEDBED_EMBEDDING_INPUTS", "1")
    models = FakeModels({OEUFS: EGGS})

    def slowly(request: Request) -> Step:
        return replace(models(request), delay=0.05)

    server.default = slowly
    with session_scope() as session:
        endpoint = create_endpoint(session, "embedding", base_url=server.base_url, max_in_flight=1)
        set_policy(session, embedding_endpoint_id=endpoint.id, candidates=0)
        add_benchmark(session, EGGS, *(f"The {number} of {number + 7}" for number in range(ITEMS)))
        create_seed(session, prompt=OEUFS)
        enqueue_check(session, None)
    worker.start()
    for share in (0.2, 0.6):
        wait_until(lambda share=share: _stored() > ITEMS * share, PATIENCE)  # type: ignore[misc]
        worker.kill()
        assert _stored() < ITEMS
        worker.start()
    wait_until(_is_checked, PATIENCE)
    sent = embedded_texts(server)
    assert len(set(sent)) == ITEMS + 2
    assert len(sent) <= len(set(sent)) + 2  # one request was on its way at each death
    with session_scope() as session:
        methods = session.scalars(select(DecontaminationHit.method)).all()
    assert methods == ["embedding"]
