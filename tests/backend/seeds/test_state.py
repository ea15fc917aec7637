"""Scores, hits and curators' state of seeds."""

import pytest
from sqlalchemy.orm import Session

from backend.decontamination.index import current_version
from backend.errors import Conflict, NotFound
from backend.seeds.service import add_revision
from backend.seeds.state import SeedScores, apply_state, set_hits, set_scores
from tests.builders import create_seed


def _scores(revision_id: int, verdict: str = "teachable") -> SeedScores:
    return SeedScores(revision_id, verdict, 0.8, 0.5, 0.9, 4, 1.5)


def test_set_scores_reaches_each_seed_by_its_current_revision(session: Session) -> None:
    first, second = create_seed(session), create_seed(session)
    set_scores(session, [_scores(second.revision_id, "hard"), _scores(first.revision_id)])
    assert (first.verdict, second.verdict) == ("teachable", "hard")
    assert (first.score, first.agreement, first.reliability) == (0.8, 0.5, 0.9)
    assert (first.steps, first.attention) == (4, 1.5)


def test_signs_are_written_beside_the_scores_and_forgotten_with_them(session: Session) -> None:
    seed = create_seed(session, tags=["kept"])
    signs = {
        "margin": 0.25, "tie": False, "interval_width": 0.4, "judge_gap": 0.1, "key_conflict": True
    }  # fmt: skip
    set_scores(session, [_scores(seed.revision_id)._replace(**signs)])
    assert {name: getattr(seed, name) for name in signs} == signs
    add_revision(session, seed, "Another wording?", None, "edit", None)
    assert {getattr(seed, name) for name in signs} == {None}
    assert seed.tags == ["kept"]


def test_tags_are_set_and_put_back(session: Session) -> None:
    seed = create_seed(session)
    before = apply_state(session, seed.id, {"tags": ["geometry"]})
    session.refresh(seed)
    assert (before, seed.tags) == ({"tags": []}, ["geometry"])
    apply_state(session, seed.id, before)
    session.refresh(seed)
    assert seed.tags == []


def test_set_scores_of_an_old_revision_changes_nothing(session: Session) -> None:
    seed = create_seed(session)
    old = seed.revision_id
    add_revision(session, seed, "Another wording?", None, "edit", None)
    set_scores(session, [_scores(old)])
    session.refresh(seed)
    assert seed.verdict is None


def test_set_hits_counts_and_marks_as_checked(session: Session) -> None:
    seed, other = create_seed(session), create_seed(session)
    index_id = current_version(session).id
    set_hits(session, {seed.id: 2}, index_id)
    assert (seed.open_hits, seed.checked_index) == (2, index_id)
    session.refresh(other)
    assert (other.open_hits, other.checked_index) == (0, None)


def test_nothing_to_write_is_no_error(session: Session) -> None:
    set_scores(session, [])
    set_hits(session, {}, "index-1")


def test_apply_state_answers_what_was_there_so_that_it_can_be_put_back(session: Session) -> None:
    seed = create_seed(session)
    before = apply_state(session, seed.id, {"status": "accepted", "flagged": True})
    assert before == {"status": "pending", "flagged": False}
    assert (seed.status, seed.flagged) == ("accepted", True)
    apply_state(session, seed.id, before)
    assert (seed.status, seed.flagged) == ("pending", False)


def test_apply_state_brings_an_earlier_revision_back(session: Session) -> None:
    seed = create_seed(session, prompt="First wording?")
    first, digest = seed.revision_id, seed.content_hash
    add_revision(session, seed, "Second wording?", None, "edit", None)
    apply_state(session, seed.id, {"revision_id": first})
    assert (seed.revision_id, seed.content_hash) == (first, digest)


def test_apply_state_refuses_a_revision_whose_prompt_another_seed_has(session: Session) -> None:
    seed = create_seed(session, prompt="First wording?")
    first = seed.revision_id
    add_revision(session, seed, "Second wording?", None, "edit", None)
    create_seed(session, prompt="First wording?")
    with pytest.raises(Conflict):
        apply_state(session, seed.id, {"revision_id": first})


def test_apply_state_refuses_a_revision_of_another_seed(session: Session) -> None:
    seed, other = create_seed(session), create_seed(session)
    with pytest.raises(NotFound):
        apply_state(session, seed.id, {"revision_id": other.revision_id})


def test_new_revision_forgets_what_was_said_of_the_old_one(session: Session) -> None:
    index_id = current_version(session).id
    seed = create_seed(session, status="accepted", checked_index=index_id)
    set_scores(session, [_scores(seed.revision_id)])
    revision = add_revision(session, seed, "Another wording?", "42", "edit", None)
    assert (revision.number, seed.revision_id) == (2, revision.id)
    assert (seed.status, seed.verdict, seed.score, seed.attention) == ("pending", None, None, None)
    assert seed.checked_index is None


def test_new_revision_with_the_prompt_of_another_seed_is_refused(session: Session) -> None:
    seed, other = create_seed(session), create_seed(session, prompt="Taken?")
    with pytest.raises(Conflict, match=f"seed {other.id} has this prompt"):
        add_revision(session, seed, "Taken?", None, "edit", None)
