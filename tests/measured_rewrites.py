"""Helpers for tests of runs over rewrites that wait: a scored original, proposals, the runs."""

import json
import re
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.endpoints.tables import Endpoint
from backend.rewriting.checks import checks_of
from backend.rewriting.measuring import measure
from backend.rewriting.measuring_schemas import MeasureCreate
from backend.rewriting.schemas import CheckOut, RewriteCreate
from backend.rewriting.service import propose
from backend.rewriting.tables import Rewrite
from backend.runs.creation import create_run
from backend.runs.schemas import RunCreate
from backend.seeds.tables import Seed
from tests.builders import create_seed, create_user
from tests.scoring_runs import VERDICT, claim, endpoint
from tests.workers.fake_openai import FakeOpenAI, Request, Step, answer
from workers.tasks.scoring import score_shard

ORIGINAL = "Prove that 3 + 7 is even."
REWRITE = "What is 13 + 7?"
FOLLOWS = "was rewritten so that its answer can be checked"


def is_about_rewrite(request: Request) -> bool:
    return FOLLOWS in request.prompt


def said(verdict: str, reason: str = "So it is.") -> Step:
    return answer(json.dumps({"follows": verdict, "reason": reason}))


def models(request: Request) -> Step:
    """`good` adds rightly, `bad` one too much, `torn` only in originals; judges say yes."""
    model = request.body["model"]
    if model.startswith("judge"):
        return said("yes") if is_about_rewrite(request) else answer(VERDICT)
    first, second = re.findall(r"\d+", request.prompt)[:2]
    wrong = model == "bad" or (model == "torn" and "Prove" in request.prompt)
    return answer(f"So it is \\boxed{{{int(first) + int(second) + wrong}}}.")


class Measuring:
    """Endpoints of all roles at a server, and a seed that wants a rewrite."""

    def __init__(self, server: FakeOpenAI, *, weak: str = "good", second: str = "good") -> None:
        server.default = models
        with session_scope() as session:
            self.user_id = create_user(session, "admin").id
            roles = {
                "reference": "good", "second": second, "weak": weak, "judge": "judge",
                "other_judge": "judge-2",
            }  # fmt: skip
            kinds = {"second": "reference", "other_judge": "judge"}
            self.endpoints = {
                name: endpoint(session, server.base_url, kinds.get(name, name), model).id
                for name, model in roles.items()
            }
            seed = create_seed(session, ORIGINAL, None)
            self.seed_id, self.base_id = seed.id, seed.revision_id

    def score_original(self) -> None:
        """Have the seed scored as it is."""
        wanted = RunCreate(
            reference_endpoint_id=self.endpoints["reference"],
            weak_endpoint_ids=[self.endpoints["weak"]],
            stopping="fixed",
            weak_samples=16,
        )
        with session_scope() as session:
            run_id = create_run(session, wanted, session.get_one(User, self.user_id)).id
        score_shard(claim(run_id))

    def propose(
        self, prompt: str = REWRITE, own: str | None = "20", *, by: str | None = None
    ) -> int:
        """The number of a new rewrite; `by` is the endpoint that proposes it, else a curator."""
        with session_scope() as session:
            seed = session.get_one(Seed, self.seed_id)
            body = RewriteCreate(
                token=uuid4(), seed_id=seed.id, seen=seed.revision_id, kind="proof_to_answer",
                prompt=prompt, answer=own, why="A number can be checked.",
            )  # fmt: skip
            rewrite = propose(session, session.get_one(User, self.user_id), body)
            if by is not None:
                rewrite.author_id, rewrite.endpoint_id = None, self.endpoints[by]
            return rewrite.id

    def start(self, *names: str, **fields: Any) -> int:
        """A committed run over rewrites with these endpoints besides reference and weak model."""
        wanted = MeasureCreate(
            reference_endpoint_id=self.endpoints["reference"],
            weak_endpoint_ids=[self.endpoints["weak"]],
            second_reference_endpoint_id=self.endpoints["second"] if "second" in names else None,
            judge_endpoint_ids=[self.endpoints[name] for name in names if "judge" in name],
            **({"stopping": "fixed", "weak_samples": 8} | fields),
        )
        with session_scope() as session:
            return measure(session, session.get_one(User, self.user_id), wanted).id

    def rewrite(self, rewrite_id: int) -> Rewrite:
        with session_scope() as session:
            return session.get_one(Rewrite, rewrite_id)

    def checks(self, rewrite_id: int) -> dict[str, CheckOut]:
        with session_scope() as session:
            return {check.name: check for check in checks_of(session, [rewrite_id])[rewrite_id]}

    def seed(self) -> Seed:
        with session_scope() as session:
            return session.scalars(select(Seed).where(Seed.id == self.seed_id)).one()

    def rename(self, name: str, model: str) -> None:
        """Give an endpoint another model."""
        with session_scope() as session:
            session.get_one(Endpoint, self.endpoints[name]).model = model
