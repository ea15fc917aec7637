"""A real model in a real worker's own process: opt-in, for it needs vLLM and weights.

`sh scripts/test_vllm.sh FOLDER` makes an environment with vLLM's CPU build and a small model in the
folder (4 GB), and runs this file there.
"""

import os
from collections import defaultdict
from pathlib import Path

import pytest
from sqlalchemy import func, select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.endpoints import trial
from backend.endpoints.schemas import IN_PROCESS
from backend.errors import Unavailable
from backend.runs.creation import create_run
from backend.runs.schemas import RunCreate
from backend.scoring.tables import Judgment, Sample, Teachability
from tests.backend.embedded.waiting import wait_until
from tests.builders import create_seed, create_user
from tests.durability.conftest import Worker
from tests.durability.test_gpu_queue import GPU_WORKER
from tests.scoring_runs import endpoint, read, sums
from tests.workers.fake_openai import FakeOpenAI

MODEL = Path(os.environ.get("SEEDBED_TEST_VLLM_MODEL", ""))
pytestmark = [
    pytest.mark.skipif(
        not os.environ.get("SEEDBED_TEST_VLLM"),
        reason="SEEDBED_TEST_VLLM is not set: sh scripts/test_vllm.sh FOLDER",
    ),
    pytest.mark.timeout(1800),
]
# Loading vLLM, then the model, on a machine that may be busy.
PATIENCE = 900.0
SEEDS = 8
SAMPLING = {"temperature": 0.8, "max_tokens": 24}


@pytest.fixture
def loading_worker(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> Worker:
    options = '{"enforce_eager": true, "max_model_len": 2048, "max_num_seqs": 16}'
    monkeypatch.setenv("SEEDBED_VLLM_OPTIONS", options)
    monkeypatch.setenv("VLLM_CPU_KVCACHE_SPACE", "1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return worker


def _started(server: FakeOpenAI) -> int:
    """The weak model and the judge are loaded, the reference is a server."""
    server.default = sums
    with session_scope() as session:
        for n in range(SEEDS):
            create_seed(session, f"What is {n} + 7?", external_id=str(n))
        user = session.scalar(select(User)) or create_user(session)
        loaded = {"max_in_flight": 2, "samples_per_request": 2, "sampling": SAMPLING}
        weak = endpoint(session, IN_PROCESS, "weak", str(MODEL), **loaded)
        wanted = RunCreate(
            weak_endpoint_ids=[weak.id],
            judge_endpoint_ids=[endpoint(session, IN_PROCESS, "judge", str(MODEL), **loaded).id],
            stopping="fixed",
            reference_endpoint_id=endpoint(session, server.base_url, "reference", "good").id,
            reference_samples=3,
            weak_samples=4,
        )
        return create_run(session, wanted, user).id


def _samples(run_id: int) -> list[Sample]:
    with session_scope() as session:
        return list(session.scalars(select(Sample).where(Sample.run_id == run_id)))


def _of_loaded(samples: list[Sample]) -> list[Sample]:
    return [sample for sample in samples if sample.max_tokens == SAMPLING["max_tokens"]]


def test_killed_worker_loses_no_sample_and_makes_none_of_the_stored_ones_again(
    server: FakeOpenAI, loading_worker: Worker
) -> None:
    run_id = _started(server)
    loading_worker.start(*GPU_WORKER)
    wait_until(lambda: len(_of_loaded(_samples(run_id))) >= 6, PATIENCE)
    assert len(loading_worker.group()) > 1, "the engine is a process of its own"
    loading_worker.kill(alone=True)
    wait_until(lambda: not loading_worker.group(), 60)
    before = {sample.id: (sample.response, sample.created_at) for sample in _samples(run_id)}
    assert read(run_id).state == "running"
    loading_worker.start(*GPU_WORKER)
    wait_until(lambda: read(run_id).state == "finished", PATIENCE)
    samples = _samples(run_id)
    after = {sample.id: (sample.response, sample.created_at) for sample in samples}
    assert {number: after[number] for number in before} == before
    run = read(run_id)
    assert (run.seeds_scored, run.seeds_failed, run.calls) == (SEEDS, 0, len(samples))
    _are_whole(samples)
    with session_scope() as session:
        assert session.scalar(select(func.count()).select_from(Teachability)) == SEEDS
        assert session.scalar(select(func.count()).select_from(Judgment)) == SEEDS
    assert {r.body["model"] for r in server.requests} == {"good"}


def _are_whole(samples: list[Sample]) -> None:
    """Every sample says how it ended and what it took; no index is missing or there twice."""
    indices: dict[tuple[int, int], list[int]] = defaultdict(list)
    for sample in samples:
        indices[sample.revision_id, sample.endpoint_id].append(sample.sample_index)
        assert sample.prompt_tokens > 0
        assert (sample.finish_reason == "length") == (
            sample.completion_tokens == sample.max_tokens or sample.finish_reason != "stop"
        )
        assert 0 < sample.completion_tokens <= sample.max_tokens
    assert all(sorted(found) == list(range(len(found))) for found in indices.values())
    own = _of_loaded(samples)
    assert len({sample.response for sample in own}) > len(own) // 2, "samples differ"


def test_trial_of_a_loaded_model_brings_a_reply(loading_worker: Worker) -> None:
    with session_scope() as session:
        user = create_user(session)
        loaded = endpoint(session, IN_PROCESS, "weak", str(MODEL), sampling=SAMPLING)
        endpoint_id = loaded.id
    loading_worker.start(*GPU_WORKER)

    def tried() -> bool:
        with session_scope() as session:
            job_id = trial.start_trial(session, user, endpoint_id, "What is 6 times 7?")
        try:
            result = trial.await_result(job_id)
        except Unavailable:
            return False  # the worker is still starting
        assert result.ok or "still being loaded" in (result.error or "")
        return result.ok and bool(result.response)

    wait_until(tried, PATIENCE)
