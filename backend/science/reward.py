r"""The length-aware reward of reinforcement learning, part by part.

A right answer earns from 1 down to 1/2 the longer it is, a wrong one from -1 up to -1/2: thinking
longer is free for right answers up to a point, and is asked for where the answer is wrong. After
the Phi-4-reasoning report (arXiv 2504.21318, section 4.1); what it leaves open is said where it
is decided.
"""

import re
from collections import Counter
from dataclasses import dataclass
from math import cos, pi
from typing import Final, Literal, NamedTuple

from backend.science.answer_extraction import boxed_spans

Override = Literal["format", "truncated"]

_GRAM: Final = 5
_WORD: Final = re.compile(r"\w+")
_TAGS: Final = re.compile(r"</?think>")


@dataclass(frozen=True)
class RewardConstants:
    """What the reward is made of; lengths are in tokens, the defaults are the report's.

    Attributes:
        longest: the most tokens of a response: 32,768 less 1,024 of prompt.
        free_up_to: right answers of so many tokens lose nothing yet.
        wrong_up_to: wrong answers of so many tokens lose the least.
        accuracy_weight: of the part for the answer.
        repetition_weight: of the part for repetition.
        repeated_from: five words in a row count as repeated where they come more often than this.
        repetition_floor: the part for repetition is never below it; None leaves it as it is, which
            can be -4.8 for one word a hundred times. The report says nothing of a floor: ours.
    """

    longest: int = 31_744
    free_up_to: int = 25_600
    wrong_up_to: int = 3_702
    accuracy_weight: float = 8 / 13
    repetition_weight: float = 1 / 13
    repeated_from: int = 5
    repetition_floor: float | None = -1.0

    def __post_init__(self) -> None:
        if not 0 < self.free_up_to < self.longest:
            raise ValueError("free_up_to must lie between 0 and longest")
        if not 0 < self.wrong_up_to <= self.longest:
            raise ValueError("wrong_up_to must lie between 0 and longest")
        if min(self.accuracy_weight, self.repetition_weight) < 0:
            raise ValueError("weights must not be negative")
        if self.repeated_from < 1:
            raise ValueError("repeated_from must be at least 1")
        if self.repetition_floor is not None and self.repetition_floor > 0:
            raise ValueError("repetition_floor must not be above 0")


PUBLISHED: Final = RewardConstants()


class Repetition(NamedTuple):
    """How far a text repeats itself.

    Attributes:
        reward: the part for repetition: 0, or below it.
        is_floored: whether the floor has cut it.
        words: how many words there are.
        repeated: how many different five words in a row are repeated.
        most: how often the most frequent of all comes.
        phrase: that one.
    """

    reward: float
    is_floored: bool
    words: int
    repeated: int
    most: int
    phrase: str


class Reward(NamedTuple):
    """The reward of one response.

    Attributes:
        total: the weighted sum of the two parts.
        accuracy: the part for the answer, between -1 and 1.
        repetition: the part for repetition.
        override: why the answer was not looked at: thinking and answer cannot be told apart, or
            the response was cut off.
        is_clipped: whether it is longer than a response may be, and counts as the longest.
    """

    total: float
    accuracy: float
    repetition: Repetition
    override: Override | None
    is_clipped: bool


def reward(
    response: str,
    tokens: float,
    *,
    correct: bool,
    ended: bool,
    constants: RewardConstants = PUBLISHED,
) -> Reward:
    """What a response earns.

    Where the response is both malformed and cut off, it counts as malformed: the report does not
    say which of the two wins.

    Args:
        response: the whole text, thinking and tags included.
        tokens: its length.
        correct: whether its answer is equivalent to the key.
        ended: whether it ended by itself, with the token that ends a turn.
        constants: the report's, or others.

    Raises:
        ValueError: the length is negative.
    """
    override: Override | None = None
    if not has_think_block(response):
        override = "format"
    elif not ended:
        override = "truncated"
    repeated = repetition(response, constants)
    accuracy = accuracy_reward(tokens, correct=correct, override=override, constants=constants)
    total = constants.accuracy_weight * accuracy + constants.repetition_weight * repeated.reward
    return Reward(total, accuracy, repeated, override, tokens > constants.longest)


def accuracy_reward(
    tokens: float,
    *,
    correct: bool,
    override: Override | None = None,
    constants: RewardConstants = PUBLISHED,
) -> float:
    """The part for the answer: 1/2 to 1 where it is right, -1 to -1/2 where it is wrong.

    A malformed response earns -1, one that was cut off -1/2, whatever it answers.

    Raises:
        ValueError: the length is negative.
    """
    if tokens < 0:
        raise ValueError("a response cannot have fewer than 0 tokens")
    if override is not None:
        return -1.0 if override == "format" else -0.5
    share = length_share(tokens, correct=correct, constants=constants)
    size = 0.5 + 0.25 * (1 + cos(pi * share))
    return size if correct else -size


def length_share(tokens: float, *, correct: bool, constants: RewardConstants = PUBLISHED) -> float:
    """How far along its half cosine a length is, from 0 to 1: where it begins and ends differs."""
    start, end = (
        (constants.free_up_to, constants.longest) if correct else (0, constants.wrong_up_to)
    )
    return min(1.0, max(tokens - start, 0) / (end - start))


def repetition(text: str, constants: RewardConstants = PUBLISHED) -> Repetition:
    """The part for repetition: minus the larger of two shares.

    One is that of different five words in a row that are repeated, among all five in a row; the
    other that of the words which the most frequent of them covers, where it is repeated at all.
    The rule is that of a public re-implementation; the report prints no formula.
    """
    words = _WORD.findall(text.lower())
    places = len(words) - _GRAM + 1
    if places < 1:
        return Repetition(0.0, False, len(words), 0, 0, "")
    counts = Counter(zip(*(words[start:] for start in range(_GRAM)), strict=False))
    repeated = sum(count > constants.repeated_from for count in counts.values())
    phrase, most = max(counts.items(), key=lambda item: item[1])
    covered = most / (len(words) / _GRAM) if most > constants.repeated_from else 0.0
    found = 0.0 - max(repeated / places, covered)
    floor = constants.repetition_floor
    is_floored = floor is not None and found < floor
    value = floor if is_floored and floor is not None else found
    return Repetition(value, is_floored, len(words), repeated, most, " ".join(phrase))


def has_think_block(response: str) -> bool:
    """Whether the response begins with its one block of thinking, white space aside.

    Tags are tags wherever they stand, in code too: rewards have to be hard to game. The report asks
    for correct use of the tags and does not say what that is.
    """
    tags = _TAGS.findall(response)
    return tags == ["<think>", "</think>"] and response.lstrip().startswith("<think>")


def boxed_answer(response: str) -> str | None:
    r"""What stands in the last `\boxed{}` behind the thinking; None where there is none."""
    _, _, answer = response.rpartition("</think>")
    spans = boxed_spans(answer)
    return answer[slice(*max(spans, key=lambda span: span[1]))] if spans else None
