"""The reward as TRL calls it: right ones earn more, and every part is logged."""

import pytest

from backend.science.reward import RewardConstants
from training.answer_pool import AnswerPool
from training.reward_functions import LengthAwareReward

END = 9
CONSTANTS = RewardConstants(longest=100, free_up_to=50, wrong_up_to=10)


def response(answer: str) -> list[dict[str, str]]:
    text = f"<think>So it goes.</think> \\boxed{{{answer}}}"
    return [{"role": "assistant", "content": text}]


def tokens(count: int, end: int = END) -> list[int]:
    return [*range(100, 100 + count - 1), end]


def test_rewards_and_their_parts() -> None:
    logged: dict[str, float] = {}
    rewards = LengthAwareReward(CONSTANTS, 2, END, logged.update)(
        completions=[response("7"), response("8"), response("7"), "7"],
        completion_ids=[tokens(20), tokens(5), tokens(20, end=1), tokens(20)],
        ground_truth=["7"] * 4,
        anything_else=[None] * 4,
    )
    assert rewards == pytest.approx([8 / 13, -0.75 * 8 / 13, -0.5 * 8 / 13, -8 / 13])
    assert logged["correct"] == 0.5
    assert (logged["malformed"], logged["cut_off"]) == (0.25, 0.25)
    assert (logged["length_right"], logged["length_wrong"]) == (20.0, 12.5)
    assert logged["groups_without_variance"] == 0.0


def test_group_that_is_all_right_has_no_variance() -> None:
    logged: dict[str, float] = {}
    LengthAwareReward(CONSTANTS, 2, END, logged.update)(
        completions=[response("7"), response("7"), response("7"), response("8")],
        completion_ids=[tokens(20)] * 4,
        ground_truth=["7"] * 4,
    )
    assert logged["groups_without_variance"] == 0.5
    assert logged["accuracy_part"] == pytest.approx((3 * 1.0 - 0.5) / 4)


def test_algebra_decides_what_rules_leave_open_and_is_killed_in_time() -> None:
    pool = AnswerPool(pair_seconds=60)
    assert pool.is_correct("(x+1)^2", "x^2+2x+1")
    assert not pool.is_correct("(x+1)^2", "x^2+2x+2")
    assert not pool.is_correct(None, "7")
    pool.close()
    hasty = AnswerPool(pair_seconds=0.001)
    assert not hasty.is_correct("(x+1)^2", "x^2+2x+1")
    assert hasty.killed == 1
