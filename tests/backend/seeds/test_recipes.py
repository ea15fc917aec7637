"""Public sets come in as they stand: each recipe on a row laid out as that set is."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.seeds.recipes import RECIPES
from backend.seeds.rows import RowRejected
from backend.seeds.tables import Seed, SeedRevision
from tests.backend.seeds.test_importing import counts, lines, push, refused

DAPO_BEFORE, DAPO_AFTER = RECIPES["dapo-math-17k"].frame


def dapo(problem: str, index: str, answer: str = "34") -> dict[str, Any]:
    content = f"{DAPO_BEFORE}\n\n{problem}\n\n{DAPO_AFTER}"
    return {
        "data_source": "math_dapo",
        "prompt": [{"content": content, "role": "user"}],
        "ability": "MATH",
        "reward_model": {"ground_truth": answer, "style": "rule-lighteval/MATH_v2"},
        "extra_info": {"index": index},
    }


ROWS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "open-thoughts-114k": (
        {"system": "Think.", "conversations": [{"from": "user", "value": "Why?"},
                                               {"from": "assistant", "value": "So."}]},
        {"prompt": "Why?"},
    ),
    "open-thoughts-114k-metadata": (
        {"problem": "Why?", "deepseek_reasoning": "Hm.", "domain": "math", "source": "numina",
         "test_cases": None},
        {"prompt": "Why?", "domain": "math", "metadata": {"source": "numina"}},
    ),
    "open-thoughts3-1.2m": (
        {"difficulty": 7, "source": "ai2-adapt", "domain": "code",
         "conversations": [{"from": "human", "value": "Why?"}]},
        {"prompt": "Why?", "domain": "code", "metadata": {"source": "ai2-adapt", "difficulty": 7}},
    ),
    "openr1-math-220k": (
        {"problem": "1 + 1?", "solution": "It is 2.", "answer": "2", "problem_type": "Algebra",
         "question_type": "math-word-problem", "source": "olympiads", "uuid": "a-1",
         "generations": ["..."], "messages": [{"content": "1 + 1?", "role": "user"}]},
        {"prompt": "1 + 1?", "answer": "2", "domain": "Algebra", "external_id": "a-1",
         "metadata": {"source": "olympiads", "question_type": "math-word-problem"}},
    ),
    "big-math-rl-verified": (
        {"problem": "1 + 1?", "answer": 2, "source": "cn_k12", "domain": ["Algebra", "Sums"],
         "llama8b_solve_rate": 0.5},
        {"prompt": "1 + 1?", "answer": "2", "domain": "Algebra",
         "metadata": {"source": "cn_k12", "llama8b_solve_rate": 0.5}},
    ),
    "dapo-math-17k": (
        dapo("1 + 33?", "b-2"),
        {"prompt": "1 + 33?", "answer": "34", "domain": "MATH", "external_id": "b-2",
         "metadata": {"data_source": "math_dapo"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RECIPES)
def test_row_of_a_public_set_becomes_a_seed(name: str) -> None:
    raw, wanted = ROWS[name]
    row = {field: value for field, value in RECIPES[name].row(raw).items() if value}
    assert row == {"source": name, "licence": "apache-2.0"} | wanted


@pytest.mark.parametrize("name", RECIPES)
def test_columns_that_a_recipe_does_not_name_are_not_read(name: str) -> None:
    raw, _ = ROWS[name]
    recipe = RECIPES[name]
    pruned = {column: raw[column] for column in recipe.columns}
    assert recipe.row(pruned) == recipe.row(raw)


def test_row_of_another_layout_says_where_its_prompt_should_be() -> None:
    with pytest.raises(RowRejected) as rejected:
        RECIPES["open-thoughts-114k"].row({"problem": "Why?"})
    assert (rejected.value.code, rejected.value.field) == ("layout", "conversations[0].value")


def test_a_problem_that_stands_there_a_hundred_times_comes_in_once(
    client: TestClient, session: Session
) -> None:
    rows = [dapo("1 + 33?", f"c-{number % 3}") for number in range(100)] + [dapo("2 + 32?", "d")]
    answer = push(client, lines(*rows), recipe="dapo-math-17k", results="none")
    assert counts(answer) == {"created": 2, "duplicate": 99}
    wanted = select(SeedRevision.prompt).join(Seed, Seed.revision_id == SeedRevision.id)
    assert set(session.scalars(wanted)) == {"1 + 33?", "2 + 32?"}
    assert counts(push(client, lines(*rows), recipe="dapo-math-17k"))["unchanged"] == 2


def test_rejected_row_of_a_set_keeps_its_place(client: TestClient) -> None:
    rows = [dapo("1?", "1"), {"problem": "2?"}, dapo("3?", "3")]
    answer = push(client, lines(*rows), recipe="dapo-math-17k", results="rejected")
    assert counts(answer) == {"created": 2, "rejected": 1}
    assert [(row["index"], row["error"]["code"]) for row in answer["results"]] == [(1, "layout")]


def test_unknown_recipe_is_refused_with_those_there_are(client: TestClient) -> None:
    status, problem = refused(client, body=lines({"prompt": "1?"}), recipe="dapo")
    assert (status, problem["errors"][0]["field"]) == (422, "recipe")
    listed = [recipe["name"] for recipe in client.get("/v1/import-recipes").json()]
    assert listed == list(RECIPES)
    assert all(name in problem["detail"] for name in listed)
