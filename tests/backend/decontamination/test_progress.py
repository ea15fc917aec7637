"""Where the check of all seeds stands."""

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.decontamination.index import current_version
from tests.builders import create_hit, create_seed

CHECK = "/v1/decontamination/check"


def test_seeds_not_yet_checked_are_counted_and_the_check_is_named(
    session: Session, client: TestClient
) -> None:
    nothing = {"benchmarks": 0, "items": 0, "seeds": 0, "due": 0, "job": None}
    assert client.get(CHECK).json() == nothing
    checked, _, gone = (create_seed(session) for _ in range(3))
    create_hit(session, checked)
    checked.checked_index = current_version(session).id
    gone.withdrawn_at = gone.created_at
    session.commit()
    there = {"benchmarks": 1, "items": 1, "seeds": 2, "due": 1, "job": None}
    assert client.get(CHECK).json() == there
    job = client.post("/v1/decontamination:check").json()
    assert client.get(CHECK).json() == there | {"job": job}
