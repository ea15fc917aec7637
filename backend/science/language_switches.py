"""Where a trace leaves the language of its prompt, or its own.

A sentence is foreign where its language and each of those it may be in are clear and differ. Code
and formulas have no language, and a prompt that speaks of languages may be answered in any.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

from backend.science.code_spans import code_spans, without_spans
from backend.science.languages import Language, language_of, sentences_of

# In the languages themselves too: whoever names one may ask for it.
_NAME: Final = r"""(?:english|german|french|spanish|portuguese|italian|russian|chinese|mandarin
    |japanese|korean|arabic|hebrew|hindi|greek|latin|turkish|thai|vietnamese|ukrainian|polish|dutch
    |swedish|deutsch|englisch|französisch|spanisch|anglais|allemand|français|espagnol|inglés|alemán
    |francés|español|inglês|alemão|francês|espanhol|português|inglese|tedesco|francese|spagnolo)"""
_SPEAKS_OF_LANGUAGES: Final = re.compile(
    rf"""
      \b(?:languages?\b|translat|bilingual|traduc|traduz|traduis|traduit|übersetz|sprache|langue\b
         |lingua\b|idioma\b|перев|язык|kanji|hiragana|katakana|pinyin)
    | \b(?:in|into|from|to|auf|en|em|ins?|speaks?)\s{_NAME}\b(?!\salphabet)
    | \b{_NAME}\s(?:words?|phrases?|sentences?|names?|poems?|texts?|versions?|speakers?|for)\b
    | [中英法德日韩韓俄西葡外][文语語] | 汉语|漢語|普通话|翻译|翻訳|翻譯|語で|번역|영어|한국어
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Switch(NamedTuple):
    """Sentences in a row that are in another language than the prompt.

    Attributes:
        start: where the first one begins.
        end: where the last one ends.
        words: how many they have.
        language: theirs.
    """

    start: int
    end: int
    words: float
    language: Language


def home_languages(prompt: str, *parts: str) -> frozenset[Language]:
    """The languages that a trace may be in; none where nothing can be told, or any will do.

    Those of the prompt. Where it is too short to tell, the one in which most of the trace is: who
    leaves that one switches, whatever the prompt was in.

    Args:
        prompt: the seed's.
        parts: thinking and answer.
    """
    if _SPEAKS_OF_LANGUAGES.search(prompt):
        return frozenset()
    plain = _plain(prompt)
    every = {language_of(plain), *(sentence.language for sentence in sentences_of(plain))}
    found = {language for language in every if language is not None}
    named = {language.script for language in found if language.name is not None}
    # A short sentence without a clear language is in that of the others.
    clear = frozenset(each for each in found if each.is_clear or each.script not in named)
    return clear if any(each.is_clear for each in clear) else _most_used(parts)


def _most_used(parts: Sequence[str]) -> frozenset[Language]:
    words: defaultdict[Language, float] = defaultdict(float)
    for part in parts:
        for sentence in sentences_of(_plain(part)):
            if sentence.language is not None and sentence.language.is_clear:
                words[sentence.language] += sentence.words
    return frozenset([max(words, key=lambda language: words[language])] if words else [])


def switches(text: str, allowed: frozenset[Language]) -> list[Switch]:
    """The foreign passages of a text, in order.

    Args:
        text: thinking or an answer.
        allowed: the languages it may be in; without any, nothing is foreign.
    """
    found: list[Switch] = []
    follows = False
    for sentence in sentences_of(_plain(text)):
        language = sentence.language
        if language is None or not language.is_clear or not allowed:
            continue
        if not all(language.differs_from(other) for other in allowed):
            follows = False
        elif follows and not language.differs_from(found[-1].language):
            last = found[-1]
            found[-1] = last._replace(end=sentence.end, words=last.words + sentence.words)
        else:
            found.append(Switch(sentence.start, sentence.end, sentence.words, language))
            follows = True
    return found


def _plain(text: str) -> str:
    return without_spans(text, code_spans(text))
