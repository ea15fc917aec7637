"""What is looked at before a run: each check says in words what it found."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from training.cost_model import GIB, Shape, length_of
from training.exports import MANIFEST, BadExport, open_export
from training.recipes import BadRecipe, GRPORecipe, SFTRecipe

Severity = Literal["error", "warning", "info"]
AnyRecipe = SFTRecipe | GRPORecipe

TAGS: Final = ("<think>", "</think>")
# Of a checkpoint: bf16 weights, and what ZeRO keeps in 32 bits (weights, two moments).
CHECKPOINT_BYTES: Final = 2 + 12
# Of a card that vLLM takes beside the trainer, as TRL has it by itself.
BESIDE: Final = 0.3
# What a recipe may ask for that `requirements/training.txt` leaves out, and the module of each:
# of several that one which is there will do.
_LIBRARIES: Final = {
    "flash_attention_2": ("flash-attn", ("flash_attn", "kernels")),
    "flash_attention_3": ("flash-attn-3", ("flash_attn_interface", "kernels")),
    "liger": ("liger-kernel", ("liger_kernel",)),
    "vllm": ("vllm", ("vllm",)),
    "wandb": ("wandb", ("wandb",)),
    "mlflow": ("mlflow-skinny", ("mlflow",)),
    "tensorboard": ("tensorboard", ("tensorboard", "tensorboardX")),
}
# What may change between two attempts of one run.
_FREE: Final = {
    "save_every", "keep", "log_every", "report_to", "samples", "sample_tokens", "samples_every",
    "validate_every", "device_batch", "server", "liger", "checkpointing", "attention", "data",
    "model",
}  # fmt: skip


class Check(NamedTuple):
    """One thing that was looked at; where an `error` has failed, the run cannot start."""

    name: str
    ok: bool
    severity: Severity
    message: str


class Card(NamedTuple):
    """A GPU of this machine, and its memory in bytes."""

    name: str
    memory: float


def check_cards(recipe: AnyRecipe, devices: int, cards: list[Card]) -> Check:
    """Whether there are GPUs enough, where the recipe needs any."""
    if recipe.precision == "fp32":
        return Check("gpus", True, "info", "fp32 runs on CPUs: no GPU is needed")
    said = f"{len(cards)} GPUs on this machine, {devices} asked for"
    if cards:
        said += f": {', '.join(sorted({card.name for card in cards}))}"
    return Check("gpus", len(cards) >= devices, "error", said)


def check_libraries(recipe: AnyRecipe) -> Check:
    """Whether this Python has what the recipe asks for beyond what every training needs."""
    asked = [recipe.attention, *recipe.report_to, *(["liger"] if recipe.liger else [])]
    if isinstance(recipe, GRPORecipe) and recipe.rollouts != "transformers":
        asked.append("vllm")
    wanted = [_LIBRARIES[name] for name in asked if name in _LIBRARIES]
    lacking = [name for name, modules in wanted if not any(map(find_spec, modules))]
    said = f"not installed: {', '.join(lacking)} (docs/training.md says how)"
    fine = "what the recipe asks for is installed"
    return Check("libraries", not lacking, "error", said if lacking else fine)


def check_batch(recipe: AnyRecipe, devices: int) -> Check:
    """Whether the batch can be shared out among all devices."""
    try:
        times = recipe.accumulation(devices)
    except BadRecipe as error:
        return Check("batch", False, "error", str(error))
    return Check("batch", True, "error", f"{times} batches of each device make one step")


def check_export(recipe: AnyRecipe) -> Check:
    """Whether the export is whole, and of what the recipe trains on."""
    try:
        export = open_export(recipe.data, "sft" if isinstance(recipe, SFTRecipe) else "rl")
    except (BadExport, OSError) as error:
        return Check("export", False, "error", str(error))
    if isinstance(recipe, SFTRecipe) and export.has_validation and recipe.validation:
        said = f"{recipe.data} has a validation split of its own: take `validation` out"
        return Check("export", False, "error", said)
    return Check("export", True, "error", f"{recipe.data}: {len(export.files)} files, all whole")


def configuration_of(recipe: AnyRecipe) -> dict[str, Any] | None:
    """The model's `config.json`; None where there is none."""
    try:
        found = json.loads((Path(recipe.model) / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def check_model(recipe: AnyRecipe) -> Iterator[Check]:
    """Whether the model is there, made ready for reasoning, and long enough."""
    config = configuration_of(recipe)
    if config is None:
        said = f"{recipe.model} is no folder with a config.json: prepare it, or start its training"
        yield Check("model", False, "error", said)
        return
    yield Check("model", True, "error", f"{recipe.model} is there")
    lacking = [tag for tag in TAGS if tag not in _tokens(Path(recipe.model))]
    said = f"{recipe.model} has no token {' and '.join(lacking)}: run training.prepare_model"
    yield Check("think tokens", not lacking, "error", said if lacking else "both are tokens")
    positions, longest = config.get("max_position_embeddings", 0), length_of(recipe)
    said = f"{positions:,} positions for sequences of {longest:,} tokens"
    yield Check("positions", positions >= longest, "error", said)
    if isinstance(recipe, SFTRecipe) and recipe.sharing > 1:
        yield _check_heads(recipe.sharing, config)


def _check_heads(sharing: int, config: dict[str, Any]) -> Check:
    """Whether so many devices can share the model's attention heads out, as Ulysses does."""
    heads = config.get("num_attention_heads", 0)
    keys = config.get("num_key_value_heads") or heads
    fits = heads % sharing == 0 and 0 in (keys % sharing, sharing % max(keys, 1))
    said = (
        f"{heads} attention heads and {keys} of keys, for {sharing} devices that share a sequence"
    )
    return Check("heads", fits, "error", said)


def _tokens(folder: Path) -> set[str]:
    """All tokens that a saved tokenizer knows."""
    try:
        content = json.loads((folder / "tokenizer.json").read_text("utf-8"))
        added = {token["content"] for token in content["added_tokens"]}
        return added | set(content["model"]["vocab"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def check_memory(recipe: AnyRecipe, shape: Shape, memory: float, card: float) -> Check:
    """Whether what is reckoned fits into a card; both in GiB."""
    if not (isinstance(recipe, GRPORecipe) and recipe.rollouts == "colocate"):
        said = f"{memory:.1f} GiB are reckoned for each device, of {card:.1f} GiB of its card"
        return Check("memory", memory < card, "error", said)
    free, vllms, weights = card * (1 - BESIDE), card * BESIDE, 2 * shape.parameters / GIB
    said = (
        f"{memory:.1f} GiB are reckoned for each device, of {free:.1f} GiB that vLLM leaves of its "
        f"card; vLLM itself has {vllms:.1f} GiB for a model of {weights:.1f} GiB"
    )
    return Check("memory", memory < free and weights < vllms, "error", said)


def check_disk(recipe: AnyRecipe, shape: Shape) -> Check:
    """Whether the checkpoints find room."""
    # One more than is kept: the oldest goes when the newest is whole. And the model at the end.
    each = CHECKPOINT_BYTES * shape.parameters
    needed = each * (recipe.keep + 1) + 2 * shape.parameters
    folder = _there(recipe.output.absolute())
    free = shutil.disk_usage(folder).free
    said = (
        f"{needed / GIB:.1f} GiB for {recipe.keep} checkpoints, the next one and the model; "
        f"{free / GIB:.1f} GiB are free in {folder}"
    )
    return Check("disk", free >= needed, "error", said)


def check_output(recipe: AnyRecipe, devices: int) -> Check:
    """Whether the folder can be written, and what is in it is of this very run."""
    folder = recipe.output.absolute()
    parent = _there(folder)
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        return Check("output", False, "error", f"{parent} cannot be written")
    checkpoints = len(list(folder.glob("checkpoint-*")))
    if not checkpoints:
        return Check("output", True, "error", f"{recipe.output} has no checkpoint: a new run")
    try:
        said = json.loads((folder / "seedbed.json").read_text("utf-8"))
        other = _differences(said, recipe, devices)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        message = f"{recipe.output} has checkpoints, and nothing that says of which recipe"
        return Check("output", False, "warning", message)
    if other:
        message = f"{recipe.output} has checkpoints of a run with another {', '.join(other)}"
        return Check("output", False, "error", message)
    message = f"{recipe.output} has {checkpoints} checkpoints to go on from"
    return Check("output", True, "error", message)


def _differences(said: dict[str, Any], recipe: AnyRecipe, devices: int) -> list[str]:
    """In what a run that is there differs from this recipe, so that it cannot be gone on with."""
    was, now = said["recipe"], recipe.model_dump(mode="json")
    other = [name for name in now if name not in _FREE and was.get(name, now[name]) != now[name]]
    manifest = (recipe.data / MANIFEST).read_bytes()
    if said["export"]["manifest_sha256"] != hashlib.sha256(manifest).hexdigest():
        other.append("export")
    # DeepSpeed's checkpoints are shared out among so many processes.
    if recipe.zero and said.get("devices", devices) != devices:
        other.append(f"number of devices ({said['devices']})")
    return other


def _there(path: Path) -> Path:
    """The path, or what of it is there."""
    while not path.exists():
        path = path.parent
    return path
