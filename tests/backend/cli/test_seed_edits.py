"""`seedbed seeds edit`, against the real API."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.review.tables import DecisionBatch
from backend.seeds.tables import Seed
from tests.builders import create_seed


def test_tags_and_domain_of_many_are_edited(seedbed: Any, session: Session) -> None:
    seeds = [create_seed(session, domain="maths", tags=["old"]) for _ in range(2)]
    create_seed(session, domain="poetry", tags=["old"])
    session.commit()
    words = (
        "seeds",
        "edit",
        "--reason",
        "sorting",
        "--tag",
        "old",
        "--domain",
        "maths",
        "--add-tag",
        "a",
        "--add-tag",
        "b",
        "--remove-tag",
        "old",
        "--to-domain",
        "algebra",
    )
    assert "2 seeds would be edited." in seedbed(*words, "--dry-run").stderr
    done = seedbed(*words)
    assert "2 seeds were edited." in done.stderr
    session.expire_all()
    assert [(seed.domain, seed.tags) for seed in seeds] == [("algebra", ["a", "b"])] * 2
    [batch] = session.scalars(select(DecisionBatch))
    assert str(batch.batch) == done.stdout.strip()
    assert "3 seeds were edited." in seedbed(
        "seeds", "edit", "--reason", "sorting", "--to-no-domain"
    ).stderr  # fmt: skip
    assert session.scalars(select(Seed.domain)).all() == [None] * 3


def test_edits_that_say_nothing_or_both_are_refused(seedbed: Any) -> None:
    seedbed("seeds", "edit", "--reason", "x", status=2)
    seedbed("seeds", "edit", "--reason", "x", "--to-domain", "a", "--to-no-domain", status=2)
