"""Agreement of judges and curators over what is stored, on Postgres and over HTTP."""

from collections.abc import Sequence
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.endpoints.tables import Endpoint
from backend.judging.raters import collect
from backend.science.rubric import rubric_of
from backend.scoring.tables import Rating
from backend.seeds.service import add_revision
from backend.seeds.tables import Seed
from tests.builders import create_endpoint, create_judgment, create_seed, create_user


def _judge(session: Session, name: str, seeds: Sequence[Seed], levels: Sequence[int]) -> Endpoint:
    """A judge who gives these difficulties, one step a seed, and full marks elsewhere."""
    judge = create_endpoint(session, "judge", name=name)
    for seed, level in zip(seeds, levels, strict=True):
        create_judgment(
            session, seed, judge, steps=1, difficulty=level, multi_step=5, well_posed=5,
            verifiable=5, reasons="",
        )  # fmt: skip
    return judge


def _curator(session: Session, name: str, seeds: Sequence[Seed], levels: Sequence[int]) -> User:
    user = create_user(session, name=name)
    for seed, level in zip(seeds, levels, strict=True):
        session.add(
            Rating(revision_id=seed.revision_id, user_id=user.id, rubric_version="2",
                   difficulty=level)
        )  # fmt: skip
    session.flush()
    return user


