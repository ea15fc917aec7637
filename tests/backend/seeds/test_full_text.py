"""What the search finds, whether or not workers have read the text, and by which index."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from backend.database import session_scope
from backend.jobs.service import ClaimedJob, claim
from backend.seeds import text_reading
from backend.seeds.state import apply_state
from backend.seeds.tables import Seed, SeedText
from backend.seeds.text_reading import READ, count_unread, enqueue_reading, read_texts
from tests.backend.seeds.test_filters import found
from tests.backend.seeds.test_importing import lines, push, row
from tests.builders import create_seed, create_user
from workers.tasks.texts import read

PROMPTS = {
    "boats": "Two Boats leave the harbour at noon. How far apart are they at 3.5 hours?",
    "apples": "Ada has 12 apples and eats 100% of them.",
    "formula": r"Find \frac{a}{b} where x^2 = 16 and snake_case.",
    "straße": "Wie lang ist die Straße, in Größe und Maß?",
    "long": "start " + "filler " * 2000 + "needle",
}


@pytest.fixture(params=["read", "unread"])
def seeds(session: Session, request: pytest.FixtureRequest) -> Session:
    """The prompts as seeds, read by a worker or not yet."""
    for name, prompt in PROMPTS.items():
        create_seed(session, prompt, external_id=f"set/{name}-0042")
    create_seed(session, "No answer here?", "seven and a half", external_id="answered")
    if request.param == "read":
        while read_texts(session):
            pass
    session.commit()
    return session


FINDS: list[tuple[str, set[str]]] = [
    ("boats", {"boats"}),
    ("BOATS leave", {"boats"}),
    ("leave boats", {"boats"}),  # in any order
    ("boats apples", set()),  # all of them
    ("boats or apples", {"boats", "apples"}),
    ('"two boats"', {"boats"}),
    ('"boats two"', set()),
    ("at -apples -noon", set()),
    ("ada -boats", {"apples"}),
    ("boat", {"boats"}),  # a piece of a word
    ("oats lea", {"boats"}),  # as typed
    ("3.5", {"boats"}),
    ("100%", {"apples"}),
    ("12", {"apples"}),
    (r"\frac{a}", {"formula"}),
    ("x^2 = 16", {"formula"}),
    ("snake_case", {"formula"}),
    ("_", set()),  # signs alone
    ("straße", {"straße"}),
    ("GRÖSSE", set()),
    ("größe", {"straße"}),
    ("needle", {"long"}),
    ("needl", set()),  # pieces are looked for in the beginning alone
    ("seven", {"answered"}),
    ("and a ha", {"answered"}),
    ("set/long-0042", {"long"}),
    ("ong-004", {"long"}),
    ("aples~", {"apples"}),
    ("aples", set()),
    ("harbor~", {"boats"}),
    ("'", set()),
    ('"', set()),
    ("!", set()),
    ("&|!():*<->", set()),
    ("zebra", set()),
]


@pytest.mark.parametrize(("q", "expected"), FINDS, ids=[each[0] for each in FINDS])
def test_search_finds(seeds: Session, client: TestClient, q: str, expected: set[str]) -> None:
    names = {name.removeprefix("set/").removesuffix("-0042") for name in found(client, q=q)}
    assert names == expected


HOSTILE = {
    "one long word": "x" * 100_000,
    "many long words": "y" * 3000 + " " + "z" * 3000,
    "all words different": " ".join(chr(0x20000 + n) for n in range(40_000)),
    "hyphens": "-".join(f"word{n}" for n in range(20_000)),
    "addresses": " ".join(f"a{n}.example.org/p{n}" for n in range(8000)),
    "zero width": "\u200b\u202e\ufeff" * 1000 + " found",
    "backslashes": "\\" * 50_000 + "'\"%_",
    "letters over letters": "a" + "\u0301" * 90_000,
}


@pytest.mark.parametrize("prompt", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_come_in_are_read_and_can_be_searched(
    client: TestClient, session: Session, prompt: str
) -> None:
    pushed = push(client, lines(row(prompt, answer=prompt, external_id="hostile")))
    assert pushed["created"] == 1, pushed
    assert found(client, q="hostile") == {"hostile"}
    assert len(read_texts(session)) == 1
    assert found(client, q="hostile") == {"hostile"}
    client.get("/v1/seeds", params={"q": prompt[:500]}).raise_for_status()


def test_new_wording_is_found_at_once_and_the_old_one_no_more(
    client: TestClient, session: Session
) -> None:
    seed = create_seed(session, "An old wording?", external_id="a")
    read_texts(session)
    session.commit()
    first = seed.revision_id
    client.patch(f"/v1/seeds/{seed.id}", json={"prompt": "A fresh wording?"})
    assert (found(client, q="fresh"), found(client, q="old")) == ({"a"}, set())
    read_texts(session)
    assert (found(client, q="fresh"), found(client, q="old")) == ({"a"}, set())
    apply_state(session, seed.id, {"revision_id": first})
    enqueue_reading(session, None, select(Seed.id).where(Seed.id == seed.id))
    session.commit()
    assert (found(client, q="fresh"), found(client, q="old")) == (set(), {"a"})


def _claimed(session: Session) -> ClaimedJob:
    number = enqueue_reading(session, create_user(session), select(Seed.id).order_by(Seed.id)).id
    session.commit()
    job = claim(number, 60, "test/1")
    assert job is not None
    assert job.kind == READ
    return job


def test_worker_reads_all_that_is_due_batch_by_batch(
    session: Session, monkeypatch: pytest.MonkeyPatch, woken: list[int]
) -> None:
    monkeypatch.setattr(text_reading, "BATCH", 2)
    for _ in range(5):
        create_seed(session)
    read(_claimed(session))
    assert count_unread(session) == 0
    assert session.scalar(text("select (done_count, total_count) = (5, 5) from job")) is True
    stored = session.scalars(select(SeedText.words)).all()
    assert all("'what'" in words for words in stored)


def test_seed_that_changes_while_texts_are_read_is_read_afterwards(committed: None) -> None:
    with session_scope() as session:
        first, second = create_seed(session, "First?"), create_seed(session, "Second?")
        create_user(session)
    with session_scope() as editing, session_scope() as reading:
        enqueue_reading(editing, None, select(Seed.id).where(Seed.id == first.id))
        assert read_texts(reading) == [second.id]  # it does not wait
        reading.commit()
        editing.commit()
        assert read_texts(reading, second.id) == []
        assert read_texts(reading) == [first.id]
