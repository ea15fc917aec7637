"""Recipes: one YAML file says all of a training run. Unknown keys and wrong types are refused.

    python -m training.recipes --schema       JSON schemas of both kinds, with what each field means

Every field names its source: the Phi-4-reasoning report (arXiv 2504.21318), or our choice where the
report is silent.
"""

import argparse
import json
import sys
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
        default="flash_attention_2",
        description="Packing keeps examples apart under each; without flash by a mask that grows "
        "with the square of a sequence. Our choice.",
    )
    checkpointing: bool = Field(default=True, description="Gradient checkpointing. Our choice.")
    liger: bool = Field(default=False, description="Liger kernels; need a GPU. Our choice.")
    save_every: Positive = Field(default=500, description="Steps between checkpoints.")
    keep: Positive = Field(default=2, description="Checkpoints that are kept.")
    log_every: Positive = Field(default=1, description="Steps between lines of metrics.jsonl.")
    random_seed: int = Field(default=0, ge=0, description="Of order, dropout and sampling.")
    report_to: list[Literal["wandb", "mlflow", "tensorboard"]] = Field(
        default_factory=list,
        description="Where metrics go beside metrics.jsonl; see requirements/trackers.txt.",
    )
    samples: int = Field(
        default=4, ge=0, description="Completions written to samples.jsonl each time. Our choice."
    )

    def accumulation(self, devices: int) -> int:
        """Batches that make one step, of each device or of those that share a sequence.

        Raises:
            BadRecipe: the batch cannot be shared out evenly.
        """
        places, remainder = divmod(devices, self.sharing)
        if remainder:
            raise BadRecipe(f"{devices} devices cannot share sequences by {self.sharing}")
        if self.batch % (places * self.device_batch):
            each = "devices" if self.sharing == 1 else f"groups of {self.sharing} devices"
            raise BadRecipe(
                f"batch {self.batch} is no multiple of {places} {each} x {self.device_batch}"
            )
        return self.batch // (places * self.device_batch)

    @property
    def sharing(self) -> int:
        """How many devices have a sequence together."""
        return 1


class SFTRecipe(Recipe):
    """Supervised fine-tuning on the traces of an export."""

    kind: Literal["sft"] = Field(description="Supervised fine-tuning.")
    longest: Positive = Field(description="Tokens of a sequence. Report: 32,768.")
    packing: bool = Field(default=True, description="Implied by the report's token counts.")
    assistant_only: bool = Field(default=True, description="Loss on the answer's tokens only.")
    sequence_parallel: Positive = Field(
        default=1,
        description="Devices that share a sequence, by DeepSpeed's Ulysses: they have to divide "
        "the attention heads, and to divide the heads of keys or be divided by them. Our choice.",
    )
    validation: Share | None = Field(
        default=None,
        description="Share held out by family; 0.005 where not given (our choice). An export that "
        "has a validation split of its own takes none.",
    )
    validate_every: Positive = Field(default=500, description="Steps between validations.")
    sample_tokens: Positive = Field(
        default=256, description="The most tokens of a completion in samples.jsonl. Our choice."
    )

    @property
    def sharing(self) -> int:
        """How many devices have a sequence together."""
        return self.sequence_parallel

    @model_validator(mode="after")
    def _can_share(self) -> Self:
        if self.sequence_parallel == 1:
            return self
        if not self.zero:
            raise ValueError("sequence_parallel needs DeepSpeed: zero has to be 1, 2 or 3")
        if self.device_batch > 1:
            raise ValueError("sequence_parallel has one sequence at once: device_batch has to be 1")
        if self.attention == "eager":
            raise ValueError("sequence_parallel is not to be had under eager attention")
        if self.packing and not self.attention.startswith("flash"):
            raise ValueError(
                "sequence_parallel keeps packed examples apart under flash attention only"
            )
        return self


class RewardRecipe(_Strict):
    """The constants of the length-aware reward: see `backend.science.reward`."""

    longest: Positive = Field(
        default=PUBLISHED.longest, description="The most tokens of a response. Report."
    )
    free_up_to: Positive = Field(
        default=PUBLISHED.free_up_to, description="Tokens that cost a right answer nothing. Report."
    )
    wrong_up_to: Positive = Field(
        default=PUBLISHED.wrong_up_to,
        description="Tokens from which a wrong answer loses the least. Report.",
    )
    accuracy_weight: float = Field(
        default=PUBLISHED.accuracy_weight, description="Of the part for the answer. Report: 8/13."
    )
    repetition_weight: float = Field(
        default=PUBLISHED.repetition_weight, description="Of that for repetition. Report: 1/13."
    )
    repeated_from: Positive = Field(
        default=PUBLISHED.repeated_from,
        description="Five words in a row count as repeated above so many times. Report: 5.",
    )
    repetition_floor: float | None = Field(
        default=PUBLISHED.repetition_floor,
        description="The part for repetition is never below it; null for none. Our choice.",
    )

    @model_validator(mode="after")
    def _make_a_curve(self) -> Self:
        self.constants()
        return self

    def constants(self) -> RewardConstants:
        """As the reward takes them; ValueError where they make no curve."""
        return RewardConstants(**self.model_dump())


class GRPORecipe(Recipe):
    """Reinforcement learning on the prompts of an export; `batch` counts completions."""

    kind: Literal["grpo"] = Field(description="Reinforcement learning.")
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
    order: Literal["given", "easy_first", "teachable_first"] = Field(
        default="given",
        description="given: as a mixture's version has it, else at random. easy_first: by the "
        "export's verdicts, from easy to hard. teachable_first: by its scores, from high to low. "
        "Both once through and then again. Our choice, the report tells of no order.",
    )
    dynamic_rounds: int = Field(
        default=0,
        ge=0,
        le=16,
        description="Times that a step draws more prompts in place of those whose completions are "
        "all right or all wrong; 0 leaves them in. After DAPO (arXiv 2503.14476); the cap is ours.",
    )
    samples_every: Positive = Field(
        default=10, description="Steps between completions in samples.jsonl. Our choice."
    )
    reward: RewardRecipe = Field(
        default=RewardRecipe(), description="Constants of the length-aware reward."
    )

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


def schemas() -> dict[str, Any]:
    """JSON schemas of both kinds of recipes, with what each field means."""
    return {"sft": SFTRecipe.model_json_schema(), "grpo": GRPORecipe.model_json_schema()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--schema", action="store_true", required=True, help="Print the schemas.")
    parser.parse_args()
    sys.stdout.write(json.dumps(schemas(), indent=2) + "\n")


if __name__ == "__main__":
    main()
