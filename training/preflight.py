"""What would keep a recipe from being followed here, told before anything is started.

    python -m training.preflight RECIPE.yaml --nodes 4 --devices 8

Prints one object of JSON: `{"checks": [{"name", "ok", "severity", "message"}], "memory_gib",
"card_gib", "hours", "device_hours"}`, numbers null where they cannot be told. The status is 0 where
no check of severity `error` has failed. GPUs are asked of `nvidia-smi`; torch is not needed.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import NamedTuple

from training.cost_model import GIB, H100, Cost, Device, Shape, cost_of, shape_of
from training.gpu_use import ask_cards
from training.preflight_checks import (
    AnyRecipe,
    Card,
    Check,
    check_batch,
    check_cards,
    check_disk,
    check_export,
    check_libraries,
    check_memory,
    check_model,
    check_output,
    configuration_of,
)
from training.recipes import BadRecipe, read_recipe
from training.throughput import peak_of


class Preflight(NamedTuple):
    """All checks, and what the run takes."""

    checks: list[Check]
    memory_gib: float | None
    card_gib: float | None
    hours: float | None
    device_hours: float | None

    @property
    def is_ready(self) -> bool:
        """Whether no error was found."""
        return all(check.ok or check.severity != "error" for check in self.checks)


def preflight(recipe: AnyRecipe, nodes: int, devices: int, cards: list[Card]) -> Preflight:
    """Look at everything that a run needs.

    Args:
        recipe: to be followed.
        nodes: machines; the other ones are taken to be like this one.
        devices: GPUs (or processes, for recipes in fp32) of each.
        cards: the GPUs of this machine.
    """
    everywhere = nodes * devices
    checks = [check_cards(recipe, devices, cards), check_libraries(recipe)]
    checks += [check_batch(recipe, everywhere)]
    checks += [check_export(recipe), *check_model(recipe), check_output(recipe, everywhere)]
    shape = _shape(recipe)
    cost = _cost(recipe, everywhere, shape, cards)
    card_gib = cards[0].memory / GIB if cards else None
    if shape is not None:
        checks.append(check_disk(recipe, shape))
    if shape is None or cost is None:
        return Preflight(checks, None, card_gib, None, None)
    memory = cost.memory / GIB
    if card_gib is not None:
        checks.append(check_memory(recipe, shape, memory, card_gib))
    if recipe.precision == "fp32":
        # No one reckons how fast a CPU is.
        return Preflight(checks, memory, card_gib, None, None)
    hours = cost.seconds / 3600
    said = f"{hours:.1f} h on {everywhere} devices, rollouts and validation not counted"
    checks.append(Check("time", True, "info", said))
    return Preflight(checks, memory, card_gib, hours, hours * everywhere)


def cards_of_this_machine() -> list[Card]:
    """What `nvidia-smi` tells; none where it is not there or fails."""
    try:
        cards = ask_cards("name", "memory.total")
        return [Card(name, float(mebibytes) * 2**20) for name, mebibytes in cards]
    except ValueError:
        return []


def _shape(recipe: AnyRecipe) -> Shape | None:
    try:
        config = configuration_of(recipe)
        return None if config is None else shape_of(config)
    except BadRecipe:
        return None


def _cost(recipe: AnyRecipe, devices: int, shape: Shape | None, cards: list[Card]) -> Cost | None:
    if shape is None:
        return None
    card = cards[0] if cards else Card(H100.name, H100.memory)
    device = Device(card.name, card.memory, peak_of(card.name) or H100.peak)
    try:
        return cost_of(recipe, devices, shape, device)
    except BadRecipe:
        return None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--nodes", type=int, default=1, help="Machines.")
    parser.add_argument("--devices", type=int, default=1, help="GPUs (or processes) on each.")
    wanted = parser.parse_args()
    try:
        recipe = read_recipe(wanted.recipe)
        found = preflight(recipe, wanted.nodes, wanted.devices, cards_of_this_machine())
    except BadRecipe as error:
        found = Preflight([Check("recipe", False, "error", str(error))], None, None, None, None)
    said = {**found._asdict(), "checks": [check._asdict() for check in found.checks]}
    sys.stdout.write(json.dumps(said, indent=2) + "\n")
    sys.exit(0 if found.is_ready else 1)


if __name__ == "__main__":
    main()
