"""The groups do not depend on how seeds are cut into batches."""

import random

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend.decontamination.words import hold_words
from backend.duplicates import sketching
from backend.duplicates.finding import keep_others_out
from backend.duplicates.service import find_now
from backend.duplicates.tables import (
    DuplicateBand,
    DuplicateGroup,
    DuplicateMember,
    DuplicateSketch,
)
from tests.builders import create_seed, create_user
from tests.duplicates import DUCKS, ROBE, groups, run_find


def edited(text: str, chance: random.Random) -> str:
    words = text.split()
    for _ in range(chance.randrange(3)):
        words[chance.randrange(len(words))] = chance.choice(["red", "blue", "7", "8"])
    return " ".join(words)


@pytest.mark.parametrize("random_seed", range(5))
def test_groups_are_the_same_in_batches_of_any_size(
    session: Session, woken: list[int], monkeypatch: pytest.MonkeyPatch, random_seed: int
) -> None:
    chance = random.Random(random_seed)
    texts = {edited(chance.choice([DUCKS, ROBE]), chance) for _ in range(60)}
    for text in sorted(texts):
        create_seed(session, text)
    found = []
    for size in (1, 7, 5000):
        monkeypatch.setattr(sketching, "BATCH", size)
        run_find(session)
        found.append(groups(session))
        for table in (DuplicateMember, DuplicateGroup, DuplicateBand, DuplicateSketch):
            session.execute(delete(table))
        session.commit()
    assert {kind for kind, _ in found[0]} == {"copies", "variants"}
    assert found[0] == found[1] == found[2]


def test_who_searches_and_who_speaks_of_hits_do_not_wait_for_each_other(session: Session) -> None:
    keep_others_out(session)
    hold_words(session)
    locks = session.connection().exec_driver_sql(
        "select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"
    )
    assert locks.rowcount == 2


def test_long_texts_make_small_batches(
    session: Session, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sketching, "BATCH_BYTES", 100)
    seeds = [create_seed(session, f"{number} {'long ' * 30}") for number in range(3)]
    find_now(session, create_user(session))
    after = 0
    for seed in seeds:
        assert [due.id for due in sketching.due_seeds(session, after)] == [seed.id]
        after = seed.id
    assert sketching.due_seeds(session, after) == []
