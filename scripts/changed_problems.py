"""Changed and reworded problems, made by rule from problems: what a fit learns from.

Each change leaves most words as they were and the answer not: numbers are altered, left out or
spelt otherwise, a step is added, question and condition change places, a sign or a word of a
formula is turned.
"""

import random
import re
from collections.abc import Callable, Sequence
from typing import Final

_NUMBER: Final = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?![\w.]*\d)")
_WORDS: Final = "two three four five six seven eight nine ten twelve".split()
_WORD: Final = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b")
_SENTENCE: Final = re.compile(r"(?<=[.?!])\s+")
_UNKNOWN: Final = (
    "some", "other", "certain", "a certain number of", "several", "an unknown number of", "",
)  # fmt: skip
_ADDED: Final = (
    "but then loses {n}% of it", "and gives {n} of them away", "after paying a fee of ${n}",
    "if {n} more are added later", "and {n} of them are broken", "twice as many as before",
    "but only for {n} days", "who also wants {n} more", "then the number is halved",
    "which is then reduced by {n}",
)  # fmt: skip
_TURNED: Final = (
    "If {asked} is {n}, what is the unknown number?",
    "In total there are {n} {asked}. How many were there at first?",
    "The answer is {n}. Find the missing value.",
)
_SIGNS: Final = (
    (r"\+", "-"), (r"(?<![\w-])-", "+"), (r"\^2", "^3"), (r"\^3", "^2"),
    (r"\bsmallest\b", "largest"), (r"\blargest\b", "smallest"), (r"\bminimum\b", "maximum"),
    (r"\bmaximum\b", "minimum"), (r"\beven\b", "odd"), (r"\bpositive\b", "negative"),
    (r"\bsum\b", "product"), (r"\bproduct\b", "sum"), (r"\\sin\b", r"\\cos"),
    (r"\\cos\b", r"\\sin"), (r"\bprime\b", "composite"), (r"\bleast\b", "greatest"),
    (r"\bgreatest\b", "least"), (r"(?<=[+\-=] )\d+(?=[a-z])", ""), (r"\bperimeter\b", "area"),
    (r"\barea\b", "perimeter"), (r"\bx\b(?=\$)", "y"),
)  # fmt: skip


_NAME: Final = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}\b(?! [A-Z])")
_NAMES: Final = "Priya Tomasz Aiko Ravi Ingrid Mateo Leila Oskar Yusuf Chloe".split()
_SYNONYMS: Final = (
    ("how many", "what number of"), ("How many", "What number of"), ("buys", "purchases"),
    ("bought", "purchased"), ("gets", "receives"), ("gave", "handed"), ("needs", "requires"),
    ("each", "every"), ("total", "overall"), ("kids", "children"), ("big", "large"),
    ("makes", "earns"), ("house", "home"), ("started", "began"), ("Find", "Determine"),
    ("Compute", "Calculate"), ("Evaluate", "Find the value of"), ("What is", "Determine"),
    ("also", "in addition"), ("now", "at present"), ("money", "cash"), ("left", "remaining"),
)  # fmt: skip


class Changer:
    """Makes changed problems; the same seed makes the same ones."""

    def __init__(self, random_seed: int, sources: Sequence[str]) -> None:
        """`sources` are problems from which added sentences are taken."""
        self._random = random.Random(random_seed)
        self._sources = sources

    def word_problem(self, text: str) -> list[str]:
        """Five changes of a word problem, of which some may fail and leave it as it was."""
        changes: tuple[Callable[[str], str], ...] = (
            self.numbers, self._dropped, self._with_sentence, self._with_clause, self._turned,
        )  # fmt: skip
        return [change(text) for change in changes]

    def formula_problem(self, text: str) -> list[str]:
        """Two changes of a problem that is mostly formulas."""
        return [self._signs(text), self.numbers(text)]

    def numbers(self, text: str) -> str:
        """Some of its numbers altered."""
        words = _WORD.sub(
            lambda m: self._random.choice(_WORDS) if self._random.random() < 0.5 else m[0], text
        )
        return _NUMBER.sub(self._other, words)

    def reworded(self, text: str) -> str:
        """The same problem with other names and a few other words."""
        names = dict.fromkeys(_NAME.findall(text))
        for name in names:
            text = re.sub(rf"\b{name}\b", self._random.choice(_NAMES), text)
        for word, other in self._random.sample(_SYNONYMS, len(_SYNONYMS) // 2):
            text = re.sub(rf"\b{word}\b", other, text)
        return text

    def _other(self, match: re.Match[str]) -> str:
        number, kind = int(match[0].replace(",", "")), self._random.random()
        if kind < 0.35:
            return match[0]
        if kind < 0.7:
            return str(self._near(number))
        if kind < 0.85:
            return str(number * self._random.choice([10, 2, 3, 5]))
        if kind < 0.93:
            return f"{number}.{self._random.choice([5, 25, 75])}"
        return f"{number}/{self._random.choice([2, 3, 4])}"

    def _near(self, number: int) -> int:
        if number >= 50:
            return number + self._random.randint(1, number)
        return max(1, number + self._random.choice([-3, -2, -1, 1, 2, 3, 4, 5, 7, 10]))

    def _dropped(self, text: str) -> str:
        numbers = list(_NUMBER.finditer(text))
        if not numbers:
            return text
        one = self._random.choice(numbers)
        return text[: one.start()] + self._random.choice(_UNKNOWN) + text[one.end() :]

    def _with_sentence(self, text: str) -> str:
        told = _SENTENCE.split(self._random.choice(self._sources))[:-1]
        told = [sentence for sentence in told if re.search(r"\d", sentence)]
        sentences = _SENTENCE.split(text)
        if not told or len(sentences) < 2:
            return text
        place = self._random.randrange(1, len(sentences))
        return " ".join([*sentences[:place], self._random.choice(told), *sentences[place:]])

    def _with_clause(self, text: str) -> str:
        sentences = _SENTENCE.split(text)
        place = self._random.randrange(len(sentences))
        added = self._random.choice(_ADDED).format(n=self._random.randint(2, 60))
        sentences[place] = f"{sentences[place][:-1]}, {added}{sentences[place][-1:]}"
        return " ".join(sentences)

    def _turned(self, text: str) -> str:
        *told, question = _SENTENCE.split(text)
        if not told:
            return text
        asked = re.sub(r"(?i)^(how many|how much|what is|what was)\s", "", question.rstrip("?"))
        turned = self._random.choice(_TURNED).format(asked=asked, n=self._random.randint(5, 900))
        return f"{self._dropped(' '.join(told))} {turned}"

    def _signs(self, text: str) -> str:
        for pattern, sign in self._random.sample(_SIGNS, len(_SIGNS)):
            if re.search(pattern, text):
                return re.sub(pattern, sign, text, count=1)
        return self.numbers(text)
