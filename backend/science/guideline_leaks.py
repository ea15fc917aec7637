"""What a trace must not show: the guideline that only its teacher saw, and thinking in its answer.

Passages are compared word by word, whatever their case, punctuation and layout. What the prompt has
itself is no secret.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from backend.science.code_spans import fenced_spans, without_spans
from backend.science.hidden_instructions import hidden_instructions
from backend.science.languages import is_function_word
from backend.science.text import Word, words_with_offsets
from backend.science.verbatim import shared_stretches

_QUOTE_GRAM: Final = 5
_QUOTE_GAP: Final = 2
_FEWEST_QUOTED: Final = 8
_LEAST_WEIGHT: Final = 4.0
_THINKING_GRAM: Final = 8
_LONG_QUOTE: Final = 25
_LONG_WORKING: Final = 40
_LOUD_QUOTE: Final = 10
_FEWEST_SAID: Final = 6
_WHOLE: Final = 0.8
_UNSPACED: Final = "\u3040"
_ORDINARY: Final = frozenset(
    """
    please sorry help helpful information provide user users people person someone anyone answer
    answers question questions request requests response important note make sure way ways need
    needs want know like use used using give given based instead example examples such etc good
    best better well new first time
    """.split()
)
_THINKS_ALOUD: Final = re.compile(
    r"""
      \b(?: wait | hmm+ | hold\ on | let\ me\ (?!know\b)\w+ | okay,?\ so
          | let's\ (?:see|check|verify|try|think)
          | the\ user | i\ (?:need|should|have)\ to | i\ (?:think|guess|wonder|recall|suppose)
          | maybe | alternatively | double[-\ ]check | actually,? | i'm\ not\ sure | draft
          | i\ (?:do\ not|don't)\ know
          | did\ i | am\ i | oh,? | so\ the\ question | i'll\ just )\b
      | 等等 | 让我 | 我需要
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Leak(NamedTuple):
    """A half-open span of a text, and what is wrong with it."""

    kind: Literal["quoted_guideline", "hidden_instructions", "quoted_thinking"]
    start: int
    end: int


def leaks(text: str, guideline: str = "", prompt: str = "") -> list[Leak]:
    """Where a text quotes a guideline or speaks of instructions that are not in its prompt.

    A quote is eight words in a row, or more, of which at least four say something: function words,
    names and numbers do not count and ordinary words half, since whoever follows a guideline uses
    those too.

    Args:
        text: thinking or an answer.
        guideline: what only the teacher saw; empty where there was none.
        prompt: the seed's.

    Returns:
        The leaks in reading order; some may overlap.
    """
    talk = hidden_instructions(text, prompt, bool(guideline.strip()))
    found = [Leak("hidden_instructions", *span) for span in talk]
    return sorted([*found, *_quotes(text, guideline, prompt)], key=lambda leak: leak.start)


def quoted_thinking(answer: str, thinking: str, prompt: str = "") -> list[Leak]:
    """Where an answer quotes its thinking at length, word by word.

    An answer may use words that were thought before, and a draft of which it is made as a whole is
    no quote. A passage of 25 words is one, or of 40 with numbers, or of ten words in which somebody
    thinks aloud ("wait", "let me check"). Code and what the prompt has itself do not count.

    Returns:
        The passages of the answer in reading order.
    """
    text = without_spans(answer, fenced_spans(answer))
    words, source = words_with_offsets(text), words_with_offsets(thinking)
    known = _covered(words, words_with_offsets(prompt), _QUOTE_GRAM)
    shared = shared_stretches(words, source, _THINKING_GRAM)
    is_draft = sum(last - first for first, last in shared) >= _WHOLE * len(words)
    found = []
    for first, last in shared:
        start, end = words[first].start, words[last - 1].end
        new = [words[at].text for at in range(first, last) if at not in known]
        aloud = sum(1 for _ in _THINKS_ALOUD.finditer(text, start, end))
        if _is_quote(new, aloud, is_draft):
            found.append(Leak("quoted_thinking", start, end))
    return found


def _is_quote(words: Sequence[str], aloud: int, is_draft: bool) -> bool:
    said = sum(map(_is_said, words))
    # A letter may say "I think" in its draft and in the end.
    if aloud > is_draft and said >= _LOUD_QUOTE:
        return True
    is_long = said >= _LONG_QUOTE or (said >= _FEWEST_SAID and len(words) >= _LONG_WORKING)
    return is_long and not is_draft


def _is_said(word: str) -> float:
    if not word.isalpha():
        return 0.0
    return 0.5 if word[0] >= _UNSPACED else float(len(word) > 1)


def _quotes(text: str, guideline: str, prompt: str) -> Iterator[Leak]:
    words, source = words_with_offsets(text), words_with_offsets(guideline)
    known = _covered(words, words_with_offsets(prompt), _QUOTE_GRAM)
    names = _names(guideline, source)
    for first, last in shared_stretches(words, source, _QUOTE_GRAM, _QUOTE_GAP):
        weight = sum(
            _weight(word.text)
            for at, word in enumerate(words[first:last], start=first)
            if at not in known and word.text not in names
        )
        if last - first >= _FEWEST_QUOTED and weight >= _LEAST_WEIGHT:
            yield Leak("quoted_guideline", words[first].start, words[last - 1].end)


def _weight(word: str) -> float:
    if not word.isalpha() or is_function_word(word):
        return 0.0
    return 0.5 if word in _ORDINARY or word[0] >= _UNSPACED else 1.0


def _names(text: str, words: Sequence[Word]) -> set[str]:
    """Words that have a capital though they begin no sentence."""
    return {
        word.text
        for before, word in pairwise(words)
        if text[word.start].isupper() and text[before.end : word.start].isspace()
    }


def _covered(ours: Sequence[Word], theirs: Sequence[Word], size: int) -> set[int]:
    """The places of our words that are in passages which they have, too."""
    return {at for first, last in shared_stretches(ours, theirs, size) for at in range(first, last)}
