"""TRL's GRPOTrainer with what it lacks: more prompts for groups that teach nothing, and counts.

Rollouts alone are repeated: rewards, reference and loss see the groups that were chosen. Which
prompts come is counted through the run and kept with each checkpoint.
"""

import json
from pathlib import Path
from typing import Any, Final

from accelerate.utils import gather_object
from trl import GRPOTrainer

from training.prompt_order import PromptOrder
from training.reward_functions import LengthAwareReward
from training.varied_groups import Drawn, VariedGroups, repeated

PLACE: Final = "prompts.json"


class Trainer(GRPOTrainer):
    """A GRPOTrainer that draws further prompts.

    Args:
        rounds: how many times a step may do so; 0 leaves TRL as it is.
        order: where further prompts come from.
        reward: which tells right completions from wrong ones.
        arguments: of GRPOTrainer.
    """

    def __init__(
        self, rounds: int, order: PromptOrder, reward: LengthAwareReward, **arguments: Any
    ) -> None:
        self._rounds, self._order, self._reward = rounds, order, reward
        self._place: int | None = None
        self._trained_tokens = 0
        super().__init__(reward_funcs=reward, **arguments)

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        self._rows = inputs
        scored: dict[str, Any] = super()._generate_and_score_completions(inputs)
        if self.model.training:
            tokens = scored["prompt_mask"].sum() + scored["completion_mask"].sum()
            self._trained_tokens += int(self.accelerator.gather(tokens).sum())
            metrics = self._metrics["train"]
            metrics["trained_tokens"] = [self._trained_tokens]
            metrics["reward/groups_without_variance"].append(metrics["frac_reward_zero_std"][-1])
        return scored

    def _generate(self, prompts: list[Any]) -> tuple[Any, ...]:
        if not (self._rounds and self.model.training):
            return tuple(super()._generate(prompts))
        size = self.num_generations
        wanted = len(prompts) * self.accelerator.num_processes // size
        groups = VariedGroups(wanted, size)
        for _ in range(1 + self._rounds):
            self._take(prompts, repeated(self._next_rows(wanted), size))
            groups.add(gather_object(self._drawn(prompts)))
            if groups.is_full:
                break
        for name, count in groups.counts().items():
            self._metrics["train"][f"dynamic/{name}"].append(count)
        return self._given(prompts, groups.chosen())

    def _next_rows(self, count: int) -> list[dict[str, Any]]:
        if self._place is None:
            self._place = self.state.global_step * count
        self._place += count
        return self._order.rows(self._place - count, count)

    def _take(self, prompts: list[Any], rows: list[dict[str, Any]]) -> None:
        """Put this process's share of a batch's rows where the trainer reads them."""
        start = self.accelerator.process_index * len(prompts)
        # In place: the caller goes on with these very lists.
        self._rows[:] = rows[start : start + len(prompts)]
        prompts[:] = [row["prompt"] for row in self._rows]

    def _drawn(self, prompts: list[Any]) -> list[Drawn]:
        asked, written, tool_mask, completions, logprobs, extra, *_ = super()._generate(prompts)
        if tool_mask is not None or extra:
            raise NotImplementedError("dynamic_rounds knows no tools")
        right = self._reward.are_right(
            completions, written, [row["ground_truth"] for row in self._rows]
        )
        known = logprobs if logprobs is not None else [None] * len(prompts)
        return [
            Drawn(*one)
            for one in zip(self._rows, asked, written, completions, known, right, strict=True)
        ]

    def _given(self, prompts: list[Any], chosen: list[Drawn]) -> tuple[Any, ...]:
        self._take(prompts, [one.row for one in chosen])
        start = self.accelerator.process_index * len(prompts)
        mine = chosen[start : start + len(prompts)]
        logprobs = [one.logprobs for one in mine]
        return (
            [one.prompt_ids for one in mine], [one.completion_ids for one in mine], None,
            [one.completion for one in mine], None if logprobs[0] is None else logprobs, {}, None,
            [],
        )  # fmt: skip

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        super()._save_checkpoint(model, trial)
        if self._place is not None and self.args.should_save:
            folder = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"
            (folder / PLACE).write_text(json.dumps({"next": self._place}), "utf-8")

    def go_on_from(self, checkpoint: str | None) -> None:
        """Take up the place in the order of prompts at which a checkpoint was made."""
        path = None if checkpoint is None else Path(checkpoint) / PLACE
        if path is not None and path.is_file():
            self._place = json.loads(path.read_text("utf-8"))["next"]
