"""A changed token limit: what is asked again, and which of two stored answers counts."""

from collections import Counter

import pytest
from sqlalchemy import select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.endpoints.tables import Endpoint
from backend.runs.creation import create_run
from backend.runs.schemas import RunCreate
from backend.scoring.line_up import line_up_of
from backend.scoring.samples import stored_answers
from backend.scoring.stored_evidence import read_evidence
from backend.scoring.tables import Judgment, Sample
from backend.seeds.tables import Seed
from tests.builders import create_seed
from tests.scoring_runs import VERDICT, claim, read, start_run
from tests.workers.fake_openai import FakeOpenAI, Request, Step, answer
from workers.tasks.scoring import score_shard

pytestmark = pytest.mark.usefixtures("committed", "woken")

# How many tokens the model wants to say of each seed.
WANTED = {"1 + 7": 40, "2 + 7": 200, "3 + 7": 900}


def _says_what_it_wants(request: Request) -> Step:
    wanted = next(tokens for sum_, tokens in WANTED.items() if sum_ in request.prompt)
    limit = request.body["max_tokens"]
    usage = {"prompt_tokens": 10, "completion_tokens": min(wanted, limit)}
    text = VERDICT if request.body["model"] == "judge" else r"\boxed{8}"
    return answer(text, finish_reason="stop" if wanted <= limit else "length", usage=usage)


def _first_run(server: FakeOpenAI, limit: int, *, judge: str | None = None) -> int:
    server.default = _says_what_it_wants
    with session_scope() as session:
        for sum_ in WANTED:
            create_seed(session, f"What is {sum_}?", "8")
    run_id = start_run(server.base_url, reference=None, judge=judge, weak_samples=2)
    _set_limit(limit)
    return _again(run_id)


def _set_limit(limit: int) -> None:
    with session_scope() as session:
        for endpoint in session.scalars(select(Endpoint)):
            endpoint.sampling = {"temperature": 0.8, "max_tokens": limit}


def _again(run_id: int) -> int:
    """Another run over the same seeds and endpoints as they are now, done."""
    with session_scope() as session:
        by_role = {e["role"]: e["endpoint_id"] for e in read(run_id).settings["line_up"]}
        wanted = RunCreate(
            weak_endpoint_ids=[by_role["weak"]],
            judge_endpoint_ids=[by_role["judge"]] if "judge" in by_role else [],
            weak_samples=2, stopping="fixed",
        )  # fmt: skip
        new_id = create_run(session, wanted, session.scalars(select(User)).one()).id
    score_shard(claim(new_id))
    assert read(new_id).state == "finished"
    return new_id


def _asked(server: FakeOpenAI) -> Counter[tuple[str, int]]:
    asked = Counter(
        (next(sum_ for sum_ in WANTED if sum_ in request.prompt), request.body["max_tokens"])
        for request in server.requests
    )
    server.requests.clear()
    return asked


def test_raised_limit_asks_again_only_for_what_was_cut_off(server: FakeOpenAI) -> None:
    run_id = _first_run(server, 256)
    assert _asked(server) == {(sum_, 256): 2 for sum_ in WANTED}
    _set_limit(1024)
    _again(run_id)
    assert _asked(server) == {("3 + 7", 1024): 2}
    with session_scope() as session:
        rows = session.execute(
            select(Sample.max_tokens, Sample.finish_reason).where(Sample.completion_tokens > 250)
        ).all()
    assert Counter(map(tuple, rows)) == {(256, "length"): 2, (1024, "stop"): 2}


def test_lowered_limit_asks_again_only_for_what_would_not_fit(server: FakeOpenAI) -> None:
    run_id = _first_run(server, 1024)
    _asked(server)
    _set_limit(100)
    _again(run_id)
    assert _asked(server) == {("2 + 7", 100): 2, ("3 + 7", 100): 2}
    _set_limit(1024)
    _again(run_id)
    assert not _asked(server), "what was made under the first limit still stands"


def test_verdict_rests_on_one_sample_for_each_place(server: FakeOpenAI) -> None:
    first = _first_run(server, 256, judge="judge")
    _set_limit(1024)
    second = _again(first)
    with session_scope() as session:
        seed = session.scalars(select(Seed).order_by(Seed.id.desc())).first()
        assert seed is not None
        old, new = (line_up_of(read(run_id).settings) for run_id in (first, second))
        before = stored_answers(session, [seed.revision_id], old)[seed.revision_id]
        after = stored_answers(session, [seed.revision_id], new)[seed.revision_id]
        (evidence,) = read_evidence(session, [seed.revision_id], new)
        judgments = session.scalars(
            select(Judgment.sample_id).where(Judgment.revision_id == seed.revision_id)
        ).all()
    weak = new[0].endpoint_id
    assert [row.answer for row in before if row.endpoint_id == weak] == [None, None]
    assert [row.answer for row in after if row.endpoint_id == weak] == ["8", "8"]
    assert len(judgments) == 2, "both of the judge's replies are stored"
    assert evidence.steps == [4], "and one of them counts"


def test_of_two_that_fit_the_one_of_the_same_limit_counts_else_the_oldest(
    server: FakeOpenAI,
) -> None:
    run_id = _first_run(server, 1024)
    (entry,) = line_up_of(read(run_id).settings)
    with session_scope() as session:
        first, *_ = session.scalars(select(Sample).order_by(Sample.id)).all()
        revision_id, index = first.revision_id, first.sample_index
        for limit in (512, 2048, 4096):
            copied = {
                column.key: getattr(first, column.key)
                for column in Sample.__table__.columns
                if column.key != "id"
            }
            session.add(Sample(**copied | {"max_tokens": limit, "answer": f"under {limit}"}))
            session.flush()

    def chosen(limit: int) -> str | None:
        sampling = entry.sampling.model_copy(update={"max_tokens": limit})
        line_up = [entry.model_copy(update={"sampling": sampling})]
        with session_scope() as session:
            rows = stored_answers(session, [revision_id], line_up)[revision_id]
        (found,) = [row.answer for row in rows if row.sample_index == index]
        return found

    assert chosen(2048) == "under 2048"
    assert chosen(512) == "under 512"
    assert chosen(8192) == first.answer, "the oldest"
