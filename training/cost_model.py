"""What a training run takes of memory and time, reckoned before it is started.

    python -m training.cost_model RECIPE.yaml --nodes 4 --devices 8

Memory of one device under ZeRO (Rajbhandari et al., arXiv 1910.02054), with AdamW in mixed
precision: of each parameter 2 bytes of weight, 2 of gradient and 12 of optimiser state, shared out
among devices from stage 3, 2 and 1 on. Activations under checkpointing: one input a layer, and the
inside of the one layer that is being computed again. Time: 6 operations a parameter and token, 8
with checkpointing, and attention's own (Korthikanti et al., arXiv 2205.05198), at an assumed share
of the device's peak. Fragments, buffers of communication and the allocator's reserve are not in it:
the margin is for them.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from training.recipes import BadRecipe, GRPORecipe, SFTRecipe, read_recipe

GIB: Final = 2**30
MARGIN: Final = 1.15
# Share of the peak that dense models of this size reach in practice; measure, and set it.
UTILISATION: Final = 0.35


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


PHI4: Final = Shape(14.66e9, 40, 5120, 17_920, 100_352)
H100: Final = Device("H100 80 GB", 80e9, 989e12)
H200: Final = Device("H200 141 GB", 141e9, 989e12)


@dataclass(frozen=True)
class Cost:
    """What a run takes; memory in bytes of one device, time in seconds.

    Attributes:
        states: weights, gradients and optimiser.
        activations: kept for the backward pass.
        logits: of one sequence, with their gradient.
        tokens_per_step: over all devices.
        seconds: of all steps, rollouts left out.
    """

    states: float
    activations: float
    logits: float
    tokens_per_step: int
    seconds: float

    @property
    def memory(self) -> float:
        """All of it, with the margin."""
        return MARGIN * (self.states + self.activations + self.logits)


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
    length = _length(recipe)
    shared = recipe.sequence_parallel if isinstance(recipe, SFTRecipe) else 1
    tokens = length * recipe.device_batch / shared
    operations = _operations(recipe, shape, length) * length * recipe.batch * recipe.steps
    return Cost(
        states=_states(recipe.zero, shape.parameters, devices),
        activations=_activations(shape, tokens, checkpointing=recipe.checkpointing),
        # Fused kernels never hold all logits at once.
        logits=0.0 if recipe.liger else 6 * tokens * shape.vocabulary,
        tokens_per_step=length * recipe.batch,
        seconds=operations / (devices * device.peak * utilisation),
    )


def _length(recipe: SFTRecipe | GRPORecipe) -> int:
    if isinstance(recipe, SFTRecipe):
        return recipe.longest
    return recipe.longest_prompt + recipe.longest_completion


def _states(zero: int, parameters: float, devices: int) -> float:
    shares = {"optimiser": (12, 1), "gradients": (2, 2), "weights": (2, 3)}
    return sum(
        size * parameters / (devices if zero >= stage else 1) for size, stage in shares.values()
    )


def _activations(shape: Shape, tokens: float, *, checkpointing: bool) -> float:
    of_layer = tokens * (34 * shape.hidden / 2 + 2 * 3 * shape.inner)
    if not checkpointing:
        return shape.layers * of_layer
    return 2 * tokens * shape.hidden * shape.layers + of_layer


def _operations(recipe: SFTRecipe | GRPORecipe, shape: Shape, length: int) -> float:
    """Of one token, forwards and backwards."""
    passes = 8 if recipe.checkpointing else 6
    # Causal attention looks at half of the sequence on average.
    attention = passes * shape.layers * shape.hidden * length
    return passes * shape.parameters + attention


def described(cost: Cost, device: Device, devices: int) -> list[str]:
    """The cost in words."""
    fits = "fits" if cost.memory < device.memory else "does NOT fit"
    parts = (("states", cost.states), ("activations", cost.activations), ("logits", cost.logits))
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
        cost = cost_of(read_recipe(wanted.recipe), devices, utilisation=wanted.utilisation)
    except BadRecipe as error:
        sys.exit(str(error))
    sys.stdout.write("\n".join(described(cost, H100, devices)) + "\n")


if __name__ == "__main__":
    main()
