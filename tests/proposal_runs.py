"""Helpers for tests of runs for proposals: a scripted proposer, its runs, what came of them."""

import json
from itertools import count
from typing import Any

from sqlalchemy import select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.proposals.tables import ProposalReply
from backend.rewriting.tables import Rewrite
from backend.runs.proposal_creation import create_augmentation_run, create_rewrite_run
from backend.runs.proposal_schemas import AugmentationRunCreate, RewriteRunCreate
from tests.builders import create_seed, create_user
from tests.scoring_runs import claim, endpoint
from tests.workers.fake_openai import Request, Step, answer
from workers.tasks.proposals import propose_for_shard

_numbers = count(1)


def reply(prompt: str, said: str = "1600", why: str = "A number can be checked.") -> str:
    """A proposal as a model writes it."""
    return json.dumps({"prompt": prompt, "answer": said, "why": why})


def proposing(request: Request) -> Step:
    """A proposal that no other reply has made."""
    number = next(_numbers)
    return answer(*(
        reply(f"What is the sum of the first {number}{part} odd numbers?", f"{number}{part}")
        for part in range(int(request.body.get("n") or 1))
    ))  # fmt: skip


def add_proofs(count: int, **fields: Any) -> list[int]:
    """Committed seeds that ask for a proof, by number."""
    with session_scope() as session:
        return [
            create_seed(session, f"Prove that {n} divides n^{n}.", status="needs_rewrite", **fields)
            .id
            for n in range(2, 2 + count)
        ]  # fmt: skip


def proposer(base_url: str, **fields: Any) -> int:
    """A committed teacher, by number."""
    with session_scope() as session:
        fields = {"sampling": {"temperature": 0.8, "max_tokens": 500}} | fields
        return endpoint(session, base_url, "teacher", "good", **fields).id


def start_rewrites(base_url: str, *, max_in_flight: int = 8, **fields: Any) -> int:
    """A committed run for rewrites over all seeds, of a new teacher unless one is named."""
    if "endpoint_id" not in fields:
        fields["endpoint_id"] = proposer(base_url, max_in_flight=max_in_flight)
    with session_scope() as session:
        user = session.scalar(select(User)) or create_user(session)
        wanted = RewriteRunCreate(**{"kind": "proof_to_answer", **fields})
        return create_rewrite_run(session, wanted, user).id


def start_augmentation(base_url: str, *, max_in_flight: int = 8, **fields: Any) -> int:
    """A committed run for new seeds from all accepted ones, of a new teacher or a named one."""
    if "endpoint_id" not in fields:
        fields["endpoint_id"] = proposer(base_url, max_in_flight=max_in_flight)
    with session_scope() as session:
        user = session.scalar(select(User)) or create_user(session)
        wanted = AugmentationRunCreate(**{"kind": "variation", **fields})
        return create_augmentation_run(session, wanted, user).id


def propose(run_id: int, shard: int = 0) -> None:
    """Do the work of the run's newest open job."""
    propose_for_shard(claim(run_id, shard))


def replies(run_id: int) -> list[ProposalReply]:
    """What the run has read, in the order of the samples."""
    with session_scope() as session:
        return list(
            session.scalars(
                select(ProposalReply)
                .where(ProposalReply.run_id == run_id)
                .order_by(ProposalReply.sample_id)
            )
        )


def outcomes(run_id: int) -> list[str]:
    """What became of each of its replies, sorted."""
    return sorted(found.outcome for found in replies(run_id))


def rewrites() -> list[Rewrite]:
    with session_scope() as session:
        return list(session.scalars(select(Rewrite).order_by(Rewrite.id)))
