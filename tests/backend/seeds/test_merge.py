"""What rows mean for seeds: known cases, and any series of uploads against a simple model."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from backend.decontamination.index import current_version
from backend.decontamination.tables import Benchmark
from backend.jobs.tables import Job
from backend.seeds.state import SeedScores, set_scores
from backend.seeds.tables import Seed, SeedRevision, Source
from tests.backend.seeds.merge_model import ModelSeed, ModelUpload
from tests.backend.seeds.test_importing import counts, lines, push, row


def statuses(answer: dict[str, Any]) -> list[str]:
    return [result["status"] for result in answer["results"]]


def ids(answer: dict[str, Any]) -> list[int | None]:
    return [result["id"] for result in answer["results"]]


def current(session: Session, seed_id: int | None) -> tuple[str, str | None, int]:
    seed = session.get_one(Seed, seed_id)
    revision = session.get_one(SeedRevision, seed.revision_id)
    return revision.prompt, revision.answer, revision.number


def test_same_upload_again_changes_nothing(client: TestClient) -> None:
    body = lines(row("a?", external_id="1", answer="2", metadata={"x": 1}), row("b?"))
    first = push(client, body)
    again = push(client, body)
    assert statuses(again) == ["unchanged", "unchanged"]
    assert ids(again) == ids(first)


def test_new_text_is_a_new_revision_that_nobody_has_judged(
    client: TestClient, session: Session
) -> None:
    (seed_id,) = ids(push(client, lines(row("a?", external_id="1"))))
    seed = session.get_one(Seed, seed_id)
    seed.status, seed.checked_index = "accepted", current_version(session).id
    set_scores(session, [SeedScores(seed.revision_id, "easy", 0.1, 1.0, 0.9, 2, 0.5)])
    session.commit()
    answer = push(client, lines(row("b?", external_id="1")))
    assert (statuses(answer), ids(answer)) == (["updated"], [seed_id])
    assert current(session, seed_id) == ("b?", None, 2)
    seed = session.get_one(Seed, seed_id)
    assert (seed.status, seed.verdict, seed.score, seed.checked_index) == ("pending", *[None] * 3)


def test_new_answer_is_a_new_revision_too(client: TestClient, session: Session) -> None:
    (seed_id,) = ids(push(client, lines(row("a?", answer="1"))))
    assert statuses(push(client, lines(row("a?", answer="2")))) == ["updated"]
    assert current(session, seed_id) == ("a?", "2", 2)


def test_new_facts_keep_the_revision_and_its_verdict(client: TestClient, session: Session) -> None:
    (seed_id,) = ids(push(client, lines(row("a?", external_id="1", domain="x"))))
    revision_id = session.get_one(Seed, seed_id).revision_id
    set_scores(session, [SeedScores(revision_id, "easy", 0.1, 1.0, 0.9, 2, 0.5)])
    session.commit()
    facts = {"domain": "y", "licence": "MIT", "metadata": {"k": 1}}
    assert statuses(push(client, lines(row("a?", external_id="1", **facts)))) == ["updated"]
    seed = session.get_one(Seed, seed_id)
    assert (seed.domain, seed.licence, seed.extra, seed.verdict) == ("y", "MIT", {"k": 1}, "easy")
    assert seed.revision_id == revision_id


def test_what_a_row_leaves_out_stays(client: TestClient, session: Session) -> None:
    full = row("a?", external_id="1", answer="2", domain="x", licence="MIT", metadata={"k": 1})
    (seed_id,) = ids(push(client, lines(full)))
    assert statuses(push(client, lines(row("a?", external_id="1")))) == ["unchanged"]
    assert statuses(push(client, lines(row("b?", external_id="1")))) == ["updated"]
    seed = session.get_one(Seed, seed_id)
    assert current(session, seed_id) == ("b?", "2", 2)
    assert (seed.domain, seed.licence, seed.extra) == ("x", "MIT", {"k": 1})


def test_prompt_of_another_seed_is_a_duplicate_of_it(client: TestClient) -> None:
    first = push(client, lines(row("a?", external_id="1"), row("b?", external_id="2")))
    other_source = push(client, lines(row("a?") | {"source": "other"}))
    other_name = push(client, lines(row("a?", external_id="3")))
    into_another = push(client, lines(row("a?", external_id="2")))
    for answer in (other_source, other_name, into_another):
        assert (statuses(answer), ids(answer)) == (["duplicate"], ids(first)[:1])


def test_of_equal_prompts_in_one_upload_the_first_counts(client: TestClient) -> None:
    answer = push(client, lines(row("a?", external_id="1"), row("a?"), row("a?", external_id="2")))
    assert statuses(answer) == ["created", "duplicate", "duplicate"]
    assert len(set(ids(answer))) == 1


def test_of_rows_that_mean_one_seed_the_first_counts(client: TestClient) -> None:
    answer = push(client, lines(*(row(text, external_id="1") for text in ("a?", "a?", "b?"))))
    assert statuses(answer) == ["created", "duplicate", "rejected"]
    assert answer["results"][2]["error"] == {
        "code": "repeated", "field": "external_id",
        "message": "row 0 of this upload means the same seed",
    }  # fmt: skip


def test_insert_rejects_and_skip_leaves_what_is_there(client: TestClient, session: Session) -> None:
    seed_id, _ = ids(push(client, lines(row("a?", external_id="1"), row("z?"))))
    body = lines(row("b?", external_id="1"), row("c?", external_id="2"), row("z?"))
    skipped = push(client, body, mode="skip_existing", dry_run=True)
    assert statuses(skipped) == ["unchanged", "created", "unchanged"]
    inserted = push(client, body, mode="insert")
    assert statuses(inserted) == ["rejected", "created", "duplicate"]
    assert inserted["results"][0]["error"]["code"] == "exists"
    assert current(session, seed_id) == ("a?", None, 1)


def test_new_seeds_are_checked_against_benchmarks_and_each_other(
    client: TestClient, session: Session
) -> None:
    session.add(Benchmark(name="gsm8k", version="1", split="test", item_count=1))
    session.commit()
    push(client, lines(row("a?")))
    assert session.scalars(select(Job.kind).order_by(Job.id)).all() == [
        "decontamination.check", "duplicates.find", "seeds.read_texts"
    ]  # fmt: skip


ROWS = st.builds(
    lambda source, name, prompt, answer: {
        key: value
        for key, value in {
            "source": source, "external_id": name, "prompt": prompt, "answer": answer,
        }.items()
        if value is not None
    },
    st.sampled_from(["s", "t"]),
    st.sampled_from([None, "1", "2", "3"]),
    st.sampled_from(["a?", "b?", "c?", "d?"]),
    st.sampled_from([None, None, "1", "2"]),
)  # fmt: skip


@example(  # one row means the seed by its prompt, the other by its name
    uploads=[
        [{"source": "s", "external_id": "1", "prompt": "a?"}],
        [
            {"source": "s", "prompt": "a?", "answer": "1"},
            {"source": "s", "external_id": "1", "prompt": "b?"},
        ],
    ]
)
@given(uploads=st.lists(st.lists(ROWS, max_size=7), min_size=1, max_size=4))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_uploads_do_what_the_simple_model_does(
    client: TestClient, connection: Connection, uploads: list[list[dict[str, Any]]]
) -> None:
    attempt = connection.begin_nested()
    try:
        seeds: dict[int, ModelSeed] = {}
        for rows in uploads:
            answer = push(client, lines(*rows))
            created = [r["id"] for r in answer["results"] if r["status"] == "created"]
            upload = ModelUpload(seeds, created)
            expected = [upload.result(item) for item in rows]
            assert [(r["status"], r["id"]) for r in answer["results"]] == expected
            assert sum(counts(answer).values()) == len(rows)
            assert stored(connection) == seeds
    finally:
        attempt.rollback()


def stored(connection: Connection) -> dict[int, ModelSeed]:
    wording = (SeedRevision.prompt, SeedRevision.answer, SeedRevision.number)
    wanted = (
        select(Seed.id, Source.name, Seed.external_id, *wording)
        .join(Source, Source.id == Seed.source_id)
        .join(SeedRevision, SeedRevision.id == Seed.revision_id)
        .where(Seed.withdrawn_at.is_(None))
    )
    return {seed_id: ModelSeed(*fields) for seed_id, *fields in connection.execute(wanted)}


@pytest.mark.parametrize("first", ["a?", "b?"])
def test_rows_are_compared_with_the_seeds_as_the_upload_found_them(
    client: TestClient, first: str
) -> None:
    """Seed 1 gives "a?" up in the same upload in which another row wants it: still a duplicate."""
    push(client, lines(row("a?", external_id="1")))
    rows = [row("b?", external_id="1"), row("a?", external_id="2")]
    answer = push(client, lines(*sorted(rows, key=lambda item: item["prompt"] != first)))
    assert sorted(statuses(answer)) == ["duplicate", "updated"]
