"""A curator's word on a pair of texts holds wherever the pair is met again."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.decontamination.policies import create_version
from backend.decontamination.policy_schemas import PolicySettings, PolicyVersionCreate
from backend.decontamination.tables import BenchmarkItem
from backend.seeds.service import add_revision
from backend.seeds.tables import Seed
from tests.backend.review.test_decisions import decision, post
from tests.backend.seeds.test_importing import lines, push, row
from tests.builders import create_seed, create_user
from tests.checks import DUCKS, ROBE, add_benchmark, hits, run_check
from tests.conftest import ClientFactory

WORDS = {"dismiss_hit": "dismissed", "confirm_hit": "confirmed"}


@pytest.fixture
def curator(client_as: ClientFactory) -> TestClient:
    return client_as("curator")


def found_seed(session: Session, prompt: str = DUCKS) -> Seed:
    """A seed with a hit, the first of the database."""
    add_benchmark(session, DUCKS)
    seed = create_seed(session, prompt=prompt)
    run_check(session)
    return seed


def settle(curator: TestClient, seed: Seed, kind: str, hit_id: int, reason: str = "") -> int:
    [result] = post(curator, decision(seed.id, kind, hit_id=hit_id, reason=reason))
    assert result["status"] == "stored", result
    return int(result["decision_id"])


def states(session: Session) -> list[tuple[str, int | None]]:
    session.expire_all()
    return [(hit.state, hit.inherited_from) for hit in hits(session)]


def withdraw(session: Session, seed: Seed) -> None:
    session.execute(update(Seed).where(Seed.id == seed.id).values(withdrawn_at=seed.created_at))


@pytest.mark.parametrize(("kind", "state"), WORDS.items())
def test_word_holds_for_another_seed_with_the_same_wording(
    session: Session, curator: TestClient, kind: str, state: str
) -> None:
    first = found_seed(session)
    [hit] = hits(session)
    settle(curator, first, kind, hit.id, reason="only the names are alike")
    withdraw(session, first)
    again = create_seed(session, prompt=DUCKS)
    run_check(session)
    assert states(session) == [(state, None), (state, hit.id)]
    assert session.get_one(Seed, again.id).open_hits == 0
    [shown] = curator.get(f"/v1/seeds/{again.id}").json()["evidence"]["hits"]
    assert (shown["state"], shown["inherited_from"]) == (state, hit.id)
    [event] = curator.get("/v1/decisions").json()["items"]
    assert (event["hit_id"], event["reason"]) == (hit.id, "only the names are alike")


def test_word_holds_for_the_same_item_in_another_benchmark(
    session: Session, curator: TestClient
) -> None:
    seed = found_seed(session)
    [hit] = hits(session)
    settle(curator, seed, "dismiss_hit", hit.id)
    add_benchmark(session, DUCKS, name="reloaded")
    run_check(session)
    assert states(session) == [("dismissed", None), ("dismissed", hit.id)]
    assert session.get_one(Seed, seed.id).open_hits == 0


def test_word_holds_under_a_new_policy(session: Session, curator: TestClient) -> None:
    seed = found_seed(session)
    settle(curator, seed, "dismiss_hit", hits(session)[0].id)
    wanted = PolicyVersionCreate(settings=PolicySettings(ngram_words=5))
    create_version(session, create_user(session), wanted)
    session.commit()
    before = hits(session)[0].index_id
    run_check(session)
    [hit] = hits(session)
    assert (hit.state, hit.inherited_from) == ("dismissed", None)
    assert hit.index_id != before


def test_word_settles_open_hits_on_the_same_texts_at_once(
    session: Session, curator: TestClient
) -> None:
    add_benchmark(session, DUCKS, name="whole")
    add_benchmark(session, DUCKS, ROBE, name="part")
    seed = create_seed(session, prompt=f"{DUCKS} {ROBE}")
    run_check(session)
    first, _, robe = hits(session)
    event = settle(curator, seed, "dismiss_hit", first.id)
    assert states(session) == [("dismissed", None), ("dismissed", first.id), ("open", None)]
    assert session.get_one(Seed, seed.id).open_hits == 1
    undo(curator, event)
    assert states(session) == [("open", None)] * 3
    assert session.get_one(Seed, seed.id).open_hits == 3
    settle(curator, seed, "confirm_hit", robe.id)
    assert session.get_one(Seed, seed.id).open_hits == 2


def test_reworded_seed_is_open_and_says_that_it_was_settled_before(
    session: Session, curator: TestClient
) -> None:
    seed = found_seed(session)
    settle(curator, seed, "dismiss_hit", hits(session)[0].id)
    add_revision(session, session.get_one(Seed, seed.id), f"{DUCKS} Why?", None, "rewrite", None)
    session.commit()
    run_check(session)
    assert states(session) == [("dismissed", None), ("open", None)]
    [shown] = curator.get("/v1/hits").json()["items"]
    assert (shown["state"], shown["settled_earlier"]) == ("open", "dismissed")


def test_reworded_item_is_another_pair(session: Session, curator: TestClient) -> None:
    seed = found_seed(session)
    settle(curator, seed, "dismiss_hit", hits(session)[0].id)
    session.execute(update(BenchmarkItem).values(text=f"{DUCKS} Say why."))
    session.commit()
    run_check(session)
    assert states(session) == [("dismissed", None), ("open", None)]
    shown = curator.get(f"/v1/seeds/{seed.id}").json()["evidence"]["hits"]
    assert {(hit["state"], hit["item_changed"], bool(hit["spans"])) for hit in shown} == {
        ("dismissed", True, False), ("open", False, True),
    }  # fmt: skip
    # The item reads again as it did: the curator's word on that stands.
    session.execute(update(BenchmarkItem).values(text=DUCKS))
    session.commit()
    run_check(session)
    assert states(session) == [("dismissed", None)]


def undo(curator: TestClient, event: int) -> None:
    answer = curator.post(
        "/v1/decisions:undo",
        json={"token": f"00000000-0000-4000-8000-{event:012}", "decision_id": event},
    )
    assert answer.status_code == 200, answer.text


def inherited(session: Session, curator: TestClient) -> tuple[Seed, int, Seed, int]:
    """A seed whose hit was dismissed, and the heir of that; the first is withdrawn no more."""
    first = found_seed(session)
    [hit] = hits(session)
    event = settle(curator, first, "dismiss_hit", hit.id)
    withdraw(session, first)
    heir = create_seed(session, prompt=DUCKS)
    run_check(session)
    # Its wording is another now, so that both seeds may live; what was said stays.
    add_revision(session, session.get_one(Seed, first.id), "Anything else?", None, "edit", None)
    session.execute(update(Seed).values(withdrawn_at=None))
    session.commit()
    return first, event, heir, hits(session)[1].id


def test_undone_dismissal_opens_what_was_inherited_and_redoing_it_settles_that_again(
    session: Session, curator: TestClient
) -> None:
    _, event, heir, heir_hit = inherited(session, curator)
    undo(curator, event)
    assert states(session) == [("open", None), ("open", None)]
    assert session.get_one(Seed, heir.id).open_hits == 1
    undo(curator, curator.get("/v1/decisions").json()["items"][0]["id"])
    origin = hits(session)[0].id
    assert states(session) == [("dismissed", None), ("dismissed", origin)]
    assert session.get_one(Seed, heir.id).open_hits == 0
    assert heir_hit == hits(session)[1].id


def test_curator_may_overrule_what_was_inherited(session: Session, curator: TestClient) -> None:
    _, event, heir, heir_hit = inherited(session, curator)
    own = settle(curator, heir, "confirm_hit", heir_hit)
    assert states(session) == [("dismissed", None), ("confirmed", None)]
    # Where a word is undone, another that stands on the same texts holds.
    undo(curator, event)
    assert states(session) == [("confirmed", heir_hit), ("confirmed", None)]
    undo(curator, own)
    assert states(session) == [("open", None), ("open", None)]


def test_overruling_is_undone_to_what_was_inherited(session: Session, curator: TestClient) -> None:
    _, _, heir, heir_hit = inherited(session, curator)
    origin = hits(session)[0].id
    own = settle(curator, heir, "confirm_hit", heir_hit)
    undo(curator, own)
    assert states(session) == [("dismissed", None), ("dismissed", origin)]


def test_newest_word_is_inherited(session: Session, curator: TestClient) -> None:
    _, _, heir, heir_hit = inherited(session, curator)
    settle(curator, heir, "confirm_hit", heir_hit)
    add_benchmark(session, DUCKS, name="third")
    run_check(session)
    assert states(session)[-1] == ("confirmed", heir_hit)


def test_wording_that_an_undone_import_brings_back_has_the_hits_that_still_wait(
    session: Session, curator: TestClient
) -> None:
    add_benchmark(session, DUCKS)
    push(curator, lines(row(DUCKS, external_id="1")))
    run_check(session)
    rewording = push(curator, lines(row("Anything else?", external_id="1")))
    other = create_seed(session, prompt=DUCKS)
    run_check(session)
    settle(curator, other, "dismiss_hit", hits(session)[1].id)
    withdraw(session, other)
    session.commit()
    answer = curator.post(f"/v1/imports/{rewording['import_id']}:undo")
    assert answer.json()["returned"] == 1
    [seed] = curator.get("/v1/seeds").json()["items"]
    assert (seed["prompt"], seed["open_hits"]) == (DUCKS, 0)
