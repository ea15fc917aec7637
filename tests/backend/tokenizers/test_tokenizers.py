"""Tokenizers are registered once, refused where they are none, and count each text once."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.jobs import service as jobs
from backend.tokenizers import counting, service
from backend.tokenizers.tables import PromptTokens, TraceTokens
from tests.builders import create_run, create_seed, create_trace
from tests.conftest import ClientFactory
from tests.mixtures import taught
from tests.tokenizers import registered, words_file
from workers.tasks.tokens import count_tokens


def counts(session: Session) -> tuple[list[int], list[int]]:
    """The tokens of prompts, and of traces."""
    session.expire_all()
    found = [
        list(session.scalars(select(table.tokens).order_by(table.tokens)))
        for table in (PromptTokens, TraceTokens)
    ]
    return found[0], found[1]


def work_off(job_id: int) -> None:
    job = jobs.claim(job_id, -1, "host/1")
    assert job is not None
    count_tokens(job)


def test_file_is_kept_once_under_its_name(client: TestClient) -> None:
    first = registered(client, "qwen", template_tokens=13)
    assert (first["vocabulary"], first["size"], first["template_tokens"]) == (
        1, len(words_file()), 13,
    )  # fmt: skip
    assert registered(client, "qwen", template_tokens=13)["id"] == first["id"]
    for change in (
        {"name": "other", "template_tokens": 13}, {"name": "qwen", "template_tokens": 1}
    ):  # fmt: skip
        taken = client.post("/v1/tokenizers", params=change, content=words_file())
        assert (taken.status_code, taken.json()["code"]) == (409, "name_taken")
    taken = client.post("/v1/tokenizers", params={"name": "qwen"}, content=words_file("more"))
    assert taken.status_code == 409
    listed = client.get("/v1/tokenizers", params={"counts": False}).json()
    assert [(one["name"], one["waiting"]) for one in listed] == [("qwen", None)]


@pytest.mark.parametrize("file", [b"", b"{}", b"no JSON", b'{"model": {"type": "BPE"}}', b"\xff"])
def test_what_is_no_tokenizer_is_refused(client: TestClient, file: bytes) -> None:
    answer = client.post("/v1/tokenizers", params={"name": "x"}, content=file)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "file")
    assert client.get("/v1/tokenizers").json() == []


def test_file_over_the_limit_is_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_BYTES", 10)
    answer = client.post("/v1/tokenizers", params={"name": "x"}, content=words_file())
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_viewers_see_and_register_nothing(client: TestClient, client_as: ClientFactory) -> None:
    registered(client)
    viewer = client_as("viewer")
    assert len(viewer.get("/v1/tokenizers").json()) == 1
    sent: Any = viewer.post("/v1/tokenizers", params={"name": "x"}, content=words_file("x"))
    assert sent.status_code == 403


def test_prompts_and_kept_traces_of_accepted_seeds_are_counted_once(
    session: Session, client: TestClient, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    r"""By hand: the trace is <think> Six times seven. </think> \boxed{42}, that is 6 words."""
    seed = taught(session, prompt="one two three four")
    create_trace(session, seed, create_run(session, "traces"), "wrong")
    create_seed(session, "is not accepted")
    session.commit()
    found = registered(client)
    assert (found["counted"], found["waiting"]) == (0, 2)
    client.post(f"/v1/tokenizers/{found['id']}:count")
    work_off(woken[-1])
    assert counts(session) == ([4], [6])
    [listed] = client.get("/v1/tokenizers").json()
    assert (listed["counted"], listed["waiting"]) == (2, 0)
    monkeypatch.setattr(counting, "counter", lambda file: None)  # nothing is counted again
    client.post(f"/v1/tokenizers/{found['id']}:count")
    work_off(woken[-1])
    assert client.post("/v1/tokenizers/999:count").status_code == 404


def test_killed_count_goes_on_where_it_was(
    session: Session, client: TestClient, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        taught(session, prompt="word " * (number + 1))
    session.commit()
    found = registered(client)
    monkeypatch.setattr(counting, "BATCH", 2)
    client.post(f"/v1/tokenizers/{found['id']}:count")
    real, batches = counting.counter, [0]

    def dying(file: bytes) -> Any:
        def count(texts: Any) -> list[int]:
            batches[0] += 1
            assert len(texts) <= 2
            if batches[0] == 4:
                raise RuntimeError("killed")
            return real(file)(texts)

        return count

    monkeypatch.setattr(counting, "counter", dying)
    with pytest.raises(RuntimeError):
        work_off(woken[-1])
    assert counts(session) == ([1, 2, 3, 4, 5], [])
    monkeypatch.setattr(counting, "counter", real)
    work_off(woken[-1])
    assert counts(session) == ([1, 2, 3, 4, 5], [6] * 5)
    assert session.scalar(select(func.count()).select_from(TraceTokens)) == 5
