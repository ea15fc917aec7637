"""Recipes: those that come with the project, and what is refused."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from training.recipes import (
    BadRecipe,
    GRPORecipe,
    Recipe,
    RewardRecipe,
    SFTRecipe,
    read_recipe,
    schemas,
)

FOLDER = Path(__file__).parents[2] / "training" / "recipes"
SHIPPED = sorted(FOLDER.glob("*.yaml"))


def changed(folder: Path, name: str, **changes: Any) -> Path:
    """A recipe that comes with the project, changed; None takes a field out."""
    content = yaml.safe_load((FOLDER / name).read_text())
    content = {key: value for key, value in (content | changes).items() if value is not None}
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_recipe_that_comes_with_the_project_can_be_followed(path: Path) -> None:
    recipe = read_recipe(path)
    assert recipe.kind == path.stem.rpartition("_")[2]


def test_published_recipes_are_those_of_the_report() -> None:
    sft, grpo = (read_recipe(FOLDER / f"phi4_{kind}.yaml") for kind in ("sft", "grpo"))
    assert isinstance(sft, SFTRecipe)
    assert isinstance(grpo, GRPORecipe)
    assert (sft.learning_rate, sft.warmup_steps, sft.weight_decay) == (1e-5, 450, 1e-4)
    assert (sft.batch, sft.longest, sft.packing) == (32, 32_768, True)
    assert (grpo.batch // grpo.group, grpo.group, grpo.steps) == (64, 8, 90)
    assert (grpo.learning_rate, grpo.warmup_steps, grpo.kl, grpo.entropy) == (5e-8, 10, 1e-3, 1e-3)
    assert grpo.longest_prompt + grpo.longest_completion == sft.longest


@pytest.mark.parametrize("kind", [SFTRecipe, GRPORecipe, RewardRecipe])
def test_every_field_says_where_it_comes_from(kind: type[Recipe]) -> None:
    undocumented = {name for name, field in kind.model_fields.items() if not field.description}
    assert undocumented == set()


def test_schemas_are_printed_as_json() -> None:
    command = [sys.executable, "-m", "training.recipes", "--schema"]
    shown = subprocess.run(
        command, cwd=FOLDER.parents[1], capture_output=True, text=True, check=True
    )
    found = json.loads(shown.stdout)
    assert found == json.loads(json.dumps(schemas()))
    assert found["sft"]["properties"]["kind"]["const"] == "sft"
    assert found["grpo"]["properties"]["learning_rate"]["exclusiveMinimum"] == 0
    assert "steps" in found["grpo"]["required"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"learning_rat": 1e-5}, "learning_rat: Extra inputs"),
        ({"learning_rate": None}, "learning_rate: Field required"),
        ({"learning_rate": "fast"}, "learning_rate: Input should be a valid number"),
        ({"steps": 0}, "steps: Input should be greater than or equal to 1"),
        ({"zero": 4}, "zero: Input should be"),
        ({"validation": 1.0}, "validation: Input should be less than 1"),
        ({"sequence_parallel": 2, "zero": 0}, "sequence_parallel needs DeepSpeed"),
        ({"sequence_parallel": 2, "device_batch": 2}, "device_batch has to be 1"),
        ({"sequence_parallel": 2, "attention": "sdpa"}, "under flash attention only"),
        ({"sequence_parallel": 2, "attention": "eager", "packing": False}, "eager attention"),
        ({"kind": "dpo"}, "kind has to be sft or grpo, not 'dpo'"),
    ],
)
def test_wrong_recipe_names_the_field(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadRecipe) as refused:
        read_recipe(changed(tmp_path, "phi4_sft.yaml", **changes))
    assert said in str(refused.value)
    assert "recipe.yaml" in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"batch": 100}, "no multiple of the group"),
        ({"server": None}, "server is the host"),
        ({"rollouts": "colocate"}, "server is the host"),
        ({"reward": {"free_up_to": 40_000}}, "free_up_to must lie between"),
    ],
)
def test_fields_that_do_not_fit_together_are_refused(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadRecipe, match=said):
        read_recipe(changed(tmp_path, "phi4_grpo.yaml", **changes))


def test_file_that_is_no_recipe_is_told(tmp_path: Path) -> None:
    for content in (b"- a list", b"kind: [", b"\xff"):
        path = tmp_path / "x.yaml"
        path.write_bytes(content)
        with pytest.raises(BadRecipe):
            read_recipe(path)
    with pytest.raises(BadRecipe, match="cannot be read"):
        read_recipe(tmp_path / "none.yaml")


def test_batch_is_shared_out_among_devices() -> None:
    recipe = read_recipe(FOLDER / "phi4_sft.yaml")
    assert [recipe.accumulation(devices) for devices in (1, 8, 32)] == [32, 4, 1]
    with pytest.raises(BadRecipe, match="no multiple of 3 devices"):
        recipe.accumulation(3)


def test_devices_that_share_a_sequence_take_one_batch_together(tmp_path: Path) -> None:
    """32 devices in pairs are 16 places for a sequence, so a batch of 32 is two of them."""
    recipe = read_recipe(changed(tmp_path, "phi4_sft.yaml", sequence_parallel=2))
    assert [recipe.accumulation(devices) for devices in (2, 8, 32, 64)] == [32, 8, 2, 1]
    with pytest.raises(BadRecipe, match="3 devices cannot share sequences by 2"):
        recipe.accumulation(3)
    with pytest.raises(BadRecipe, match="no multiple of 5 groups of 2 devices x 1"):
        recipe.accumulation(10)
