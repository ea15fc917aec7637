"""Which language a text is in, as far as letters and small words tell without doubt.

Scripts tell most languages apart. Those in Latin letters are told by the share of their function
words; six are known. Whatever is not clear is unknown: short texts, formulas, other languages. Time
is linear in the length of the text.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

_SCRIPTS: Final = frozenset(
    """
    LATIN GREEK CYRILLIC ARMENIAN HEBREW ARABIC DEVANAGARI BENGALI GURMUKHI GUJARATI TAMIL TELUGU
    KANNADA MALAYALAM SINHALA THAI LAO TIBETAN MYANMAR GEORGIAN ETHIOPIC KHMER MONGOLIAN
    """.split()
)
_ONE_SCRIPT: Final = {"CJK": "han", "HIRAGANA": "han", "KATAKANA": "han", "HANGUL": "hangul"}
# A character of these is about half a word.
_HALF_WORDS: Final = frozenset({"han", "hangul", "thai", "lao", "khmer", "myanmar"})
_KANA: Final = re.compile("[\u3041-\u30ff]")
_WORD: Final = re.compile(r"\\[a-zA-Z]+|[^\W\d_]+(?:['’][^\W\d_]+)?")
_SENTENCE: Final = re.compile(r"[^.!?。！？।\n]+")

_FUNCTION_WORDS: Final = {
    "english": """
        the of and to in is that it for was on are as with be this have from or had by but not what
        all were when we there can an your which their if do will each how they them then these so
        some would into has two more no than been its who did i you he she his her at my me our us
        let's because where about could should also only after before does while since such any
        therefore thus here just now between both must may
        """,
    "german": """
        der die das und ist in zu den von mit sich des auf für im nicht ein eine als auch es an
        werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum
        war haben nur oder aber vor zur bis mehr durch man dann da wir ich also wenn kann muss wenn
        weil jetzt hier diese dieser dieses was wo ihr ihre mein sein uns alle zwei gibt daher denn
        """,
    "french": """
        le la les de des du et est un une en que qui dans pour pas sur au ce il sont plus par avec
        ne se on nous vous je mais ou si leur sa son ses aux cette donc comme tout être fait elle
        ils deux peut avons ai a été même sans car ainsi alors chaque quand ces où il y très bien
        c'est d'un d'une l'on qu'il n'est j'ai
        """,
    "spanish": """
        el la los las de del y en que es un una por con para no se su al lo como más pero sus le ya
        este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo
        nos durante uno ni contra ese eso esto son está dos cada entonces si tiene tenemos así o
        puede ser cuánto cuántos qué luego
        """,
    "portuguese": """
        o a os as de do da dos das e em que é um uma por com para não se na no mais como mas ao ele
        ela seu sua ou quando muito nos já eu também só pelo pela até isso entre era depois sem
        mesmo aos seus quem nas me esse eles você essa num nem suas meu minha então cada são temos
        está ser há pode porque onde quantos
        """,
    "italian": """
        il lo la i gli le di del della dei delle e è un una uno in che per non con si da al alla nel
        nella come più ma sono anche o se su questo questa ci ha quanto quando perché loro mi cui
        tra ogni essere due abbiamo quindi poi dove così allora deve può tutti dobbiamo sia ho
        """,
}
_LANGUAGES_OF: Final[dict[str, tuple[str, ...]]] = {}
for _language, _words in _FUNCTION_WORDS.items():
    for _word in set(_words.split()):
        _LANGUAGES_OF[_word] = (*_LANGUAGES_OF.get(_word, ()), _language)

# Shorter ones are variables, and products of them.
_SHORTEST: Final = {"greek": 3}
_FEWEST_HITS: Final = 3
_LEAST_SHARE: Final = 0.25
_LEAST_LEAD: Final = 1.5
_FEWEST_WORDS: Final = 1.5
_LEAST_OF_SCRIPT: Final = 0.7
_LEAST_KANA: Final = 0.1
_FEWEST_HAN: Final = 3


def is_function_word(word: str) -> bool:
    """Whether one of the known languages has this word, in lower case, among its small words."""
    return word in _LANGUAGES_OF


class Language(NamedTuple):
    """A script, and the language written in it; None where letters do not tell that."""

    script: str
    name: str | None = None

    @property
    def is_clear(self) -> bool:
        """Whether it can be told from others: Latin letters alone say little."""
        return self.name is not None or self.script != "latin"

    def differs_from(self, other: "Language") -> bool:
        """Whether these are two languages without doubt."""
        if self.script != other.script:
            return True
        return None not in (self.name, other.name) and self.name != other.name

    def __str__(self) -> str:
        """As people are told."""
        return (self.name or f"{self.script} script").capitalize()


class Sentence(NamedTuple):
    """A sentence's place, its length in words, and its language; None where that is unknown."""

    start: int
    end: int
    words: float
    language: Language | None


def language_of(text: str) -> Language | None:
    """The language of a text; None where even its script is in doubt."""
    return _measured(text)[1]


def sentences_of(text: str) -> Iterator[Sentence]:
    """The sentences of a text, in order, each with its own language."""
    for sentence in _SENTENCE.finditer(text):
        yield Sentence(*sentence.span(), *_measured(sentence.group()))


def _measured(text: str) -> tuple[float, Language | None]:
    """How many words a text has, and their language."""
    weights: defaultdict[str, float] = defaultdict(float)
    latin: list[str] = []
    for word in _WORD.findall(text):
        script = _script(word[0])
        if script in _HALF_WORDS:
            weights[script] += len(word) / 2
        elif script and len(word) >= _SHORTEST.get(script, 2) and word.isalpha():
            weights[script] += 1
            latin += [word.lower().replace("’", "'")] if script == "latin" else []
    total = sum(weights.values())
    script, weight = max(weights.items(), key=itemgetter(1), default=("", 0))
    if total < _FEWEST_WORDS or weight < _LEAST_OF_SCRIPT * total:
        return total, None
    if script == "latin":
        return total, Language(script, _by_function_words(latin))
    return total, Language(script, _by_kana(text, weight) if script == "han" else None)


def _by_function_words(words: Sequence[str]) -> str | None:
    hits = Counter(language for word in words for language in _LANGUAGES_OF.get(word, ()))
    (name, most), (_, second) = [*hits.most_common(2), ("", 0), ("", 0)][:2]
    different = sum(name in _LANGUAGES_OF.get(word, ()) for word in set(words))
    is_clear = most >= max(_LEAST_SHARE * len(words), _LEAST_LEAD * second)
    return name if is_clear and different >= _FEWEST_HITS else None


def _by_kana(text: str, words: float) -> str | None:
    if len(_KANA.findall(text)) / 2 >= _LEAST_KANA * words:
        return "japanese"
    return "chinese" if words >= _FEWEST_HAN else None


@lru_cache(maxsize=4096)
def _script(character: str) -> str | None:
    """The script of a letter; None for letters of formulas and rare ones."""
    name = unicodedata.name(character, "").removeprefix("FULLWIDTH ").removeprefix("HALFWIDTH ")
    first = name.partition(" ")[0]
    return _ONE_SCRIPT.get(first) or (first.lower() if first in _SCRIPTS else None)
