"""Texts are paid once, whatever fails; a lost server costs the other stages nothing."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.decontamination import embeddings
from backend.decontamination.asking import StageFailed
from backend.decontamination.checking import count_due
from backend.decontamination.index import current_version
from backend.decontamination.tables import TextEmbedding
from backend.endpoints.tables import Endpoint
from backend.scoring.tables import EndpointDay, EndpointSpend
from backend.seeds.service import add_revision
from backend.seeds.tables import Seed
from tests.builders import create_seed
from tests.checks import DUCKS, ROBE, add_benchmark, hits, run_check, set_policy
from tests.workers.fake_models import FakeModels, embedded_texts
from tests.workers.fake_openai import FakeOpenAI, Request, Step, refuse
from tests.workers.stages.texts import AUTRES_OEUFS, EGGS, OEUFS
from workers import embedder


def due(session: Session) -> int:
    return count_due(session, current_version(session).id)


def test_each_text_is_paid_once_whatever_is_checked_again(
    session: Session, endpoint: Endpoint, server: FakeOpenAI
) -> None:
    add_benchmark(session, EGGS, DUCKS, ROBE)
    seed = create_seed(session, prompt=OEUFS)
    run_check(session)
    assert sorted(embedded_texts(server)) == sorted([EGGS, DUCKS, ROBE, OEUFS])
    embeddings._kept.clear()  # as in another process
    set_policy(session, embedding_endpoint_id=endpoint.id, embedding_similarity=0.9, candidates=0)
    run_check(session)
    assert len(embedded_texts(server)) == 4
    # Only the new item and the new wording are asked for.
    add_benchmark(session, "What is the capital of Peru?", name="other")
    add_revision(session, session.get_one(Seed, seed.id), AUTRES_OEUFS, None, "edit", None)
    session.commit()
    run_check(session)
    assert sorted(embedded_texts(server)[4:]) == [AUTRES_OEUFS, "What is the capital of Peru?"]


def test_spend_is_counted_under_the_endpoint_and_its_day(
    session: Session, endpoint: Endpoint
) -> None:
    add_benchmark(session, EGGS, ROBE)
    create_seed(session, prompt=OEUFS)
    run_check(session)
    spent = session.get_one(EndpointSpend, endpoint.id)
    # Two requests, for two items and one seed, of 10 tokens a text at 2 a million.
    assert (spent.calls, spent.prompt_tokens, spent.completion_tokens) == (2, 30, 0)
    assert spent.cost == Decimal("0.00006")
    assert session.scalars(select(EndpointDay.calls)).all() == [2]


def test_lost_server_leaves_the_other_stages_hits_and_its_seeds_due(
    session: Session, endpoint: Endpoint, models: FakeModels, server: FakeOpenAI
) -> None:
    add_benchmark(session, DUCKS, EGGS)
    copy = create_seed(session, prompt=DUCKS)
    for prompt in (OEUFS, "What is one and one?", ROBE):
        create_seed(session, prompt=prompt)
    models.refusing = lambda _: refuse(401, "no such key")
    with pytest.raises(StageFailed, match=f"{endpoint.name}: http_401: no such key"):
        run_check(session)
    session.expire_all()
    [hit] = hits(session)
    assert (hit.revision_id, hit.method) == (copy.revision_id, "exact")
    assert session.get_one(Seed, copy.id).open_hits == 1
    assert due(session) == 4
    assert len(server.requests) == 1  # not once more for each batch
    models.refusing = lambda _: None
    run_check(session)
    assert [hit.method for hit in hits(session)] == ["exact", "embedding"]
    assert due(session) == 0


def test_hits_of_the_stage_stay_while_its_server_is_away(
    session: Session, endpoint: Endpoint, models: FakeModels
) -> None:
    add_benchmark(session, EGGS)
    create_seed(session, prompt=OEUFS)
    run_check(session)
    add_benchmark(session, ROBE, name="robes")
    models.refusing = lambda _: refuse(401)
    with pytest.raises(StageFailed):
        run_check(session)
    session.expire_all()
    assert [hit.method for hit in hits(session)] == ["embedding"]


def test_what_came_before_a_failure_is_not_paid_again(
    session: Session, endpoint: Endpoint, models: FakeModels, server: FakeOpenAI
) -> None:
    endpoint.max_in_flight = 1
    add_benchmark(session, *(f"{EGGS} {number}" for number in range(9)))
    create_seed(session, prompt=OEUFS)
    models.refusing = lambda _: refuse(401) if len(server.requests) == 3 else None
    with pytest.raises(StageFailed):
        run_check(session)
    session.expire_all()
    answered = embedded_texts(server)[:4]
    assert session.scalar(select(func.count()).select_from(TextEmbedding)) == 4
    run_check(session)
    paid = answered + embedded_texts(server)[6:]
    assert len(paid) == len(set(paid)) == 10


def test_process_that_dies_loses_no_vector_that_came(
    session: Session, endpoint: Endpoint, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.max_in_flight = 1
    add_benchmark(session, *(f"{EGGS} {number}" for number in range(6)))
    create_seed(session, prompt=OEUFS)
    store = embedder.store_embeddings

    def store_until_killed(*arguments: Any) -> None:
        store(*arguments)
        if len(server.requests) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(embedder, "store_embeddings", store_until_killed)
    with pytest.raises(KeyboardInterrupt):
        run_check(session)
    monkeypatch.setattr(embedder, "store_embeddings", store)
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(TextEmbedding)) == 4
    run_check(session)
    # The third request was answered but not committed when the process died.
    paid = embedded_texts(server)
    assert sorted(paid) == sorted([*set(paid), *paid[4:6]])


def test_day_of_the_endpoint_is_kept_to(
    session: Session, endpoint: Endpoint, server: FakeOpenAI
) -> None:
    endpoint.max_calls_per_day = 2
    add_benchmark(session, *(f"{EGGS} {number}" for number in range(6)))
    create_seed(session, prompt=DUCKS)
    with pytest.raises(StageFailed, match=f"{endpoint.name} has used up its day"):
        run_check(session)
    session.expire_all()
    assert len(server.requests) == 2
    session.execute(update(Endpoint).values(max_calls_per_day=None))
    session.commit()
    run_check(session)
    assert len(embedded_texts(server)) == len(set(embedded_texts(server))) == 7


def test_text_that_is_too_long_is_known_by_its_beginning_and_spoils_no_other(
    session: Session, endpoint: Endpoint, models: FakeModels, server: FakeOpenAI
) -> None:
    def too_long(request: Request) -> Step | None:
        if max(map(len, request.body["input"])) <= 300:
            return None
        return refuse(400, "This model's maximum context length is 60 tokens")

    models.refusing = too_long
    add_benchmark(session, f"{EGGS} {'x' * 400}", DUCKS)
    create_seed(session, prompt=DUCKS)
    run_check(session)
    vectors = session.execute(select(TextEmbedding.vector, TextEmbedding.refusal)).all()
    assert len(vectors) == 2
    assert all(refusal is None for _, refusal in vectors)
    beginning = f"{EGGS} {'x' * 400}"[: (len(EGGS) + 401) // 2]
    assert beginning in embedded_texts(server)


def test_refused_text_has_no_vector_and_is_not_sent_again(
    session: Session, endpoint: Endpoint, models: FakeModels, server: FakeOpenAI
) -> None:
    def filtered(request: Request) -> Step | None:
        if ROBE in request.body["input"]:
            return refuse(400, "no", code="content_policy_violation")
        return None

    models.refusing = filtered
    add_benchmark(session, ROBE, EGGS)
    create_seed(session, prompt=OEUFS)
    run_check(session)
    assert [hit.method for hit in hits(session)] == ["embedding"]
    refusals = session.scalars(select(TextEmbedding.refusal)).all()
    assert len([one for one in refusals if one is not None]) == 1
    sent = len(server.requests)
    embeddings._kept.clear()
    set_policy(session, embedding_endpoint_id=endpoint.id, embedding_similarity=0.9, candidates=0)
    run_check(session)
    assert len(server.requests) == sent
