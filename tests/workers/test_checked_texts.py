"""Whatever a prompt is, it is checked or refused by name, and all are counted."""

import json

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.config import settings
from backend.jobs.tables import Job
from backend.seeds.tables import Seed
from tests.builders import create_seed
from tests.checks import DUCKS, add_benchmark, hits, run_check

PROMPTS = [
    "Why?",
    "?!… —",
    "\N{PILE OF POO}",
    "一个农场有十六只鸭子，每天下十六个蛋，她每天早上吃三个，还剩多少个可以拿到市场上卖？",
    "كم عدد البيض الذي يتبقى لها لتبيعه في السوق كل يوم؟",
    "मेले में बेचने के लिए कितने अंडे बचते हैं?",
    "\u200b\u200d\ufeff",
    "e\u0301" * 50,
    r"\frac{1}{2} + \sqrt{x}" * 200,
    "a" * 100_000,
    "0 " * 50_000,
]


@pytest.fixture(autouse=True)
def _woken(woken: list[int]) -> None: ...


def test_odd_prompts_are_all_checked(session: Session) -> None:
    add_benchmark(session, DUCKS, *PROMPTS[:4])
    for prompt in PROMPTS:
        create_seed(session, prompt=prompt)
    create_seed(session, prompt=DUCKS)
    job = run_check(session)
    row = session.get_one(Job, job.id)
    assert (row.done_count, row.total_count) == (len(PROMPTS) + 1, len(PROMPTS) + 1)
    assert session.scalar(select(func.count()).where(Seed.checked_index.is_(None))) == 0
    # A text without a word is in no benchmark; one of a single word is where it is the whole item.
    found = set(session.scalars(select(Seed.id).where(Seed.open_hits > 0)))
    assert len(found) == len(hits(session)) == 3


def test_longest_prompt_is_checked_to_its_end(session: Session) -> None:
    add_benchmark(session, DUCKS)
    filler = "word " * ((settings().max_prompt_characters - len(DUCKS)) // 5)
    seed = create_seed(session, prompt=filler + DUCKS)
    run_check(session)
    assert session.get_one(Seed, seed.id).open_hits == 1


def test_prompts_that_are_empty_or_too_long_are_refused_by_row_and_the_rest_is_checked(
    session: Session, client: TestClient
) -> None:
    add_benchmark(session, DUCKS)
    rows = [
        {"prompt": "", "source": "web"}, {"prompt": "x " * 5_000_000, "source": "web"},
        {"prompt": DUCKS, "source": "web"},
    ]  # fmt: skip
    body = "\n".join(map(json.dumps, rows))
    headers = {"Content-Type": "application/x-ndjson"}
    answer = client.post("/v1/seeds:bulk", content=body, headers=headers).json()
    assert (answer["created"], answer["rejected"]) == (1, 2)
    assert [row["error"] and row["error"]["field"] for row in answer["results"]] == [
        "prompt", "prompt", None,
    ]  # fmt: skip
    run_check(session)
    assert len(hits(session)) == 1
