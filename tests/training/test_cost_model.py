"""What runs take: known sums, and what has to hold whatever the recipe."""

import re

import pytest

from tests.training.test_recipes import FOLDER
from training.cost_model import GIB, H100, cost_of
from training.recipes import read_recipe

SFT = read_recipe(FOLDER / "phi4_sft.yaml")


def test_states_of_phi4_over_32_devices() -> None:
    # 16 bytes of each of 14.66e9 parameters, shared out among 32.
    assert cost_of(SFT, 32).states == pytest.approx(16 * 14.66e9 / 32)


def test_sft_reckoned_is_near_the_published_time() -> None:
    """1,920 device-hours are published; they are met at a utilisation that is met in practice."""
    hours = 32 * cost_of(SFT, 32).seconds / 3600
    assert 0.3 < 0.35 * hours / 1920 < 0.5


def test_sft_fits_into_the_published_devices_and_not_into_one() -> None:
    assert cost_of(SFT, 32).memory < H100.memory
    assert cost_of(SFT, 1).memory > H100.memory


def test_each_stage_shares_out_more() -> None:
    states = [cost_of(SFT.model_copy(update={"zero": zero}), 8).states for zero in range(4)]
    assert states == sorted(states, reverse=True)
    assert len(set(states)) == 4


def test_without_checkpointing_each_layer_keeps_its_inside() -> None:
    kept = cost_of(SFT.model_copy(update={"checkpointing": False}), 32)
    assert kept.activations > 10 * cost_of(SFT, 32).activations
    assert kept.seconds == pytest.approx(cost_of(SFT, 32).seconds * 6 / 8)


def test_time_goes_with_steps_and_against_devices() -> None:
    twice = SFT.model_copy(update={"steps": 2 * SFT.steps})
    assert cost_of(twice, 32).seconds == pytest.approx(2 * cost_of(SFT, 32).seconds)
    assert cost_of(SFT, 16).seconds == pytest.approx(2 * cost_of(SFT, 32).seconds)


def test_table_in_the_documents_is_the_models() -> None:
    text = (FOLDER.parents[1] / "docs" / "training.md").read_text()
    row = re.compile(
        r"\| `(phi4_\w+)`.*? \| (\d+) \| ([\d.]+) GiB(.*?) \| ([\d.]+) h \| ([\d,]+) \|"
    )
    found = row.findall(text)
    assert len(found) == 6
    for name, devices, memory, remark, hours, device_hours in found:
        cost = cost_of(read_recipe(FOLDER / f"{name}.yaml"), int(devices))
        assert f"{cost.memory / GIB:.1f}" == memory
        assert (cost.memory > H100.memory) == (remark == ", too much")
        assert f"{cost.seconds / 3600:.1f}" == hours
        assert f"{int(devices) * cost.seconds / 3600:,.0f}" == device_hours


@pytest.mark.parametrize("name", ["phi4_sft", "phi4_grpo"])
def test_logits_are_never_held_as_a_whole(name: str) -> None:
    """With and without Liger: TRL has them in tiles. All of them, in 32 bits, were 12 GiB."""
    recipe = read_recipe(FOLDER / f"{name}.yaml")
    heads = [cost_of(recipe.model_copy(update={"liger": on}), 32).head for on in (False, True)]
    assert heads[0] == heads[1]
    # Two gradients in 32 bits, of the layer (2.06e9 bytes) and of its input (0.67e9), and a tile.
    assert heads[0] == pytest.approx(2.06e9 + 0.67e9 + 0.54e9, rel=0.01)


def test_weights_without_deepspeed_are_in_32_bits() -> None:
    grpo = read_recipe(FOLDER / "phi4_grpo.yaml").model_copy(update={"zero": 0})
    assert cost_of(grpo, 32).reference == 4 * 14.66e9
