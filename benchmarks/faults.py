"""Plants faults into honest traces: one function a kind, each a response as a server would send it.

All of it follows from the random numbers that are handed in. A function gives None where a trace
does not lend itself to its fault.
"""

import math
import random
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from backend.science.code_spans import code_spans, is_within
from backend.science.guided_questions import GUIDED_WORDS
from backend.science.trace_evidence import Reason
from benchmarks import fault_words as words
from benchmarks.honest_traces import HonestTrace

_SENTENCE = re.compile(r"[^\s][^\n]*?(?:[.!?](?=\s)|[。！？]|$)", re.MULTILINE)


class Planted(NamedTuple):
    """A response with a fault.

    Attributes:
        response: what the server sends as the message.
        reasoning: what it sends apart.
        finish_reason: why it ended.
        needs_value: whether it is to be compared with a key.
        guideline: what only the teacher saw.
    """

    response: str
    reasoning: str | None = None
    finish_reason: str = "stop"
    needs_value: bool = False
    guideline: str = ""


Plant = Callable[[HonestTrace, random.Random], Planted | None]


class Kind(NamedTuple):
    """A kind of fault: its name, why it has to be rejected, and how it is planted."""

    name: str
    reason: Reason
    plant: Plant


def sent(thinking: str, answer: str, chance: random.Random, guideline: str = "") -> Planted:
    """A trace in one of the forms that servers and models use."""
    form = chance.choice(["tags", "tags", "apart", "swallowed", "sections"])
    if form == "apart":
        return Planted(answer, reasoning=thinking, guideline=guideline)
    if form == "swallowed":
        return Planted(f"{thinking}\n</think>\n\n{answer}", guideline=guideline)
    if form == "sections":
        response = f"## Thinking\n\n{thinking}\n\n## Solution\n\n{answer}"
        return Planted(response, guideline=guideline)
    return Planted(f"<think>\n{thinking}\n</think>\n\n{answer}", guideline=guideline)


def truncated(trace: HonestTrace, chance: random.Random) -> Planted | None:
    """Cut off anywhere."""
    whole = sent(trace.thinking, trace.answer, chance)
    if whole.reasoning is not None and chance.random() < 0.5:
        cut = chance.randrange(1, len(whole.reasoning))
        return whole._replace(response="", reasoning=whole.reasoning[:cut], finish_reason="length")
    cut = chance.randrange(len(whole.response))
    return whole._replace(response=whole.response[:cut], finish_reason="length")


def unclosed(trace: HonestTrace, chance: random.Random) -> Planted | None:
    """Thinking whose end is missing, or stands in code."""
    end = chance.choice(["", "`</think>`", "```\n</think>\n```", "```html\n<p></think></p>\n```"])
    if chance.random() < 0.2:
        return Planted(f"## Thinking\n\n{trace.thinking}\n\n{trace.answer}")
    opening = chance.choice(["<think>\n", "<THINK>", "Sure.\n<think>"])
    return Planted(f"{opening}{trace.thinking}\n{end}\n\n{trace.answer}")


def unanswered(trace: HonestTrace, chance: random.Random) -> Planted | None:
    """Nothing after the thinking, or nothing that could be compared with a key."""
    if chance.random() < 0.5 or not trace.value:
        return sent(trace.thinking, chance.choice(words.NO_ANSWERS), chance)
    found = sent(trace.thinking, chance.choice(words.NO_VALUES), chance)
    return found._replace(needs_value=True)


def two_answers(trace: HonestTrace, chance: random.Random) -> Planted | None:
    """A second final answer with another value."""
    value = _fraction(trace.value)
    if value is None or trace.language != "English":
        return None
    moves = (value + chance.randint(1, 9), value * chance.randint(2, 12), value - 1, value / 2)
    other = next(each for each in chance.sample(moves, 4) if abs(each - value) * 20 > abs(value))
    second = chance.choice(words.SECOND_ANSWERS).format(value=other)
    if chance.random() < 0.5:
        return sent(trace.thinking, f"{trace.answer}\n\n{second}", chance)
    first = chance.choice(words.FIRST_ANSWERS).format(value=trace.value)
    between = "\n\n".join(_some_sentences(trace.thinking, chance, 1, 2))
    return sent(trace.thinking, f"{first}\n\n{between}\n\n{second}", chance)


def repeated(trace: HonestTrace, chance: random.Random) -> Planted | None:
    """A loop of one to four sentences, of the trace's own or of a model that is lost."""
    if chance.random() < 0.5:
        unit = " ".join(chance.sample(words.LOOPED, chance.randint(1, 2)))
    else:
        unit = chance.choice([" ", "\n"]).join(_some_sentences(trace.thinking, chance, 1, 4))
    size = _size(unit)
    if size < 4:
        return None
    times = max(8, math.ceil(chance.randint(120, 1500) / size))
    loop = chance.choice([" ", "\n", "\n\n"]).join([unit] * times)
    return _inserted(trace, loop, chance)


