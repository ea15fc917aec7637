"""The length-aware reward as TRL calls it: lists in, a list out, and every part of it logged."""

from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

from backend.science.reward import Reward, RewardConstants, boxed_answer, reward
from training.answer_pool import AnswerPool

Log = Callable[[dict[str, float]], None]


class LengthAwareReward:
    """Rewards completions; what a step's rewards are made of goes to `log`.

    Args:
        constants: of the reward.
        group: completions of one prompt, which come one after another.
        end: number of the token that ends a turn: without it a completion was cut off.
        log: takes each call's means.
    """

    __name__ = "length_aware"  # TRL names a reward's column after its function

    def __init__(self, constants: RewardConstants, group: int, end: int, log: Log) -> None:
        self._constants, self._group, self._end, self._log = constants, group, end, log
        self._answers = AnswerPool()

    def __call__(
        self,
        completions: Sequence[Any],
        completion_ids: Sequence[Sequence[int]],
        ground_truth: Sequence[str],
        **_: Any,
    ) -> list[float]:
        """The reward of each completion.

        Args:
            completions: the last messages, or their texts.
            completion_ids: their tokens.
            ground_truth: the key of each one's prompt.
        """
        texts = [item if isinstance(item, str) else item[0]["content"] for item in completions]
        correct = [
            self._answers.is_correct(boxed_answer(text), key)
            for text, key in zip(texts, ground_truth, strict=True)
        ]
        found = [
            reward(
                text, len(ids), correct=is_correct, ended=self._end in ids,
                constants=self._constants,
            )
            for text, ids, is_correct in zip(texts, completion_ids, correct, strict=True)
        ]  # fmt: skip
        self._log(self._parts(found, correct, [len(ids) for ids in completion_ids]))
        return [one.total for one in found]

    def _parts(
        self, found: Sequence[Reward], correct: Sequence[bool], lengths: Sequence[int]
    ) -> dict[str, float]:
        by_correct = {
            name: [length for length, is_right in zip(lengths, correct, strict=True)
                   if is_right is wanted]
            for name, wanted in (("right", True), ("wrong", False))
        }  # fmt: skip
        totals = [one.total for one in found]
        groups = [totals[at : at + self._group] for at in range(0, len(totals), self._group)]
        return {
            "correct": fmean(correct),
            "accuracy_part": fmean(one.accuracy for one in found),
            "repetition_part": fmean(one.repetition.reward for one in found),
            "malformed": fmean(one.override == "format" for one in found),
            "cut_off": fmean(one.override == "truncated" for one in found),
            "clipped": fmean(one.is_clipped for one in found),
            "floored": fmean(one.repetition.is_floored for one in found),
            "groups_without_variance": fmean(len(set(group)) == 1 for group in groups),
            "killed_comparisons": float(self._answers.killed),
            **{f"length_{name}": fmean(of) for name, of in by_correct.items() if of},
        }
