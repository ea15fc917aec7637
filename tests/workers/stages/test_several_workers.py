"""Two workers check at once: what both need is asked for once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from backend.database import session_scope
from backend.decontamination.service import CHECK
from backend.decontamination.tables import DecontaminationHit
from backend.jobs.service import claim, enqueue
from backend.seeds.tables import Seed
from tests.builders import create_endpoint, create_seed
from tests.checks import add_benchmark, set_policy
from tests.workers.fake_models import embedded_texts, judged_prompts
from tests.workers.fake_openai import FakeOpenAI
from tests.workers.stages.texts import EGGS, OEUFS
from workers.tasks.decontamination import check

SEEDS = 8


@pytest.mark.usefixtures("committed")
def test_two_workers_pay_each_text_and_pair_once(server: FakeOpenAI) -> None:
    with session_scope() as session:
        near = create_endpoint(session, "embedding", base_url=server.base_url)
        judge = create_endpoint(session, "judge", base_url=server.base_url)
        set_policy(session, embedding_endpoint_id=near.id, judge_endpoint_id=judge.id, candidates=0)
        add_benchmark(session, EGGS, *(f"{EGGS} And on day {number}?" for number in range(4)))
        create_seed(session, prompt=OEUFS)
        for number in range(SEEDS - 1):
            create_seed(session, prompt=f"{number} is the number of something else entirely.")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(_check, range(2)))
    assert len(embedded_texts(server)) == len(set(embedded_texts(server))) == SEEDS + 5
    assert len(judged_prompts(server)) == len(set(judged_prompts(server))) >= 1
    with session_scope() as session:
        assert session.scalar(select(func.count()).where(Seed.checked_index.is_(None))) == 0
        assert session.scalar(select(func.count()).select_from(DecontaminationHit)) == len(
            judged_prompts(server)
        )


def _check(_: int) -> None:
    with session_scope() as session:
        job_id = enqueue(session, CHECK, {}).id
    job = claim(job_id, 60, "test/1")
    assert job is not None
    check(job)