def _agreement(client: TestClient, **query: Any) -> dict[str, Any]:
    answer = client.get("/v1/judges/agreement", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _difficulty(found: dict[str, Any]) -> dict[str, Any]:
    return next(d for d in found["dimensions"] if d["name"] == "difficulty")


def test_nothing_rated_is_an_empty_answer(client: TestClient) -> None:
    found = _agreement(client)
    assert (found["rubric_version"], found["seeds"], found["raters"]) == ("2", 0, [])
    assert len(found["dimensions"]) == 5
    for dimension in found["dimensions"]:
        assert dimension["judges"] == dimension["curators"] == {"seeds": 0, "alpha": None}
        assert dimension["pairs"] == []


def test_judges_are_compared_on_the_seeds_that_both_rated(
    session: Session, client: TestClient
) -> None:
    seeds = [create_seed(session) for _ in range(5)]
    first = _judge(session, "Ann", seeds[:4], [1, 2, 3, 4])
    second = _judge(session, "Bob", seeds, [1, 3, 2, 4, 5])
    found = _agreement(client)
    assert (found["seeds"], found["more"]) == (5, False)
    assert [(r["key"], r["name"], r["scored"]) for r in found["raters"]] == [
        (f"judge:{first.id}", "Ann", 4), (f"judge:{second.id}", "Bob", 5),
    ]  # fmt: skip
    [pair] = _difficulty(found)["pairs"]
    assert (pair["kind"], pair["seeds"], pair["percent_agreement"]) == ("judges", 4, 0.5)
    # 1 - .5 / 2.5, as in the test of quadratic-weighted kappa.
    assert pair["kappa"] == pytest.approx(0.8)
    assert pair["mean_difference"] == 0
    assert _difficulty(found)["judges"]["seeds"] == 4
    assert 0.5 < _difficulty(found)["judges"]["alpha"] < 1
    # All gave 5: they agree, but no chance-corrected figure is defined.
    [flat] = next(d for d in found["dimensions"] if d["name"] == "well_posed")["pairs"]
    assert (flat["percent_agreement"], flat["kappa"], flat["spearman"]) == (1, None, None)


def test_judges_are_held_against_curators_and_curators_against_each_other(
    session: Session, client: TestClient
) -> None:
    seeds = [create_seed(session) for _ in range(3)]
    judge = _judge(session, "Ann", seeds, [2, 3, 4])
    _curator(session, "Cleo", seeds, [1, 2, 3])
    _curator(session, "Dan", seeds[:2], [1, 3])
    found = _agreement(client)
    assert [(r["kind"], r["name"], r["scored"]) for r in found["raters"]] == [
        ("judge", "Ann", 3), ("curator", "Cleo", 3), ("curator", "Dan", 2),
        ("curators", "All curators", 3),
    ]  # fmt: skip
    against, among = _difficulty(found)["pairs"]
    # The curators' lower median is (1, 2, 3): the judge is one level higher on each seed.
    assert (against["kind"], against["first"], against["second"]) == (
        "judge_curators", f"judge:{judge.id}", "curators",
    )  # fmt: skip
    assert (against["seeds"], against["mean_difference"]) == (3, 1)
    # d² = 1; variances 2/3 each, means one apart: 1 - 1 / (2/3 + 2/3 + 1).
    assert against["kappa"] == pytest.approx(4 / 7)
    assert (among["kind"], among["seeds"], among["percent_agreement"]) == ("curators", 2, 0.5)
    assert _difficulty(found)["curators"]["seeds"] == 2
    assert _difficulty(found)["judges"] == {"seeds": 0, "alpha": None}


def test_unscored_judgments_are_counted_with_their_reasons_and_rate_nothing(
    session: Session, client: TestClient
) -> None:
    seeds = [create_seed(session) for _ in range(4)]
    judge = _judge(session, "Ann", seeds[:1], [3])
    for seed, reason in zip(seeds[1:], ["cut off", "no JSON", "cut off"], strict=True):
        create_judgment(session, seed, judge, unscored=reason)
    [rater] = _agreement(client)["raters"]
    assert (rater["scored"], rater["unscored"], rater["unscored_share"]) == (1, 3, 0.75)
    assert rater["reasons"] == [
        {"reason": "cut off", "count": 2}, {"reason": "no JSON", "count": 1},
    ]  # fmt: skip


def test_judge_who_says_the_same_of_every_seed_is_found_out(
    session: Session, client: TestClient
) -> None:
    seeds = [create_seed(session) for _ in range(4)]
    _judge(session, "Ann", seeds, [2, 2, 2, 2])
    _judge(session, "Bob", seeds, [1, 2, 2, 3])
    _curator(session, "Cleo", seeds[:2], [2, 3])
    shares = {r["name"]: r["commonest_share"] for r in _agreement(client)["raters"]}
    assert shares == {"Ann": 1, "Bob": 0.5, "Cleo": 0.5, "All curators": 0.5}


def test_a_judges_newest_judgment_of_a_seed_counts(session: Session, client: TestClient) -> None:
    seed = create_seed(session)
    judge = create_endpoint(session, "judge")
    create_judgment(session, seed, judge, unscored="cut off")
    create_judgment(session, seed, judge, settings_hash="longer", steps=2, difficulty=4, reasons="")
    [rater] = _agreement(client)["raters"]
    assert (rater["scored"], rater["unscored"]) == (1, 0)


def test_versions_are_kept_apart(session: Session, client: TestClient) -> None:
    seed, judge = create_seed(session), create_endpoint(session, "judge")
    create_judgment(session, seed, judge, "1", steps=2, difficulty=4, reasons="")
    _curator(session, "Cleo", [seed], [4])
    newest, first = _agreement(client), _agreement(client, rubric_version="1")
    assert [rater["kind"] for rater in newest["raters"]] == ["curator", "curators"]
    assert [rater["kind"] for rater in first["raters"]] == ["judge"]
    assert [dimension["name"] for dimension in first["dimensions"]] == ["steps", "difficulty"]
    answer = client.get("/v1/judges/agreement", params={"rubric_version": "9"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "rubric_version")


def test_only_the_newest_seeds_are_read_and_rated_ones_are_never_crowded_out(
    session: Session,
) -> None:
    seeds = [create_seed(session) for _ in range(5)]
    _judge(session, "Ann", seeds, [1, 2, 3, 4, 5])
    _curator(session, "Cleo", seeds[:1], [2])
    found = collect(session, rubric_of("2"), most=2)
    ann, cleo = found.raters
    assert (found.revisions, found.more) == (3, True)
    assert set(ann.ratings["difficulty"].values()) == {1, 4, 5}
    assert cleo.ratings["difficulty"] == {seeds[0].revision_id: 2}
    assert collect(session, rubric_of("2"), most=5).more is False


def test_two_raters_are_compared_cell_by_cell_with_the_seeds_furthest_apart(
    session: Session, client: TestClient
) -> None:
    seeds = [create_seed(session, prompt=f"Question {n}") for n in range(4)]
    gone, edited = create_seed(session), create_seed(session)
    judge = _judge(session, "Ann", [*seeds, gone, edited], [1, 2, 5, 3, 5, 5])
    _curator(session, "Cleo", [*seeds, gone, edited], [1, 1, 1, 5, 1, 1])
    gone.withdrawn_at = gone.created_at
    add_revision(session, edited, "Another wording?", None, "edit", None)
    session.commit()
    query = {"dimension": "difficulty", "first": f"judge:{judge.id}", "second": "curators"}
    found = client.get("/v1/judges/confusion", params=query).json()
    assert found["seeds"] == 6
    assert {(c["first"], c["second"]): c["count"] for c in found["cells"]} == {
        (1, 1): 1, (2, 1): 1, (3, 5): 1, (5, 1): 3,
    }  # fmt: skip
    # Seeds that were taken back or worded anew cannot be looked at as they were rated.
    assert [(a["prompt"], a["first"], a["second"]) for a in found["far_apart"]] == [
        ("Question 2", 5, 1), ("Question 3", 3, 5), ("Question 1", 2, 1),
    ]  # fmt: skip
    unknown = client.get("/v1/judges/confusion", params=query | {"second": "judge:999999"})
    assert unknown.status_code == 404
    wrong = client.get("/v1/judges/confusion", params=query | {"dimension": "beauty"})
    assert wrong.status_code == 422
