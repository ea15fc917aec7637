"""Stage embedding: translations are found, and what may not be sent is not."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.decontamination import asking, embeddings
from backend.decontamination.asking import StageFailed
from backend.decontamination.tables import BenchmarkItem, TextEmbedding
from backend.endpoints.tables import Endpoint
from backend.seeds.tables import Seed
from tests.builders import create_endpoint, create_seed
from tests.checks import DUCKS, ROBE, add_benchmark, hits, run_check, set_policy
from tests.workers.fake_models import embedded_texts
from tests.workers.fake_openai import FakeOpenAI
from tests.workers.stages.texts import AUTRES_OEUFS, EGGS, OEUFS


def test_translation_is_found_with_what_it_rests_on(session: Session, endpoint: Endpoint) -> None:
    add_benchmark(session, EGGS, ROBE)
    seed = create_seed(session, prompt=OEUFS)
    create_seed(session, prompt="Quelle est la capitale de la France ?")
    run_check(session)
    [hit] = hits(session)
    assert (hit.revision_id, hit.method, hit.verdict, hit.action) == (
        seed.revision_id, "embedding", "contaminated", "block",
    )  # fmt: skip
    # The same vector, but for its last bits.
    assert hit.score == pytest.approx(1, abs=2e-3)
    assert hit.evidence == {
        "embedding": {
            "similarity": pytest.approx(1, abs=2e-3), "model": "words", "endpoint": endpoint.name,
        }
    }  # fmt: skip
    assert session.get_one(Seed, seed.id).open_hits == 1


def test_translation_with_another_number_is_a_variant(session: Session, endpoint: Endpoint) -> None:
    add_benchmark(session, EGGS)
    create_seed(session, prompt=AUTRES_OEUFS)
    run_check(session)
    [hit] = hits(session)
    assert (hit.verdict, hit.action) == ("variant", "review")
    [[start, end]], [[item_start, item_end]] = hit.seed_numbers, hit.item_numbers
    assert (AUTRES_OEUFS[start:end], EGGS[item_start:item_end]) == ("20", "16")


def test_what_an_earlier_stage_found_stays_its_own(session: Session, endpoint: Endpoint) -> None:
    add_benchmark(session, DUCKS)
    create_seed(session, prompt=DUCKS)
    run_check(session)
    [hit] = hits(session)
    assert (hit.method, hit.score) == ("exact", 1)
    assert hit.evidence is not None
    assert hit.evidence["embedding"]["model"] == "words"


def test_item_of_two_benchmarks_is_found_in_both_and_paid_once(
    session: Session, endpoint: Endpoint, server: FakeOpenAI
) -> None:
    add_benchmark(session, EGGS)
    add_benchmark(session, EGGS, name="copies")
    create_seed(session, prompt=OEUFS)
    run_check(session)
    assert len(hits(session)) == 2
    assert sorted(embedded_texts(server)) == sorted([EGGS, OEUFS])


def test_threshold_of_the_policy_decides(session: Session, server: FakeOpenAI) -> None:
    endpoint = create_endpoint(session, "embedding", base_url=server.base_url)
    half = " ".join([*EGGS.split()[:9], "and something else that nobody asks for at all"])
    add_benchmark(session, EGGS)
    create_seed(session, prompt=half)
    for least, count in ((0.99, 0), (0.1, 1)):
        set_policy(
            session, embedding_endpoint_id=endpoint.id, embedding_similarity=least, candidates=0,
            ngram_coverage=1,
        )  # fmt: skip
        run_check(session)
        assert len([hit for hit in hits(session) if hit.method == "embedding"]) == count


def test_seed_is_compared_with_new_items_and_keeps_its_hits(
    session: Session, endpoint: Endpoint
) -> None:
    add_benchmark(session, EGGS)
    create_seed(session, prompt=OEUFS)
    run_check(session)
    [first] = hits(session)
    add_benchmark(session, EGGS, name="copies")
    run_check(session)
    kept, found = hits(session)
    assert (kept.id, found.method) == (first.id, "embedding")


def test_gated_items_are_sent_to_this_machine_only_unless_the_policy_says_so(
    session: Session, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "is_local", lambda _: False)
    endpoint = create_endpoint(session, "embedding", base_url=server.base_url)
    add_benchmark(session, EGGS).gated = True
    add_benchmark(session, DUCKS, name="public")
    create_seed(session, prompt=OEUFS)
    set_policy(session, embedding_endpoint_id=endpoint.id, candidates=0)
    run_check(session)
    assert sorted(embedded_texts(server)) == sorted([DUCKS, OEUFS])
    assert hits(session) == []
    set_policy(session, embedding_endpoint_id=endpoint.id, candidates=0, send_gated_items=True)
    run_check(session)
    assert embedded_texts(server)[2:] == [EGGS]
    assert [hit.method for hit in hits(session)] == ["embedding"]


def test_vectors_of_another_length_are_an_error_in_words(
    session: Session, endpoint: Endpoint
) -> None:
    add_benchmark(session, EGGS)
    create_seed(session, prompt=OEUFS)
    item = session.scalars(select(BenchmarkItem)).one()
    short = embeddings.NewEmbedding(embeddings.hash_of(item.text), b"\0\0" * 3, None)
    embeddings.store_embeddings(session, endpoint.id, [short])
    session.commit()
    with pytest.raises(StageFailed, match="64 and 3 numbers cannot be compared"):
        run_check(session)


def test_archived_endpoint_fails_the_check_and_asks_nothing(
    session: Session, endpoint: Endpoint, server: FakeOpenAI
) -> None:
    endpoint.archived_at = endpoint.created_at
    add_benchmark(session, EGGS)
    create_seed(session, prompt=OEUFS)
    with pytest.raises(StageFailed, match=f"{endpoint.name} is archived"):
        run_check(session)
    assert server.requests == []


def test_without_an_endpoint_nothing_is_asked_or_kept(session: Session, server: FakeOpenAI) -> None:
    create_endpoint(session, "embedding", base_url=server.base_url)
    set_policy(session, candidates=0)
    add_benchmark(session, EGGS)
    create_seed(session, prompt=OEUFS)
    run_check(session)
    assert (server.requests, hits(session)) == ([], [])
    assert session.scalar(select(func.count()).select_from(TextEmbedding)) == 0
