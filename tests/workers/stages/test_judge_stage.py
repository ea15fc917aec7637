"""Stage judge: its word replaces the verdict, unknown leaves it, each pair is paid once."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.database import Json
from backend.decontamination import asking
from backend.decontamination.asking import StageFailed
from backend.decontamination.checking import count_due
from backend.decontamination.index import current_version
from backend.decontamination.tables import Benchmark, DecontaminationHit, PairJudgment
from backend.endpoints.tables import Endpoint
from backend.science.decontamination import BenchmarkIndex
from backend.science.judged_pairs import question_hash
from backend.scoring.tables import EndpointSpend
from backend.seeds.tables import Seed
from tests.builders import create_endpoint, create_seed
from tests.checks import DUCKS, add_benchmark, hits, run_check, set_policy
from tests.workers.fake_models import FakeModels, judged_prompts
from tests.workers.fake_openai import FakeOpenAI, Step, answer, refuse
from tests.workers.stages.texts import EGGS, OEUFS
from workers import pair_judge

NEARLY_DUCKS = (
    "Janet's ducks lay sixteen eggs per day and she eats three for breakfast every morning; "
    "how many eggs are left for her to sell at the shop?"
)


@pytest.fixture
def judge(session: Session, server: FakeOpenAI) -> Endpoint:
    """The judge of the policy in force."""
    judge = create_endpoint(session, "judge", base_url=server.base_url, output_price=1)
    set_policy(session, judge_endpoint_id=judge.id)
    return judge


def found(session: Session) -> DecontaminationHit:
    """The one hit of a check of one seed that is nearly an item."""
    add_benchmark(session, DUCKS)
    create_seed(session, prompt=NEARLY_DUCKS)
    run_check(session)
    [hit] = hits(session)
    return hit


def said_of(hit: DecontaminationHit) -> Json:
    assert hit.evidence is not None
    return hit.evidence["judge"]  # type: ignore[no-any-return]


def unjudged(prompt: str) -> str:
    """What a prompt is to the item by the stages before."""
    return BenchmarkIndex.build([("1", DUCKS)]).find_hits(prompt)[0].verdict


def saying(models: FakeModels, reply: str | Step) -> None:
    models.refusing = lambda _: answer(reply) if isinstance(reply, str) else reply


@pytest.mark.parametrize(
    ("word", "verdict", "action"),
    [
        ("same", "contaminated", "block"),
        ("changed", "variant", "review"),
        ("related", "related", "ignore"),
        ("different", "related", "ignore"),
    ],
)
def test_word_replaces_the_verdict_and_the_method_stays(
    session: Session, judge: Endpoint, models: FakeModels, word: str, verdict: str, action: str
) -> None:
    saying(models, f'{{"verdict": "{word}", "reason": "Eggs."}}')
    hit = found(session)
    assert (hit.method, hit.verdict, hit.action) == ("ngram", verdict, action)
    assert said_of(hit) == {
        "verdict": word, "reason": "Eggs.", "model": "test-model", "endpoint": judge.name,
        "question": question_hash().hex(),
    }  # fmt: skip


def test_refuted_hit_stops_nothing_whatever_the_policy_does_with_related_ones(
    session: Session, judge: Endpoint, models: FakeModels
) -> None:
    saying(models, '{"verdict": "different", "reason": "x"}')
    set_policy(session, judge_endpoint_id=judge.id, actions={"related": "block"})
    hit = found(session)
    assert (hit.verdict, hit.action) == ("related", "ignore")
    assert session.scalars(select(Seed.open_hits)).all() == [0]


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (answer("I cannot say."), "no verdict"),
        (answer('{"verdict": "different"}', finish_reason="length"), "cut off"),
        (answer("", finish_reason="content_filter"), "refused to answer"),
        (refuse(400, "no", code="content_policy_violation"), "content_filter"),
    ],
)
def test_unknown_leaves_what_the_earlier_stage_said_and_is_not_asked_again(
    session: Session, judge: Endpoint, models: FakeModels, server: FakeOpenAI, step: Step,
    reason: str,
) -> None:  # fmt: skip
    saying(models, step)
    hit = found(session)
    assert hit.verdict == unjudged(NEARLY_DUCKS)
    assert hit.action in ("block", "review")
    assert said_of(hit)["verdict"] == "unknown"
    assert reason in said_of(hit)["reason"]
    set_policy(session, judge_endpoint_id=judge.id, candidates=5)
    run_check(session)
    assert len(judged_prompts(server)) == 1


def test_cut_off_reply_is_asked_for_again_under_a_higher_limit(
    session: Session, judge: Endpoint, models: FakeModels
) -> None:
    saying(models, answer("", finish_reason="length"))
    found(session)
    saying(models, "related")
    judge.sampling = {"max_tokens": 2048}
    set_policy(session, judge_endpoint_id=judge.id, candidates=5)
    run_check(session)
    [hit] = hits(session)
    assert hit.verdict == "related"


def test_copies_and_relatives_are_not_asked_about(
    session: Session, judge: Endpoint, server: FakeOpenAI
) -> None:
    add_benchmark(session, DUCKS)
    create_seed(session, prompt=DUCKS)
    run_check(session)
    assert (hits(session)[0].method, server.requests) == ("exact", [])


def test_translation_goes_through_both_stages(
    session: Session, server: FakeOpenAI, models: FakeModels
) -> None:
    embedding = create_endpoint(session, "embedding", base_url=server.base_url)
    judge = create_endpoint(session, "judge", base_url=server.base_url)
    set_policy(
        session, embedding_endpoint_id=embedding.id, judge_endpoint_id=judge.id, candidates=0
    )
    models.judge = lambda _: "related"
    add_benchmark(session, EGGS)
    create_seed(session, prompt=OEUFS)
    run_check(session)
    [hit] = hits(session)
    assert (hit.method, hit.verdict) == ("embedding", "related")
    assert hit.evidence is not None
    assert set(hit.evidence) == {"embedding", "judge"}
    [asked] = judged_prompts(server)
    assert OEUFS in asked
    assert EGGS in asked


def test_pair_is_paid_once_in_whatever_seed_and_benchmark(
    session: Session, judge: Endpoint, server: FakeOpenAI
) -> None:
    add_benchmark(session, DUCKS)
    add_benchmark(session, DUCKS, name="copies")
    create_seed(session, prompt=NEARLY_DUCKS)
    run_check(session)
    assert [hit.verdict for hit in hits(session)] == ["contaminated", "contaminated"]
    set_policy(session, judge_endpoint_id=judge.id, candidates=5)
    run_check(session)
    assert len(judged_prompts(server)) == 1
    spent = session.get_one(EndpointSpend, judge.id)
    assert (spent.calls, spent.prompt_tokens) == (1, 10)


def test_lost_judge_leaves_the_hits_unjudged_and_the_seeds_due(
    session: Session, judge: Endpoint, models: FakeModels, server: FakeOpenAI
) -> None:
    add_benchmark(session, DUCKS)
    seeds = [create_seed(session, prompt=f"{NEARLY_DUCKS} {place}") for place in "abc"]
    clean = create_seed(session, prompt="What is one and one?")
    saying(models, refuse(401, "no such key"))
    with pytest.raises(StageFailed, match=f"{judge.name}: http_401: no such key"):
        run_check(session)
    session.expire_all()
    assert [hit.verdict for hit in hits(session)] == [
        unjudged(f"{NEARLY_DUCKS} {place}") for place in "abc"
    ]
    assert {said_of(hit)["reason"] for hit in hits(session)} == {"the judge could not be asked"}
    assert [session.get_one(Seed, seed.id).open_hits for seed in seeds] == [1, 1, 1]
    assert session.get_one(Seed, clean.id).checked_index is None
    assert len(judged_prompts(server)) <= 2  # of the first batch; not again for each
    saying(models, "related")
    run_check(session)
    assert [hit.verdict for hit in hits(session)] == ["related"] * 3
    assert count_due(session, current_version(session).id) == 0


def test_what_came_before_a_death_is_not_asked_again(
    session: Session, judge: Endpoint, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge.max_in_flight = 1
    add_benchmark(session, DUCKS)
    for place in "abcd":
        create_seed(session, prompt=f"{NEARLY_DUCKS} {place}")
    store, stored = pair_judge.store_judgment, []

    def store_until_killed(*arguments: Any) -> None:
        if len(stored) == 3:
            raise KeyboardInterrupt
        store(*arguments)
        stored.append(arguments)

    monkeypatch.setattr(pair_judge, "store_judgment", store_until_killed)
    with pytest.raises(KeyboardInterrupt):
        run_check(session)
    monkeypatch.setattr(pair_judge, "store_judgment", store)
    session.expire_all()
    run_check(session)
    asked = judged_prompts(server)
    # Four pairs, and one again whose answer was not stored when the process died.
    assert (len(asked), len(set(asked))) == (5, 4)
    assert asked[3] == asked[4]


def test_day_of_the_judge_is_kept_to(session: Session, judge: Endpoint, server: FakeOpenAI) -> None:
    judge.max_calls_per_day = 1
    add_benchmark(session, DUCKS)
    for place in "ab":
        create_seed(session, prompt=f"{NEARLY_DUCKS} {place}")
    with pytest.raises(StageFailed, match=f"{judge.name} has used up its day"):
        run_check(session)
    session.expire_all()
    words = [said_of(hit)["verdict"] for hit in hits(session)]
    assert sorted(words) == ["same", "unknown"]
    session.execute(update(Endpoint).values(max_calls_per_day=None))
    session.commit()
    run_check(session)
    assert len(judged_prompts(server)) == len(set(judged_prompts(server))) == 2


def test_gated_item_is_not_sent_elsewhere_unless_the_policy_says_so(
    session: Session, judge: Endpoint, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "is_local", lambda _: False)
    add_benchmark(session, DUCKS).gated = True
    create_seed(session, prompt=NEARLY_DUCKS)
    run_check(session)
    [hit] = hits(session)
    assert hit.verdict == unjudged(NEARLY_DUCKS)
    assert (said_of(hit)["verdict"], server.requests) == ("unknown", [])
    assert "gated" in said_of(hit)["reason"]
    assert count_due(session, current_version(session).id) == 0
    set_policy(session, judge_endpoint_id=judge.id, send_gated_items=True)
    run_check(session)
    assert said_of(hits(session)[0])["verdict"] == "same"


def test_reason_about_a_gated_item_is_not_kept(session: Session, judge: Endpoint) -> None:
    add_benchmark(session, DUCKS).gated = True
    add_benchmark(session, DUCKS, name="public")
    create_seed(session, prompt=NEARLY_DUCKS)
    run_check(session)
    assert [said_of(hit).get("reason") for hit in hits(session)] == [None, None]
    assert session.scalars(select(PairJudgment.reason)).all() == [None]


def test_reason_is_not_shown_once_the_benchmark_is_gated(
    session: Session, judge: Endpoint, client: TestClient
) -> None:
    assert said_of(found(session))["reason"] == "They ask the same."
    session.execute(update(Benchmark).values(gated=True))
    session.commit()
    [hit] = client.get("/v1/hits").json()["items"]
    assert hit["evidence"]["judge"]["verdict"] == "same"
    assert "reason" not in hit["evidence"]["judge"]
