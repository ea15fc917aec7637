"""Helpers for tests of runs that sort seeds by domain: a scripted judge, and its runs."""

import json
from typing import Any

from sqlalchemy import select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.domains.choices import DomainChoice
from backend.domains.tables import DomainSuggestion
from backend.runs.domain_creation import create_domain_run
from backend.runs.domain_schemas import DomainRunCreate
from tests.builders import create_seed, create_user
from tests.scoring_runs import claim, endpoint
from tests.workers.fake_openai import Request, Step, answer
from workers.tasks.domains import classify_shard

LIST = [
    DomainChoice(name="algebra", description="equations and expressions"),
    DomainChoice(name="geometry", description="figures, angles, areas"),
]


def names(domain: str) -> str:
    """A reply as the judge is asked for."""
    return json.dumps({"domain": domain})


def sorting(request: Request) -> Step:
    """By the words of the problem; what it does not know it invents a name for."""
    problem = request.prompt.split("<problem>")[1]
    for word, domain in (("triangle", "geometry"), ("equation", "algebra"), ("poem", "other")):
        if word in problem:
            return answer(names(domain))
    return answer(names("astrology"))


def add_seeds(*prompts: str, **fields: Any) -> list[int]:
    """Committed seeds without a domain, unless one is given."""
    with session_scope() as session:
        return [create_seed(session, prompt, **fields).id for prompt in prompts]


def judge(base_url: str, **fields: Any) -> int:
    """A committed judge, by number."""
    with session_scope() as session:
        fields = {"sampling": {"temperature": 0.0, "max_tokens": 100}} | fields
        return endpoint(session, base_url, "judge", "sorter", **fields).id


def start_domains(base_url: str, *, max_in_flight: int = 8, **fields: Any) -> int:
    """A committed run over all seeds without a domain, of a new judge unless one is named."""
    if "endpoint_id" not in fields:
        fields["endpoint_id"] = judge(base_url, max_in_flight=max_in_flight)
    with session_scope() as session:
        user = session.scalar(select(User)) or create_user(session)
        return create_domain_run(session, DomainRunCreate(**{"domains": LIST, **fields}), user).id


def classify(run_id: int, shard: int = 0) -> None:
    """Do the work of the run's newest open job."""
    classify_shard(claim(run_id, shard))


def suggestions(run_id: int) -> list[tuple[str, str | None]]:
    """Outcome and domain of each wording, in their order."""
    with session_scope() as session:
        rows = session.execute(
            select(DomainSuggestion.outcome, DomainSuggestion.domain)
            .where(DomainSuggestion.run_id == run_id)
            .order_by(DomainSuggestion.revision_id)
        )
        return [(row[0], row[1]) for row in rows]
