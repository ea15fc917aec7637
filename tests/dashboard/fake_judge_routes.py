"""What the fake API answers on rubrics, ratings and agreement."""

from typing import TYPE_CHECKING, Any

from backend.judging.rubrics import list_rubrics
from tests.dashboard import fake_rows as fake
from tests.dashboard.fake_routes import route

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi


LEVELS = ("steps", "difficulty", "multi_step", "well_posed", "verifiable")


def rating(number: int, seed_id: int, user: str, mine: bool, **levels: Any) -> dict[str, Any]:
    """A curator's rating that stands."""
    return {
        "id": number,
        "revision_id": 1000 + seed_id,
        "user": user,
        "mine": mine,
        "rubric_version": "2",
        "created_at": fake.NOW,
        **dict.fromkeys(LEVELS),
        **levels,
    }


def rater(key: str, kind: str, name: str, scored: int, *reasons: tuple[str, int]) -> dict[str, Any]:
    """A judge or a curator; the reasons are of its unscored judgments."""
    unscored = sum(count for _, count in reasons)
    return {
        "key": key,
        "kind": kind,
        "name": name,
        "scored": scored,
        "commonest_share": 0.25,
        "unscored": unscored,
        "unscored_share": unscored / (scored + unscored),
        "reasons": [{"reason": reason, "count": count} for reason, count in reasons],
    }


RATERS = [
    rater("judge:3", "judge", "Judge", 58, ("not one JSON object", 2)),
    rater("judge:4", "judge", "Qwen 2.5 7B", 49, ("cut off at the token limit", 9),
          ("difficulty is not an integer from 1 to 5", 2)),
    rater("judge:5", "judge", "GPT-4o mini", 60),
    rater("curator:1", "curator", "ada", 20),
    rater("curators", "curators", "All curators", 20),
]  # fmt: skip
KAPPAS = {
    ("judges", "judge:3", "judge:4"): 0.58,
    ("judges", "judge:3", "judge:5"): 0.83,
    ("judges", "judge:4", "judge:5"): -0.12,
    ("judge_curators", "judge:3", "curators"): 0.71,
    ("judge_curators", "judge:4", "curators"): 0.34,
    ("judge_curators", "judge:5", "curators"): None,
}


def pair(kind: str, first: str, second: str, kappa: float | None) -> dict[str, Any]:
    return {
        "kind": kind,
        "first": first,
        "second": second,
        "seeds": 48 if kind == "judges" else 20,
        "percent_agreement": 0.625,
        "kappa": kappa,
        "spearman": None if kappa is None else min(1.0, kappa + 0.1),
        "mean_difference": -0.35,
    }


def agreement_on(name: str, alpha: float | None) -> dict[str, Any]:
    pairs = [pair(*who, kappa) for who, kappa in KAPPAS.items()]
    nobody = {"seeds": 0, "alpha": None}
    return {"name": name, "judges": {"seeds": 48, "alpha": alpha}, "curators": nobody,
            "pairs": pairs}  # fmt: skip


@route("GET /v1/rubrics")
def rubrics(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, [rubric.model_dump() for rubric in list_rubrics()]


@route(r"GET /v1/seeds/(\d+)/ratings")
def ratings(api: "FakeApi", query: Any, body: Any, seed_id: str) -> tuple[int, Any]:
    return 200, api.ratings.get(int(seed_id), [])


@route(r"POST /v1/seeds/(\d+)/ratings")
def rate(api: "FakeApi", query: Any, body: Any, seed_id: str) -> tuple[int, Any]:
    number = int(seed_id)
    levels = {name: body.get(name) for name in LEVELS}
    others = [found for found in api.ratings.get(number, []) if not found["mine"]]
    made = rating(len(api.requests), number, "ada", True, **levels)
    api.ratings[number] = [*others, made]
    return 201, made


@route(r"DELETE /v1/seeds/(\d+)/ratings")
def withdraw(api: "FakeApi", query: Any, body: Any, seed_id: str) -> tuple[int, Any]:
    found = api.ratings.get(int(seed_id), [])
    api.ratings[int(seed_id)] = [each for each in found if not each["mine"]]
    return 204, None


@route("GET /v1/judges/agreement")
def agreement(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    raters = api.raters if query["rubric_version"] == "2" else []
    alphas = zip(LEVELS, (0.84, 0.71, 0.52, None, 0.69), strict=True)
    nobody = {"seeds": 0, "alpha": None}
    return 200, {
        "rubric_version": query["rubric_version"],
        "seeds": 60 if raters else 0,
        "most_seeds": 5000,
        "more": False,
        "raters": raters,
        "dimensions": [
            agreement_on(name, alpha)
            if len(raters) > 1
            else {"name": name, "judges": nobody, "curators": nobody, "pairs": []}
            for name, alpha in alphas
        ],
    }


CELLS = {(1, 1): 6, (2, 1): 3, (2, 2): 11, (3, 2): 5, (3, 3): 14, (4, 3): 4, (4, 4): 4, (1, 5): 1}


@route("GET /v1/judges/confusion")
def confusion(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    scale = 3 if query["dimension"] == "steps" else 1
    apart = [(8, 1, 5), (14, 3, 2), (21, 4, 3)]
    return 200, {
        "rubric_version": query["rubric_version"],
        "dimension": query["dimension"],
        "first": query["first"],
        "second": query["second"],
        "seeds": sum(CELLS.values()),
        "cells": [
            {"first": first * scale, "second": second * scale, "count": count}
            for (first, second), count in CELLS.items()
        ],
        "far_apart": [
            {"seed_id": seed_id, "prompt": api.seeds[seed_id]["prompt"][:200], "first": first,
             "second": second}
            for seed_id, first, second in apart
        ],
    }  # fmt: skip
