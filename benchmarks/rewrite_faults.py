"""Plants faults into rewrites: one function a kind, and the check that has to find it.

All of it follows from the random numbers that are handed in. A function gives None where a problem
does not lend itself to its fault.
"""

import random
import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeVar

from backend.science.rewrite_rules import Wording
from benchmarks import rewrite_fault_words as words

_SENTENCE: Final = re.compile(r"(?:(?<=[.!?\n])|^)\s*[^.!?\n]*(?:\.\d[^.!?\n]*)*[.!?]?", re.DOTALL)
_NUMBER: Final = re.compile(r"\d+")
_LEAST_REST: Final = 40

Entry = TypeVar("Entry")


class Chance(NamedTuple):
    """Random numbers, and which half of the words may be used."""

    random: random.Random
    aside: bool

    def word(self, entries: Sequence[Entry]) -> Entry:
        """One of those that are not kept from these problems."""
        return self.random.choice(entries[self.aside :: 2])

    def numbers(self) -> tuple[int, int]:
        """Two that a sentence can hold."""
        return self.random.randrange(2, 30), self.random.randrange(31, 99)


Plant = Callable[[Wording, Chance], Wording | None]


class Kind(NamedTuple):
    """A kind of fault: its name, the check that has to find it, and how it is planted."""

    name: str
    check: str
    plant: Plant


def second_question(base: Wording, chance: Chance) -> Wording | None:
    """A second question behind the first."""
    return _behind(base, chance.word(words.SECOND_QUESTIONS).format(*chance.numbers()))


def second_request(base: Wording, chance: Chance) -> Wording | None:
    """A second request behind the question, without a question mark."""
    return _behind(base, chance.word(words.SECOND_REQUESTS).format(*chance.numbers()))


def second_in_one_sentence(base: Wording, chance: Chance) -> Wording | None:
    """Two questions with one mark."""
    prompt = base.prompt.rstrip()
    if not prompt.endswith("?"):
        return None
    tail = chance.word(words.TAILS).format(*chance.numbers())
    return base._replace(prompt=prompt[:-1] + tail)


def several_parts(base: Wording, chance: Chance) -> Wording | None:
    """The question as one part, another as the second."""
    told, asked = _split(base.prompt)
    if not asked:
        return None
    first, second = chance.word(words.PART_LABELS)
    other = chance.word(words.SECOND_QUESTIONS).format(*chance.numbers())
    return base._replace(prompt=f"{told}\n{first}{asked}{second}{other}".strip())


def leaked(base: Wording, chance: Chance) -> Wording | None:
    """The answer, said before or behind."""
    said = chance.word(words.LEAKS).format(base.answer)
    if chance.random.random() < 0.3:
        return base._replace(prompt=f"{said} {base.prompt}")
    return _behind(base, said)


def missing(base: Wording, chance: Chance) -> Wording | None:
    """A reference to what is not there, at any place."""
    said = chance.word(words.MISSING)
    told, asked = _split(base.prompt)
    prompt = chance.random.choice([f"{said} {base.prompt}", f"{told} {said} {asked}".strip()])
    return base._replace(prompt=prompt)


def nothing_asked(base: Wording, chance: Chance) -> Wording | None:
    """The facts without a question."""
    told, asked = _split(base.prompt)
    if not asked or len(told) < _LEAST_REST or "?" in told:
        return None
    return base._replace(prompt=f"{told} {chance.word(words.NOT_ASKED)}".strip())


def proof_asked(base: Wording, chance: Chance) -> Wording | None:
    """Reasons beside the answer, or in its place."""
    said = chance.word(words.PROOFS)
    told, asked = _split(base.prompt)
    if asked and len(told) >= _LEAST_REST and chance.random.random() < 0.5:
        return base._replace(prompt=f"{told} {said}")
    return _behind(base, said)


def choices_left(base: Wording, chance: Chance) -> Wording | None:
    """Values to choose from, the right one among them."""
    values = [str(base.answer), *(str(chance.random.randrange(2, 99)) for _ in range(3))]
    chance.random.shuffle(values)
    return base._replace(prompt=base.prompt + chance.word(words.CHOICES).format(*values))


def long_answer(base: Wording, chance: Chance) -> Wording | None:
    """No answer, or one in free words."""
    answer = chance.word(words.LONG_ANSWERS).format(base.answer)
    return base._replace(answer=None if chance.random.random() < 0.2 else answer)


def _behind(base: Wording, said: str) -> Wording:
    return base._replace(prompt=f"{base.prompt} {said}")


def _split(prompt: str) -> tuple[str, str]:
    """What is told, and the last sentence where it asks."""
    sentences = [match[0] for match in _SENTENCE.finditer(prompt) if match[0].strip()]
    if not sentences or not sentences[-1].rstrip().endswith("?"):
        return prompt, ""
    return "".join(sentences[:-1]).strip(), sentences[-1].strip()


KINDS: Final = (
    Kind("second question", "one_answer", second_question),
    Kind("second request, without a mark", "one_answer", second_request),
    Kind("two questions with one mark", "one_answer", second_in_one_sentence),
    Kind("several parts", "one_answer", several_parts),
    Kind("answer said in the prompt", "not_leaked", leaked),
    Kind("refers to what is not there", "stands_alone", missing),
    Kind("nothing is asked", "one_answer", nothing_asked),
    Kind("reasons or a proof asked", "one_answer", proof_asked),
    Kind("choices left", "one_answer", choices_left),
    Kind("no short answer", "short_answer", long_answer),
)
