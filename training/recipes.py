"""Recipes: one YAML file says all of a training run. Unknown keys and wrong types are refused.

Every field names its source: the Phi-4-reasoning report (arXiv 2504.21318), or our choice where the
report is silent.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from backend.science.reward import PUBLISHED, RewardConstants

Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, lt=1)]


class BadRecipe(ValueError):
    """A recipe that cannot be followed; the text names the file and each field at fault."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Recipe(_Strict):
    """What both kinds of training have in common."""

    model: str = Field(description="Folder made by `training.prepare_model`, or a hub's name.")
    data: Path = Field(description="Folder of an export, with its manifest.")
    output: Path = Field(description="Folder of checkpoints; a run that is there is gone on with.")
    steps: Positive = Field(description="Optimiser steps in all.")
    learning_rate: float = Field(gt=0, description="The highest, after the warm-up.")
    warmup_steps: int = Field(ge=0, description="Steps of linear warm-up.")
    schedule: Literal["constant_with_warmup", "cosine", "linear"] = Field(
        description="After the warm-up. The report does not say."
    )
    weight_decay: float = Field(ge=0, description="Of AdamW.")
    clip: float = Field(default=1.0, gt=0, description="Norm of gradients. Our choice.")
    batch: Positive = Field(description="Sequences an optimiser step, over all devices.")
    device_batch: Positive = Field(default=1, description="Sequences at once on each device.")
    zero: Literal[0, 1, 2, 3] = Field(default=3, description="DeepSpeed's stage. Our choice.")
    precision: Literal["bf16", "fp32"] = Field(default="bf16", description="fp32 is for CPUs.")
    attention: Literal["flash_attention_2", "flash_attention_3", "sdpa", "eager"] = Field(
        default="flash_attention_2", description="Packing keeps examples apart under flash only."
    )
    checkpointing: bool = Field(default=True, description="Gradient checkpointing. Our choice.")
    liger: bool = Field(default=False, description="Liger kernels; need a GPU. Our choice.")
    save_every: Positive = Field(default=500, description="Steps between checkpoints.")
    keep: Positive = Field(default=2, description="Checkpoints that are kept.")
    log_every: Positive = Field(default=1, description="Steps between lines of metrics.jsonl.")
    random_seed: int = Field(default=0, ge=0, description="Of order, dropout and sampling.")
    report_to: list[Literal["wandb", "mlflow", "tensorboard"]] = Field(
        default_factory=list, description="Where metrics go beside metrics.jsonl."
    )

    def accumulation(self, devices: int) -> int:
        """Batches of each device that make one step.

        Raises:
            BadRecipe: the batch cannot be shared out evenly.
        """
        at_once = devices * self.device_batch
        if self.batch % at_once:
            raise BadRecipe(
                f"batch {self.batch} is no multiple of {devices} devices x {self.device_batch}"
            )
        return self.batch // at_once


class SFTRecipe(Recipe):
    """Supervised fine-tuning on the traces of an export."""

    kind: Literal["sft"]
    longest: Positive = Field(description="Tokens of a sequence. Report: 32,768.")
    packing: bool = Field(default=True, description="Implied by the report's token counts.")
    assistant_only: bool = Field(default=True, description="Loss on the answer's tokens only.")
    sequence_parallel: Positive = Field(default=1, description="Devices that share a sequence.")
    validation: Share = Field(default=0.005, description="Share held out by seed. Our choice.")
    validate_every: Positive = Field(default=500, description="Steps between validations.")


class RewardRecipe(_Strict):
    """The constants of the length-aware reward: see `backend.science.reward`."""

    longest: Positive = PUBLISHED.longest
    free_up_to: Positive = PUBLISHED.free_up_to
    wrong_up_to: Positive = PUBLISHED.wrong_up_to
    accuracy_weight: float = PUBLISHED.accuracy_weight
    repetition_weight: float = PUBLISHED.repetition_weight
    repeated_from: Positive = PUBLISHED.repeated_from
    repetition_floor: float | None = PUBLISHED.repetition_floor

    @model_validator(mode="after")
    def _make_a_curve(self) -> Self:
        self.constants()
        return self

    def constants(self) -> RewardConstants:
        """As the reward takes them; ValueError where they make no curve."""
        return RewardConstants(**self.model_dump())


class GRPORecipe(Recipe):
    """Reinforcement learning on the prompts of an export; `batch` counts completions."""

    kind: Literal["grpo"]
    group: Annotated[int, Field(ge=2)] = Field(description="Completions of a prompt. Report: 8.")
    longest_prompt: Positive = Field(description="Tokens; longer prompts are left out, and told.")
    longest_completion: Positive = Field(description="Tokens. Report: 31,744.")
    kl: float = Field(ge=0, description="Weight of the KL term. Report: 0.001.")
    entropy: float = Field(ge=0, description="Weight of the entropy bonus. Report: 0.001.")
    temperature: float = Field(default=1.0, gt=0, description="Of rollouts. Not reported.")
    loss: Literal["grpo", "dapo"] = Field(default="grpo", description="grpo: as printed.")
    rollouts: Literal["transformers", "colocate", "server"] = Field(
        default="colocate", description="Who generates: vLLM beside the trainer, or on its nodes."
    )
    server: str | None = Field(default=None, description="Host of vLLM where it serves.")
    reward: RewardRecipe = RewardRecipe()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.batch % self.group:
            raise ValueError(f"batch {self.batch} is no multiple of the group of {self.group}")
        if (self.rollouts == "server") != (self.server is not None):
            raise ValueError("server is the host for rollouts: server, and for nothing else")
        return self


def read_recipe(path: Path) -> SFTRecipe | GRPORecipe:
    """The recipe in a YAML file; relative folders are meant from where the command runs.

    Raises:
        BadRecipe: the file cannot be read, or a field is unknown, missing or wrong.
    """
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadRecipe(f"{path} cannot be read: {error}") from error
    kinds: dict[str, type[SFTRecipe] | type[GRPORecipe]] = {"sft": SFTRecipe, "grpo": GRPORecipe}
    kind = content.get("kind") if isinstance(content, dict) else None
    if not isinstance(kind, str) or kind not in kinds:
        raise BadRecipe(f"{path}: kind has to be sft or grpo, not {kind!r}")
    try:
        return kinds[kind].model_validate(content)
    except ValidationError as error:
        raise BadRecipe(f"{path}: {_faults(error)}") from error


def _faults(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, fault['loc'])) or 'the recipe'}: {fault['msg']}"
        for fault in error.errors()
    )
