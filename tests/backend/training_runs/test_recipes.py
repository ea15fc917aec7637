"""Recipes at the API's edge: what is refused, by which field, and that training agrees."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from backend.errors import Invalid
from backend.training_runs.recipe_checks import recipe_of
from backend.training_runs.recipes import templates, values_of
from backend.training_runs.schemas import RecipeChoice, Target
from scripts import training_recipes
from tests.training_runs import create_export, plan
from training.recipes import BadRecipe, read_recipe

NAMES = sorted(path.stem for path in training_recipes.RECIPES.glob("*.yaml"))


def test_recipes_of_the_api_are_those_of_training() -> None:
    assert training_recipes.TARGET.read_text() == training_recipes.contents(), "run `make docs`"


def test_every_field_of_a_template_is_described(client: TestClient) -> None:
    found = client.get("/v1/training-recipes").json()
    assert [one["name"] for one in found] == NAMES
    [tiny] = [one for one in found if one["name"] == "tiny_grpo"]
    fields = {field["name"]: field for field in tiny["fields"]}
    assert fields["steps"] | {"description": ""} == {
        "name": "steps", "description": "", "type": "integer", "required": True,
        "nullable": False, "editable": True, "value": 30, "choices": None, "minimum": 1.0,
        "maximum": None, "more_than": None, "less_than": None,
    }  # fmt: skip
    assert fields["reward.longest"]["value"] == 48
    assert fields["reward.repetition_floor"]["nullable"]
    assert fields["zero"]["choices"] == [0, 1, 2, 3]
    assert not fields["data"]["editable"]
    lacking = [name for name, field in fields.items() if not field["description"]]
    assert all(name == "kind" or name.startswith("reward.") for name in lacking)


@pytest.mark.parametrize(
    ("template", "overrides", "field", "words"),
    [
        ("tiny_sft", {"stepz": 3}, "stepz", "there is no such field: do you mean steps?"),
        ("tiny_sft", {"steps": "3"}, "steps", "has to be a whole number, not '3'"),
        ("tiny_sft", {"steps": 0}, "steps", "less than the minimum of 1"),
        ("tiny_sft", {"steps": True}, "steps", "has to be a whole number"),
        ("tiny_sft", {"learning_rate": 0}, "learning_rate", "0"),
        ("tiny_sft", {"precision": "fp8"}, "precision", "one of bf16, fp32"),
        ("tiny_sft", {"data": "/etc"}, "data", "Seedbed sets it itself"),
        ("tiny_sft", {"output": "/etc"}, "output", "Seedbed sets it itself"),
        ("tiny_sft", {"model": "a\x00b"}, "model", "one line"),
        ("tiny_sft", {"batch": 24}, "batch", "has to be a multiple of 32"),
        ("tiny_sft", {"steps": 2**60}, "steps", "below 2^53"),
        ("tiny_sft", {"sequence_parallel": 3}, "sequence_parallel", "2 devices cannot share"),
        ("tiny_sft", {"reward": {"longest": 3}}, "reward", "there is no such field"),
        ("tiny_grpo", {"reward": {"longst": 3}}, "reward.longst", "do you mean longest?"),
        ("tiny_grpo", {"reward": {"longest": 3}}, "reward", "free_up_to must lie between"),
        ("tiny_grpo", {"group": 7}, "batch", "no multiple of the group of 7"),
        ("tiny_grpo", {"server": "node"}, "server", "rollouts: server"),
    ],
)
def test_wrong_field_is_refused_by_its_name(
    client: TestClient, session: Session, template: str, overrides: Any, field: str, words: str
) -> None:
    layout = "rl" if template == "tiny_grpo" else "sft"
    export = create_export(session, "pending", layout)
    body = plan(export.id) | {"recipe": {"template": template, "overrides": overrides}}
    answer = client.post("/v1/training-runs", json=body)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == f"recipe.overrides.{field}"
    assert words in error["message"]


@pytest.mark.parametrize(
    ("overrides", "fields"),
    [
        ({}, []),
        ({"batch": 16}, []),
        ({"batch": 15}, ["batch"]),
        ({"zero": 0, "device_batch": 2}, ["zero", "device_batch"]),
        ({"attention": "sdpa"}, ["attention"]),
        ({"attention": "eager", "packing": False}, ["attention"]),
        ({"attention": "sdpa", "packing": False}, []),
    ],
)
def test_devices_that_share_sequences_are_reckoned_as_training_does(
    tmp_path: Path, overrides: Any, fields: list[str]
) -> None:
    choice = RecipeChoice(template="phi4_sft", overrides={"sequence_parallel": 2, **overrides})
    target = Target(where="slurm", nodes=4, devices=8)
    try:
        recipe_of(choice, target)
        refused = []
    except Invalid as error:
        refused = [found["field"].removeprefix("recipe.overrides.") for found in error.errors or []]
    assert refused == fields
    path = tmp_path / "recipe.yaml"
    path.write_text(yaml.safe_dump({**values_of("phi4_sft"), "sequence_parallel": 2, **overrides}))
    if fields:
        with pytest.raises(BadRecipe):
            read_recipe(path).accumulation(32)
    else:
        assert read_recipe(path).accumulation(32) == overrides.get("batch", 32) / 16


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({"where": "hosts"}, "hosts need a hostfile"),
        ({"where": "local", "nodes": 2}, "local is one node"),
        ({"where": "local", "hours": 2}, "hours is for slurm"),
        ({"where": "hosts", "hostfile": "-x"}, "pattern"),
        ({"where": "kubernetes", "image": "a b"}, "pattern"),
    ],
)
def test_target_has_to_fit_together(client: TestClient, target: Any, words: str) -> None:
    answer = client.post("/v1/training-runs", json=plan(1, target=target))
    assert answer.status_code == 422
    assert words in answer.json()["detail"]


def test_run_needs_a_template_and_an_export_of_its_layout(
    client: TestClient, session: Session
) -> None:
    export = create_export(session, "pending", "rl")
    assert client.post("/v1/training-runs", json=plan(export.id)).json()["code"] == "other_layout"
    assert client.post("/v1/training-runs", json=plan(987_654)).status_code == 404
    unknown = plan(export.id) | {"recipe": {"template": "huge"}}
    assert "there is no recipe huge" in client.post("/v1/training-runs", json=unknown).text
    gone = plan(export.id) | {"checkpoint_id": 987_654}
    assert client.post("/v1/training-runs", json=gone).status_code == 404


_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 300), st.floats(-1, 3), st.text("ab", max_size=2),
    st.sampled_from(["sft", "bf16", "fp32", "server", "grpo", "dapo", "cosine", "sdpa"]),
)  # fmt: skip


@given(data=st.data())
def test_training_refuses_nothing_that_the_edge_lets_pass(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """The other way round the edge is the stricter: "3" is no number there."""
    template = data.draw(st.sampled_from(templates()))
    names = [field.name for field in template.fields if field.editable]
    overrides: dict[str, Any] = {}
    for name in data.draw(st.lists(st.sampled_from(names), max_size=3, unique=True)):
        part, _, inner = name.partition(".")
        value = data.draw(_VALUES)
        overrides |= {part: {**overrides.get(part, {}), inner: value} if inner else value}
    try:
        fields = recipe_of(RecipeChoice(template=template.name, overrides=overrides), Target())
    except Invalid:
        return
    path = Path(tmp_path_factory.mktemp("recipe")) / "recipe.yaml"
    path.write_text(yaml.safe_dump({**fields, "data": "d", "output": "o"}))
    read = read_recipe(path)
    assert read.accumulation(1) >= 1


def test_templates_as_they_are_pass_in_both(tmp_path: Path) -> None:
    for template in templates():
        recipe_of(RecipeChoice(template=template.name), Target(devices=1))
        path = tmp_path / f"{template.name}.yaml"
        path.write_text(yaml.safe_dump(values_of(template.name)))
        try:
            read_recipe(path)
        except BadRecipe as error:
            pytest.fail(str(error))
