"""The length-aware reward as OpenRLHF calls it, from a file that names the model and the constants.

OpenRLHF calls it in threads, one response at a time, and swallows what it raises: a response
without a reward is then left out. Lengths are those of the text, tokenized again.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from backend.science.reward import Reward, RewardConstants, boxed_answer, reward
from training.answer_pool import AnswerPool


class RewardFunction:
    """What `reward_func` is in a reward file.

    Args:
        model: whose tokenizer tells where a prompt ends, and how long a response is.
        constants: of the reward.
    """

    def __init__(self, model: str, constants: Mapping[str, Any]) -> None:
        self._model, self._constants = model, RewardConstants(**constants)
        self._lock = threading.Lock()
        self._answers = AnswerPool()
        self._tokenizer: Any = None

    def __call__(
        self, queries: Sequence[str], prompts: Sequence[str], labels: Sequence[str]
    ) -> dict[str, Any]:
        """The means over what is asked for, which is one response.

        Args:
            queries: prompt and response together, with all tokens that are special.
            prompts: as the chat template made them.
            labels: the keys.

        Returns:
            `rewards`; `scores`, 1 where right, well-formed and ended, by which groups are filtered;
            `extra_logs` with the parts.
        """
        # One at a time: the pool may be killed while another thread waits for it.
        with self._lock:
            found = [self._one(*each) for each in zip(queries, prompts, labels, strict=True)]
        count = len(found)
        parts = [
            {"accuracy_part": one.accuracy, "repetition_part": one.repetition.reward,
             "malformed": float(one.override == "format"),
             "cut_off": float(one.override == "truncated"), "correct": float(is_right)}
            for one, is_right in found
        ]  # fmt: skip
        return {
            "rewards": sum(one.total for one, _ in found) / count,
            "scores": sum(right and one.override is None for one, right in found) / count,
            "extra_logs": {name: sum(part[name] for part in parts) / count for name in parts[0]},
        }

    def _one(self, query: str, prompt: str, key: str) -> tuple[Reward, bool]:
        tokenizer = self._loaded()
        asked = tokenizer(prompt, add_special_tokens=False)["input_ids"]
        written = tokenizer(query, add_special_tokens=False)["input_ids"][len(asked) :]
        text = tokenizer.decode(written, skip_special_tokens=True)
        is_right = self._answers.is_correct(boxed_answer(text), key)
        ended = tokenizer.eos_token_id in written
        found = reward(text, len(written), correct=is_right, ended=ended, constants=self._constants)
        return found, is_right

    def _loaded(self) -> Any:
        if self._tokenizer is None:
            from transformers import AutoTokenizer

            self._tokenizer = AutoTokenizer.from_pretrained(self._model)
        return self._tokenizer
