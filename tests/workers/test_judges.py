"""Several judges in a run: each rates every seed once; where they disagree a seed comes first."""

import json

import pytest
from sqlalchemy import select

from backend.database import session_scope
from backend.endpoints.tables import Endpoint
from backend.judging.agreement import agreement
from backend.science.rubric import rubric_hash
from backend.scoring.tables import Judgment, Sample
from backend.seeds.tables import Seed
from tests.builders import create_seed
from tests.scoring_runs import claim, read, start_run, sums
from tests.workers.fake_openai import FakeOpenAI, Request, Step, answer
from workers.tasks.scoring import score_shard

pytestmark = pytest.mark.usefixtures("committed", "woken")

LEVELS = {"steps": 4, "difficulty": 2, "multi_step": 3, "well_posed": 5, "verifiable": 5}


def _rated(request: Request) -> Step:
    """Judges who agree, but on the prompt with 9 in it; `cut` never gets to the end."""
    model = request.body["model"]
    if model not in ("calm", "keen", "cut"):
        return sums(request)
    if model == "cut":
        return answer('{"steps": 4, "diff', finish_reason="length")
    apart = {"steps": 12, "difficulty": 5} if model == "keen" and "9 +" in request.prompt else {}
    return answer(json.dumps(LEVELS | apart | {"reasons": "Some sums."}))


def test_every_judge_rates_every_seed_and_disagreement_draws_attention(server: FakeOpenAI) -> None:
    server.default = _rated
    with session_scope() as session:
        for n in (8, 9):
            create_seed(session, f"What is {n} + 7?", str(n + 7), external_id=str(n))
    run_id = start_run(
        server.base_url, reference=None, judge=["calm", "keen", "cut"], weak_samples=2
    )
    score_shard(claim(run_id))
    assert (read(run_id).state, read(run_id).calls) == ("finished", 2 * (2 + 3))
    with session_scope() as session:
        rows = session.execute(
            select(Endpoint.model, Judgment)
            .join(Sample, Sample.id == Judgment.sample_id)
            .join(Endpoint, Endpoint.id == Sample.endpoint_id)
        ).all()
        attention = {seed.external_id: seed.attention for seed in session.scalars(select(Seed))}
        found = agreement(session, None)
    assert {judgment.rubric_hash for _, judgment in rows} == {rubric_hash("2")}
    assert {(model, j.steps, j.well_posed, j.unscored) for model, j in rows} == {
        ("calm", 4, 5, None), ("keen", 4, 5, None), ("keen", 12, 5, None),
        ("cut", None, None, "cut off at the token limit"),
    }  # fmt: skip
    assert attention["9"] > attention["8"]
    assert [(rater.scored, rater.unscored) for rater in found.raters] == [(2, 0), (2, 0), (0, 2)]
