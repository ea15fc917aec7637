"""The reward as TRL calls it: right ones earn more, and every part is logged."""

import json
import math
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import fmean
from types import SimpleNamespace
from typing import Any

import pytest

from backend.science.reward import RewardConstants
from training.answer_pool import AnswerPool
from training.reward_functions import LengthAwareReward, SampleWriter
from training.samples import SAMPLES

END = 9
CONSTANTS = RewardConstants(longest=100, free_up_to=50, wrong_up_to=10)


def response(answer: str) -> list[dict[str, str]]:
    text = f"<think>So it goes.</think> \\boxed{{{answer}}}"
    return [{"role": "assistant", "content": text}]


def tokens(count: int, end: int = END) -> list[int]:
    return [*range(100, 100 + count - 1), end]


def rewarded(
    completions: list[Any],
    completion_ids: list[list[int]],
    samples: SampleWriter | None = None,
    step: int = 0,
) -> tuple[list[float], dict[str, float]]:
    """Rewards of completions whose key is 7, and the means of what is logged of them."""
    logged: dict[str, list[float]] = defaultdict(list)
    rewards = LengthAwareReward(CONSTANTS, END, samples)(
        prompts=[[{"role": "user", "content": "3 + 4 ="}]] * len(completions),
        completions=completions,
        completion_ids=completion_ids,
        ground_truth=["7"] * len(completions),
        log_metric=lambda name, value: logged[name].append(value),
        trainer_state=SimpleNamespace(global_step=step, is_world_process_zero=True),
        anything_else=[None] * len(completions),
    )
    return rewards, {name.removeprefix("reward/"): fmean(of) for name, of in logged.items()}


def test_rewards_and_their_parts() -> None:
    rewards, logged = rewarded(
        [response("7"), response("8"), response("7"), "7"],
        [tokens(20), tokens(5), tokens(20, end=1), tokens(20)],
    )
    assert rewards == pytest.approx([8 / 13, -0.75 * 8 / 13, -0.5 * 8 / 13, -8 / 13])
    assert logged["correct"] == 0.5
    assert (logged["malformed"], logged["cut_off"]) == (0.25, 0.25)
    assert (logged["length_right"], logged["length_wrong"]) == (20.0, 12.5)
    assert logged["accuracy_part"] == pytest.approx((1 - 0.75 - 0.5 - 1) / 4)
    assert (logged["clipped"], logged["killed_comparisons"]) == (0.0, 0.0)


def test_length_costs_right_answers_alone() -> None:
    """75 tokens are half of the way from 50 to 100: a quarter of the reward is lost."""
    _, logged = rewarded([response("7"), response("7"), response("8")],
                         [tokens(20), tokens(75), tokens(150)])  # fmt: skip
    assert logged["length_cost"] == pytest.approx(0.25 / 2)
    assert logged["clipped"] == pytest.approx(1 / 3)


def test_right_ones_are_well_formed_and_ended() -> None:
    function = LengthAwareReward(CONSTANTS, END)
    completions = [response("7"), response("7"), "\\boxed{7}", response("8")]
    ids = [tokens(9), tokens(9, end=1), tokens(9), tokens(9)]
    assert function.are_right(completions, ids, ["7"] * 4) == [True, False, False, False]


def test_some_completions_are_kept_each_few_steps(tmp_path: Path) -> None:
    writer = SampleWriter(tmp_path, each_time=2, every=10)
    for step in range(21):
        rewarded([response(str(number)) for number in range(6, 10)], [tokens(9)] * 4, writer, step)
    kept = [json.loads(line) for line in (tmp_path / SAMPLES).read_text().splitlines()]
    assert [row["step"] for row in kept] == [1, 1, 10, 10, 20, 20]
    assert kept[0] == {
        "step": 1, "prompt": "3 + 4 =", "text": response("6")[0]["content"],
        "reward": pytest.approx(-8 / 13 * (0.5 + 0.25 * (1 + math.cos(math.pi * 0.9)))),
    }  # fmt: skip
    assert kept[1]["text"] == response("8")[0]["content"]


def test_algebra_decides_what_rules_leave_open_and_is_killed_in_time() -> None:
    pool = AnswerPool(pair_seconds=60)
    assert pool.is_correct("(x+1)^2", "x^2+2x+1")
    assert not pool.is_correct("(x+1)^2", "x^2+2x+2")
    assert not pool.is_correct(None, "7")
    pool.close()
    hasty = AnswerPool(pair_seconds=0.001)
    assert not hasty.is_correct("(x+1)^2", "x^2+2x+1")
    assert hasty.killed == 1


def test_algebra_does_not_wait_for_what_the_trainer_imports(tmp_path: Path) -> None:
    """A trainer takes longer to import than a pair may take: it must not be imported again."""
    (tmp_path / "trainer.py").write_text(
        "from training.answer_pool import AnswerPool\n"
        "if __name__ != '__main__':\n"
        "    raise ImportError('the trainer was imported by its child')\n"
        "pool = AnswerPool(pair_seconds=60)\n"
        "print(pool.is_correct('(x+1)^2', 'x^2+2x+1'), pool.killed)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "trainer"], cwd=tmp_path, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(root)}, check=False,
    )  # fmt: skip
    assert done.stdout == "True 0\n", done.stderr


def test_comparisons_that_ran_out_of_time_while_prompts_were_chosen_are_told() -> None:
    function = LengthAwareReward(CONSTANTS, END)
    function._answers = AnswerPool(pair_seconds=0.001)
    said = {"completions": [response("(x+1)^2")], "completion_ids": [tokens(5)],
            "ground_truth": ["x^2+2x+1"]}  # fmt: skip
    assert function.are_right(**said) == [False]
    told = []
    for _ in range(2):
        logged: dict[str, float] = {}
        function(
            **said, prompts=[[{"role": "user", "content": "?"}]], log_metric=logged.__setitem__,
            trainer_state=SimpleNamespace(global_step=0, is_world_process_zero=False),
        )  # fmt: skip
        told.append(logged["reward/killed_comparisons"])
    assert told == [1.0, 0.0]
