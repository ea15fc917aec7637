"""What a training run takes of memory and time, reckoned before it is started.

    python -m training.cost_model RECIPE.yaml --nodes 4 --devices 8

The model is the recipe's, where its folder is there, else Phi-4.

Memory of one device under ZeRO (Rajbhandari et al., arXiv 1910.02054), with AdamW in mixed
precision: of each parameter 2 bytes of weight, 2 of gradient and 12 of optimiser state, shared out
among devices from stage 3, 2 and 1 on. Activations under checkpointing: one input a layer, and the
inside of the one layer that is being computed again. Time: 6 operations a parameter and token, 8
with checkpointing, and attention's own (Korthikanti et al., arXiv 2205.05198), at an assumed share
of the device's peak. Fragments, buffers of communication and the allocator's reserve are not in it:
the margin is for them.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from training.recipes import BadRecipe, GRPORecipe, SFTRecipe, read_recipe

GIB: Final = 2**30
MARGIN: Final = 1.15
# Share of the peak that dense models of this size reach in practice; measure, and set it.
UTILISATION: Final = 0.35
# A tile of logits: 4,096 tokens by 32,768 words in 16 bits, and its gradient.
_TILE_BYTES: Final = 2 * 4096 * 32_768 * 2


@dataclass(frozen=True)
class Shape:
    """What of a model decides what it costs."""

    parameters: float
    layers: int
    hidden: int
    inner: int
    vocabulary: int


@dataclass(frozen=True)
class Device:
    """A kind of device: its memory in bytes, and its peak of bf16 operations a second."""

    name: str
    memory: float
    peak: float


def shape_of(config: Mapping[str, Any]) -> Shape:
    """The shape that a model's `config.json` tells; parameters are counted from its matrices.

    Of a dense decoder with gated layers (Phi, Llama, Qwen, Mistral); biases and norms, a millionth
    of the whole, are left out.

    Raises:
        BadRecipe: the configuration lacks a size.
    """
    try:
        hidden, layers = config["hidden_size"], config["num_hidden_layers"]
        inner, vocabulary = config["intermediate_size"], config["vocab_size"]
        heads = config["num_attention_heads"]
    except KeyError as error:
        raise BadRecipe(f"the model's configuration has no {error.args[0]}") from error
    groups = config.get("num_key_value_heads") or heads
    of_head = config.get("head_dim") or hidden // heads
    attention = 2 * hidden * of_head * (heads + groups)
    embeddings = vocabulary * hidden * (1 if config.get("tie_word_embeddings") else 2)
    parameters = layers * (attention + 3 * hidden * inner) + embeddings
    return Shape(float(parameters), layers, hidden, inner, vocabulary)


PHI4: Final = Shape(14.66e9, 40, 5120, 17_920, 100_352)
H100: Final = Device("H100 80 GB", 80e9, 989e12)
H200: Final = Device("H200 141 GB", 141e9, 989e12)


@dataclass(frozen=True)
class Cost:
    """What a run takes; memory in bytes of one device, time in seconds.

    Attributes:
        states: weights, gradients and optimiser.
        reference: weights of the model that the KL term holds on to.
        activations: kept for the backward pass.
        head: gradients of the last layer in 32 bits, and a tile of logits.
        tokens_per_step: over all devices.
        seconds: of all steps, rollouts left out.
    """

    states: float
    reference: float
    activations: float
    head: float
    tokens_per_step: int
    seconds: float

    @property
    def memory(self) -> float:
        """All of it, with the margin."""
        return MARGIN * (self.states + self.reference + self.activations + self.head)


def cost_of(
    recipe: SFTRecipe | GRPORecipe,
    devices: int,
    shape: Shape = PHI4,
    device: Device = H100,
    utilisation: float = UTILISATION,
) -> Cost:
    """Reckon a run.

    Raises:
        BadRecipe: the batch cannot be shared out among so many devices.
    """
    recipe.accumulation(devices)
    length = length_of(recipe)
    shared = recipe.sequence_parallel if isinstance(recipe, SFTRecipe) else 1
    tokens = length * recipe.device_batch / shared
    each = operations_of_token(shape, length, passes=8 if recipe.checkpointing else 6)
    operations = each * length * recipe.batch * recipe.steps
    return Cost(
        states=_states(recipe.zero, shape.parameters, devices),
        reference=_reference(recipe, shape.parameters, devices),
        activations=_activations(shape, tokens, checkpointing=recipe.checkpointing),
        head=_head(shape, tokens),
        tokens_per_step=length * recipe.batch,
        seconds=operations / (devices * device.peak * utilisation),
    )


def length_of(recipe: SFTRecipe | GRPORecipe) -> int:
    """The most tokens of a sequence, prompt and completion together."""
    if isinstance(recipe, SFTRecipe):
        return recipe.longest
    return recipe.longest_prompt + recipe.longest_completion


def _states(zero: int, parameters: float, devices: int) -> float:
    shares = {"optimiser": (12, 1), "gradients": (2, 2), "weights": (2, 3)}
    return sum(
        size * parameters / (devices if zero >= stage else 1) for size, stage in shares.values()
    )


def _reference(recipe: SFTRecipe | GRPORecipe, parameters: float, devices: int) -> float:
    if isinstance(recipe, SFTRecipe) or not recipe.kl:
        return 0.0
    # Without DeepSpeed all weights are in 32 bits: see `training.processes`.
    return (2 if recipe.zero else 4) * parameters / (devices if recipe.zero == 3 else 1)


def _head(shape: Shape, tokens: float) -> float:
    """TRL multiplies by the last layer in tiles, with and without Liger: it never has all logits.

    What it adds up in 32 bits are the gradients of the layer and of what goes into it.
    """
    return 4 * shape.hidden * (shape.vocabulary + tokens) + _TILE_BYTES


def _activations(shape: Shape, tokens: float, *, checkpointing: bool) -> float:
    of_layer = tokens * (34 * shape.hidden / 2 + 2 * 3 * shape.inner)
    if not checkpointing:
        return shape.layers * of_layer
    return 2 * tokens * shape.hidden * shape.layers + of_layer


def operations_of_token(shape: Shape, length: int, passes: int) -> float:
    """Operations that training on one token takes.

    Args:
        shape: of the model.
        length: of its sequence; causal attention looks at half of it on average.
        passes: 6 for forwards and backwards, 8 where the forward pass is done twice.
    """
    attention = passes * shape.layers * shape.hidden * length
    return passes * shape.parameters + attention


def described(cost: Cost, device: Device, devices: int) -> list[str]:
    """The cost in words."""
    fits = "fits" if cost.memory < device.memory else "does NOT fit"
    parts = (
        ("states", cost.states), ("reference", cost.reference),
        ("activations", cost.activations), ("head", cost.head),
    )  # fmt: skip
    hours = cost.seconds / 3600
    return [
        f"memory: {cost.memory / GIB:.1f} GiB a device, which {fits} into {device.name} ("
        + ", ".join(f"{name} {size / GIB:.1f}" for name, size in parts)
        + f", margin {MARGIN:.0%})",
        f"tokens a step: {cost.tokens_per_step:,}",
        f"time: {hours:.1f} h on {devices} devices, {hours * devices:,.0f} device-hours, "
        "rollouts and validation not counted",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--devices", type=int, default=1)
    parser.add_argument("--utilisation", type=float, default=UTILISATION)
    wanted = parser.parse_args()
    devices = wanted.nodes * wanted.devices
    try:
        recipe = read_recipe(wanted.recipe)
        config = Path(recipe.model) / "config.json"
        shape = shape_of(json.loads(config.read_text("utf-8"))) if config.is_file() else PHI4
        cost = cost_of(recipe, devices, shape, utilisation=wanted.utilisation)
    except BadRecipe as error:
        sys.exit(str(error))
    sys.stdout.write("\n".join(described(cost, H100, devices)) + "\n")


if __name__ == "__main__":
    main()
