"""Rows for tests: one function a table, sensible values, every field may be given."""

from itertools import count
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.decontamination.index import current_version
from backend.decontamination.tables import Benchmark, BenchmarkItem, DecontaminationHit
from backend.decontamination.words import hash_of
from backend.endpoints.tables import Endpoint
from backend.runs.tables import Run
from backend.science.rubric import rubric_hash
from backend.scoring.tables import Judgment, PolicyVersion, Sample, Teachability
from backend.seeds.service import content_hash
from backend.seeds.tables import Seed, SeedRevision, SeedText, Source
from backend.traces.tables import Trace

_numbers = count(1)


def create_user(session: Session, role: str = "curator", name: str | None = None) -> User:
    user = User(name=name or f"user-{next(_numbers)}", role=role)
    session.add(user)
    session.flush()
    return user


def create_source(session: Session, name: str = "test") -> Source:
    source = session.scalar(select(Source).where(Source.name == name))
    if source is None:
        source = Source(name=name)
        session.add(source)
        session.flush()
    return source


def create_seed(
    session: Session,
    prompt: str | None = None,
    answer: str | None = None,
    source: str = "test",
    **fields: Any,
) -> Seed:
    """A seed with its first revision."""
    number = next(_numbers)
    prompt = prompt or f"What is {number} + 1?"
    digest = content_hash(prompt)
    revision_id = session.scalar(text("select nextval('seed_revision_id_seq')"))
    seed = Seed(
        source_id=create_source(session, source).id,
        external_id=fields.pop("external_id", f"row-{number}"),
        revision_id=revision_id,
        content_hash=digest,
        **fields,
    )
    session.add(seed)
    session.flush()
    session.execute(
        insert(SeedRevision).values(
            id=revision_id, seed_id=seed.id, number=1, prompt=prompt, answer=answer,
            content_hash=digest, origin="import",
        )
    )  # fmt: skip
    session.execute(insert(SeedText).values(seed_id=seed.id))
    return seed


def create_endpoint(session: Session, role: str = "weak", **fields: Any) -> Endpoint:
    values: dict[str, Any] = {
        "name": f"{role}-{next(_numbers)}",
        "base_url": "http://127.0.0.1:9/v1",
        "model": "test-model",
        "sampling": {"temperature": 0.8, "max_tokens": 64},
    }
    endpoint = Endpoint(role=role, **(values | fields))
    session.add(endpoint)
    session.flush()
    return endpoint


def create_policy(session: Session, **settings: Any) -> PolicyVersion:
    policy = PolicyVersion(name=f"policy-{next(_numbers)}", version=1, settings=settings)
    session.add(policy)
    session.flush()
    return policy


def create_hit(session: Session, seed: Seed, **fields: Any) -> DecontaminationHit:
    """A hit of the seed's current revision, in a benchmark of its own."""
    number = next(_numbers)
    benchmark = Benchmark(name=f"benchmark-{number}", version="1", split="test", item_count=1)
    session.add(benchmark)
    session.flush()
    text = fields.pop("item_text", f"Item {number}.")
    item = BenchmarkItem(benchmark_id=benchmark.id, external_id=f"item-{number}", text=text)
    session.add(item)
    session.flush()
    values: dict[str, Any] = {
        "item_hash": hash_of(text), "verdict": "contaminated", "method": "ngram",
        "action": "block", "score": 0.9, "coverage_item": 0.9, "coverage_seed": 0.8,
        "longest_words": 12, "spans": [[0, 4, 0, 4]], "seed_numbers": [], "item_numbers": [],
        "index_id": current_version(session).id,
    }  # fmt: skip
    hit = DecontaminationHit(revision_id=seed.revision_id, item_id=item.id, **(values | fields))
    session.add(hit)
    session.flush()
    return hit


def create_sample(
    session: Session,
    seed: Seed,
    role: str = "weak",
    index: int = 0,
    key: str | None = "integer:42",
    endpoint: Endpoint | None = None,
    **fields: Any,
) -> Sample:
    """A stored response of an endpoint, which is made where none is given."""
    endpoint = endpoint or create_endpoint(session, role)
    values: dict[str, Any] = {
        "template_hash": "t", "settings_hash": "s", "max_tokens": 1024,
        "response": r"\boxed{42}", "answer": "42",
        "finish_reason": "stop", "prompt_tokens": 10, "completion_tokens": 5, "cost": 0,
        "latency_ms": 100,
    }  # fmt: skip
    sample = Sample(
        revision_id=seed.revision_id, endpoint_id=endpoint.id, sample_index=index, answer_key=key,
        **(values | fields),
    )  # fmt: skip
    session.add(sample)
    session.flush()
    return sample


def create_judgment(
    session: Session, seed: Seed, judge: Endpoint, rubric: str = "2", index: int = 0, **fields: Any
) -> Judgment:
    """A judge's verdict on the seed's current wording, or why there is none (`unscored`)."""
    sample = create_sample(
        session, seed, "judge", index, None, judge, template_hash=rubric_hash(rubric),
        settings_hash=fields.pop("settings_hash", "s"),
    )  # fmt: skip
    judgment = Judgment(
        sample_id=sample.id, revision_id=seed.revision_id, rubric_hash=rubric_hash(rubric), **fields
    )
    session.add(judgment)
    session.flush()
    return judgment


def create_teachability(session: Session, seed: Seed, **fields: Any) -> Teachability:
    values: dict[str, Any] = {
        "key_origin": "plurality", "reference_answer": "42", "reference_key": "integer:42",
        "reliability": 0.9, "suspect": 0.1, "hard": 0.0, "teachable": 0.9, "easy": 0.0,
        "score": 0.8, "score_low": 0.5, "score_high": 0.95, "verdict": "teachable",
    }  # fmt: skip
    values |= fields
    policy_id = values.pop("policy_id", None) or create_policy(session).id
    row = Teachability(revision_id=seed.revision_id, policy_id=policy_id, **values)
    session.add(row)
    session.flush()
    return row


def create_run(session: Session, kind: str = "scoring", **fields: Any) -> Run:
    """A run without items; its settings are empty."""
    user = session.scalar(select(User)) or create_user(session)
    policy = session.scalar(select(PolicyVersion)) or create_policy(session)
    values: dict[str, Any] = {
        "name": kind, "kind": kind, "filter": {}, "settings": {}, "policy_id": policy.id,
        "created_by": user.id,
    }  # fmt: skip
    run = Run(**(values | fields))
    session.add(run)
    session.flush()
    return run


def create_trace(
    session: Session,
    seed: Seed,
    run: Run,
    reason: str | None = None,
    sample: Sample | None = None,
    **fields: Any,
) -> Trace:
    """A verified response of a teacher, kept where there is no reason against it."""
    sample = sample or create_sample(
        session, seed, "teacher", reasoning="Six times seven.", run_id=run.id
    )
    values: dict[str, Any] = {
        "state": "rejected" if reason else "kept", "evidence": {}, "thinking_tokens": 40,
        "answer_tokens": 10, "answer_key": "integer:42", "key_origin": "given",
        "reference_answer": "42", "reference_key": "integer:42",
    }  # fmt: skip
    trace = Trace(
        sample_id=sample.id, revision_id=seed.revision_id, endpoint_id=sample.endpoint_id,
        run_id=run.id, reason=reason, **(values | fields),
    )  # fmt: skip
    session.add(trace)
    session.flush()
    return trace
