"""The reward of a response and the curve it lies on; nothing is stored."""

from math import ceil
from typing import Final

from backend.rewards.schemas import (
    CurvePoint,
    RepetitionOut,
    RewardCurve,
    RewardOut,
    RewardRequest,
    RewardSettings,
)
from backend.science.answers import canonical_key
from backend.science.equivalence import decided_by_rules
from backend.science.reward import (
    Override,
    RewardConstants,
    accuracy_reward,
    boxed_answer,
    length_share,
    reward,
)

_STEPS: Final = 200
# As many as a token of English has on average, about.
_CHARACTERS_PER_TOKEN: Final = 4


def curve(settings: RewardSettings) -> RewardCurve:
    """What lengths from nothing to just over the longest earn."""
    constants = settings.constants()
    end = ceil(constants.longest * 1.05)
    lengths = {round(end * step / _STEPS) for step in range(_STEPS + 1)}
    lengths |= {constants.free_up_to, constants.wrong_up_to, constants.longest}
    return RewardCurve(
        points=[
            CurvePoint(
                tokens=tokens,
                right=_weighted(constants, tokens, correct=True),
                wrong=_weighted(constants, tokens, correct=False),
            )
            for tokens in sorted(lengths)
        ],
        truncated=_weighted(constants, 0, correct=False, override="truncated"),
        malformed=_weighted(constants, 0, correct=False, override="format"),
    )


def _weighted(
    constants: RewardConstants, tokens: int, *, correct: bool, override: Override | None = None
) -> float:
    return constants.accuracy_weight * accuracy_reward(
        tokens, correct=correct, override=override, constants=constants
    )


def score(request: RewardRequest) -> RewardOut:
    """The reward of a response.

    Its answer is held against the key by rules alone: algebra can take minutes. What they leave
    open counts as wrong, and is said.
    """
    constants = request.settings.constants()
    answer = boxed_answer(request.response)
    decided = request.correct if request.key is None else _is_correct(answer, request.key)
    correct = decided is True
    tokens = request.tokens
    if tokens is None:
        tokens = ceil(len(request.response) / _CHARACTERS_PER_TOKEN)
    found = reward(
        request.response, tokens, correct=correct, ended=request.ended, constants=constants
    )
    return RewardOut(
        total=found.total, accuracy=found.accuracy, override=found.override, correct=correct,
        repetition=RepetitionOut(**found.repetition._asdict()), answer=answer, tokens=tokens,
        tokens_estimated=request.tokens is None, is_clipped=found.is_clipped,
        length_share=length_share(tokens, correct=correct, constants=constants),
        is_undecided=decided is None,
    )  # fmt: skip


def _is_correct(answer: str | None, key: str) -> bool | None:
    found, wanted = canonical_key(answer), canonical_key(key)
    if found is None or wanted is None:
        return False
    return decided_by_rules(found, wanted)
