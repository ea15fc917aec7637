"""The length-aware reward as TRL calls it: lists in, a list out, and every part of it logged."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from backend.science.reward import Reward, RewardConstants, boxed_answer, reward
from training.answer_pool import AnswerPool
from training.samples import Sample, append_samples

LogMetric = Callable[[str, float], None]


class SampleWriter(NamedTuple):
    """Where some of the rollouts go.

    Attributes:
        folder: of the run.
        each_time: how many; 0 writes none.
        every: steps between.
    """

    folder: Path
    each_time: int
    every: int


class LengthAwareReward:
    """Rewards completions; each part of each reward is logged, and TRL averages over all processes.

    Args:
        constants: of the reward.
        end: number of the token that ends a turn: without it a completion was cut off.
        samples: where some completions go.
    """

    __name__ = "length_aware"  # TRL names a reward's column after its function

    def __init__(
        self, constants: RewardConstants, end: int, samples: SampleWriter | None = None
    ) -> None:
        self._constants, self._end, self._samples = constants, end, samples
        self._answers = AnswerPool()
        self._killed = 0  # as told last

    def __call__(
        self,
        prompts: Sequence[Any],
        completions: Sequence[Any],
        completion_ids: Sequence[Sequence[int]],
        ground_truth: Sequence[str],
        log_metric: LogMetric,
        trainer_state: Any,
        **_: Any,
    ) -> list[float]:
        """The reward of each completion.

        Args:
            prompts: what was asked, as messages.
            completions: the last messages, or their texts.
            completion_ids: their tokens.
            ground_truth: the key of each one's prompt.
            log_metric: takes a name and a number; the mean over completions is logged.
            trainer_state: where the run is.
        """
        correct = self._correct(completions, ground_truth)
        found = [
            self._reward(_text(completion), ids, is_correct)
            for completion, ids, is_correct in zip(
                completions, completion_ids, correct, strict=True
            )
        ]
        for one, is_correct, ids in zip(found, correct, completion_ids, strict=True):
            for name, value in _parts(one, is_correct, len(ids)).items():
                log_metric(f"reward/{name}", value)
        # Those too that came of choosing among prompts, before.
        killed, self._killed = self._answers.killed - self._killed, self._answers.killed
        log_metric("reward/killed_comparisons", killed / len(found))
        self._write_samples(trainer_state, prompts, completions, found)
        return [one.total for one in found]

    def are_right(
        self,
        completions: Sequence[Any],
        completion_ids: Sequence[Sequence[int]],
        ground_truth: Sequence[str],
    ) -> list[bool]:
        """Whether each completion has the key's answer, and is neither malformed nor cut off."""
        correct = self._correct(completions, ground_truth)
        return [
            is_correct and self._reward(_text(completion), ids, is_correct).override is None
            for completion, ids, is_correct in zip(
                completions, completion_ids, correct, strict=True
            )
        ]

    def _correct(self, completions: Sequence[Any], keys: Sequence[str]) -> list[bool]:
        return [
            self._answers.is_correct(boxed_answer(_text(completion)), key)
            for completion, key in zip(completions, keys, strict=True)
        ]

    def _reward(self, text: str, ids: Sequence[int], is_correct: bool) -> Reward:
        return reward(
            text, len(ids), correct=is_correct, ended=self._end in ids, constants=self._constants
        )

    def _write_samples(
        self, state: Any, prompts: Sequence[Any], completions: Sequence[Any], found: list[Reward]
    ) -> None:
        to = self._samples
        if to is None or not to.each_time or not state.is_world_process_zero:
            return
        # The step that these rollouts are for, as its metrics will name it.
        step = state.global_step + 1
        if step == 1 or step % to.every == 0:
            written = [
                Sample(prompt[-1]["content"], _text(completion), one.total)
                for prompt, completion, one in zip(prompts, completions, found, strict=True)
            ]
            # From different groups, as far as there are so many.
            append_samples(
                to.folder, step, written[:: max(1, len(written) // to.each_time)][: to.each_time]
            )


def _text(completion: Any) -> str:
    return completion if isinstance(completion, str) else str(completion[0]["content"])


def _parts(one: Reward, is_correct: bool, length: int) -> dict[str, float]:
    """What a reward is made of: shares of completions where they are averaged."""
    parts = {
        "correct": float(is_correct),
        "accuracy_part": one.accuracy,
        "repetition_part": one.repetition.reward,
        "malformed": float(one.override == "format"),
        "cut_off": float(one.override == "truncated"),
        "clipped": float(one.is_clipped),
        "floored": float(one.repetition.is_floored),
        f"length_{'right' if is_correct else 'wrong'}": float(length),
    }
    if is_correct and one.override is None:
        parts["length_cost"] = 1 - one.accuracy
    return parts
