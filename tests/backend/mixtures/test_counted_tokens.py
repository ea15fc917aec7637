"""Rows counted by the tokenizer of the model to be trained; what it has not counted is scaled."""

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.jobs import service as jobs
from tests.mixtures import frozen, made, preview, rows, taught
from tests.tokenizers import registered
from workers.tasks.tokens import count_tokens

WORDS = "one two three four"
# <think> Six times seven. </think> \boxed{42}
TRACE = 6


def count(client: TestClient, woken: list[int], tokenizer_id: int) -> None:
    client.post(f"/v1/tokenizers/{tokenizer_id}:count")
    job = jobs.claim(woken[-1], 30, "host/1")
    assert job is not None
    count_tokens(job)
    jobs.finish(job)


def test_preview_scales_what_is_not_counted_and_says_so(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    taught(session, 98, prompt=WORDS)
    session.commit()
    tokenizer = registered(client, template_tokens=10)
    plain = preview(client, token_scale=2)
    scaled = preview(client, token_scale=2, tokenizer="words")
    assert scaled["train"] == plain["train"]
    assert (plain["uncounted"], scaled["uncounted"]) == (0, 1)
    [warned] = [one for one in scaled["warnings"] if one["code"] == "uncounted"]
    assert warned["message"].startswith("1 example is not counted by the tokenizer yet")
    count(client, woken, tokenizer["id"])
    taught(session, 98, prompt="five")
    session.commit()
    mixed = preview(client, token_scale=2, tokenizer="words")
    # 98 tokens of the trace and 2 of the prompt (4 bytes of 3.5 each), twice.
    assert (mixed["uncounted"], mixed["train"]["tokens"]) == (1, 4 + TRACE + 10 + 2 * 100)


def test_prompts_alone_are_counted_alone(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    taught(session, prompt=WORDS)
    session.commit()
    count(client, woken, registered(client)["id"])
    found = preview(client, tokenizer="words", trace="none")
    assert (found["train"]["tokens"], found["uncounted"]) == (4, 0)


def test_freezing_counts_first_what_is_missing(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    taught(session, prompt=WORDS)
    taught(session, traces=2, prompt="five")
    session.commit()
    registered(client, template_tokens=1)
    version = frozen(client, woken, made(client, tokenizer="words", trace="all")["id"])
    assert (version["state"], version["figures"]["uncounted"]) == ("frozen", 0)
    counted = sorted(row["tokens"] for row in rows(client, version["id"]))
    assert counted == [1 + TRACE + 1] * 2 + [4 + TRACE + 1]


def test_tokenizer_that_is_not_registered_is_refused_by_field(client: TestClient) -> None:
    answer = client.post("/v1/mixtures:preview", json={"tokenizer": "unheard-of"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "tokenizer")