def switched(trace: HonestTrace, chance: random.Random) -> Planted | None:
    """Three to five sentences in another language, inserted or in place of a whole part."""
    language = chance.choice([name for name in words.FOREIGN if name != trace.language])
    foreign = words.FOREIGN[language]
    passage = " ".join(chance.sample(foreign, chance.randint(3, len(foreign))))
    if chance.random() < 0.5:
        return _inserted(trace, passage, chance)
    if chance.random() < 0.5:
        return sent(passage, trace.answer, chance)
    return sent(trace.thinking, f"{passage}\n\n\\boxed{{{trace.value or '1'}}}", chance)


def quoted_guideline(trace: HonestTrace, chance: random.Random) -> Planted | None:
    """One to three sentences of the guideline, or twelve and more words from its middle."""
    if not trace.guideline or trace.language != "English":
        return None
    if chance.random() < 0.6:
        quote = " ".join(_some_sentences(trace.guideline, chance, 1, 3))
    else:
        every = trace.guideline.split()
        length = chance.randint(12, 25)
        start = chance.randrange(max(len(every) - length, 1))
        quote = " ".join(every[start : start + length])
    if _size(quote) < 8:
        return None
    quote = chance.choice([quote, quote, quote.lower(), quote.upper()])
    opening = chance.choice(["{}", "It reads: “{}”", "**{}**", "Remember, {}", "> {}"])
    return _inserted(trace, opening.format(quote), chance)


def quoted_template(trace: HonestTrace, chance: random.Random) -> Planted | None:
    """Words in a row of those that show a guideline to a teacher, one or two of their sentences."""
    if not trace.guideline or trace.language != "English":
        return None
    quote = " ".join(_some_sentences(GUIDED_WORDS.replace("\n", " "), chance, 1, 2))
    if _size(quote) < 8:
        return None
    opening = chance.choice(["{}", "I was told: {}", "So, {}", "> {}"])
    return _inserted(trace, opening.format(quote), chance)


def hidden_talk(trace: HonestTrace, chance: random.Random) -> Planted | None:
    """A sentence about instructions that the reader does not see."""
    if not trace.guideline or trace.language != "English":
        return None
    return _inserted(trace, chance.choice(words.HIDDEN_TALK), chance)


def quoted_thinking(trace: HonestTrace, chance: random.Random) -> Planted | None:
    """Forty words and more of the thinking in the answer."""
    sentences = _sentences(trace.thinking)
    start = chance.randrange(len(sentences))
    wanted = chance.randint(40, 150)
    passage = ""
    for sentence in sentences[start:]:
        if _size(passage) < wanted:
            passage += chance.choice([" ", "\n"]) + sentence
    if _size(passage) < 40:
        return None
    quote = chance.choice(words.QUOTE_OPENINGS) + passage.strip()
    answer = [quote, trace.answer] if chance.random() < 0.5 else [trace.answer, quote]
    return sent(trace.thinking, "\n\n".join(answer), chance, trace.guideline)


KINDS: Sequence[Kind] = (
    Kind("truncated", "truncated", truncated),
    Kind("unclosed tag, tag in code", "format", unclosed),
    Kind("no answer", "no_answer", unanswered),
    Kind("two final answers", "format", two_answers),
    Kind("repeated", "repeated", repeated),
    Kind("language switched", "language_switch", switched),
    Kind("guideline quoted", "leaked_guideline", quoted_guideline),
    Kind("template quoted", "leaked_guideline", quoted_template),
    Kind("hidden-instruction talk", "leaked_guideline", hidden_talk),
    Kind("thinking quoted in the answer", "leaked_guideline", quoted_thinking),
)


def _inserted(trace: HonestTrace, passage: str, chance: random.Random) -> Planted:
    """A trace with a passage between two sentences, or at the end, of one of its parts."""
    parts = [trace.thinking, trace.answer]
    number = int(chance.random() < 0.4)
    code = code_spans(parts[number])
    ends = (match.end() for match in _SENTENCE.finditer(parts[number]))
    places = [end for end in ends if not is_within(end, code)]
    place = chance.choice([*places, len(parts[number])])
    gap = chance.choice([" ", "\n", "\n\n"])
    parts[number] = f"{parts[number][:place]}{gap}{passage}{gap}{parts[number][place:]}"
    return sent(parts[0], parts[1], chance, trace.guideline)


def _sentences(text: str) -> list[str]:
    return [match.group().strip() for match in _SENTENCE.finditer(text)]


def _some_sentences(text: str, chance: random.Random, least: int, most: int) -> list[str]:
    """Sentences in a row."""
    every = _sentences(text)
    start = chance.randrange(len(every))
    return every[start : start + chance.randint(least, most)]


def _size(text: str) -> int:
    """Words; a character of a script without spaces is half a word."""
    dense = sum(character >= "\u3040" for character in text)
    return len(text.split()) + dense // 2


def _fraction(value: str) -> Fraction | None:
    try:
        return Fraction(value.replace(",", ""))
    except (ValueError, ZeroDivisionError):
        return None
