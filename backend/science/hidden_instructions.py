"""Where a text speaks of instructions that its reader has not seen.

Some talk is of hidden instructions wherever it stands: "my instructions", "the system prompt", "the
policy I was given". Other talk ("the guidelines say") is so only where there was a guideline.
Neither is where the prompt itself uses the noun: then what is spoken of may well be seen.
"""

import re
from collections.abc import Iterator
from typing import Final

_NOUN: Final = r"""
    (?:guidelines?|guidance|polic(?:y|ies)|instructions?|directives?|rules?|briefs?
      |spec(?:s|ifications?)?|(?:system|developer)[ ](?:prompt|message)s?)\b
"""
_STEM: Final = re.compile(r"guid|polic|instruct|directive|rule|brief|spec|prompt|message")
_ADJECTIVES: Final = r"(?:[\w-]{1,20}[ ]){0,2}"
_ADVERB: Final = r"(?:[ ]\w{2,12}ly)?"
_THE: Final = r"(?:the|these|this|those|that|our|my|its|(?:operator|developer|provider)'s)"
# "The instructions on the label", "the rules that your lease sets out" are some that the reader
# can see.
_NO_OTHERS: Final = r"""
    (?![ ](?:on|of|from|for|at|by|inside|with|in[ ](?:the|your)
      |(?:(?:that|which)[ ])?(?:your|their|his|her|came|comes?))\b)
"""
_OTHERS: Final = r"(?!(?:your|their|his|her|any)\b)"
_BETWEEN: Final = r"(?:'s?)?(?:[ ](?!and\b)[\w'-]{1,20}){0,4}?"
_MAY: Final = r"(?:[ ](?:do|does|did|would|will|can|could|may|might|must|should)(?:[ ]not|n't)?)?"
_WE_ARE: Final = r"""
    (?:I|we)(?:'ve|'m|'re|[ ]am|[ ]are|[ ]was|[ ]were|[ ]have)(?:[ ]been)?
"""
_VERB: Final = r"""
    (?:say|state|require|tell|specif|instruct|ask|mention|emphasi|forbid|prohibit|allow|permit
      |advis|recommend|suggest|want|dictat|mandat|cover|appl(?:y|ies)|list|call|defin|describ|direct
      |prefer|expect|put|rank|leave|mean|need|demand|limit|favou?r|encourage|urge|address|restrict
      |insist|stress|treat|classif|prescrib|note|explain|point|warn)
"""
_BEFORE: Final = r"""
    (?:according[ ]to|(?:as[ ])?per|under|based[ ]on|following|in[ ]line[ ]with|consistent[ ]with
      |(?:accordance|keeping)[ ]with|required[ ]by|compl(?:y|ies|ying|iance|iant)[ ]with
      |adher\w{1,5}[ ]to
      |against|within|given|violat\w{1,5}|re-?read|check(?:ing)?|consult(?:ing)?|recall(?:ing)?
      |remember(?:ing)?|apply(?:ing)?|follow|obey|disclos\w{1,3}|reveal(?:ing)?|mention(?:ing)?
      |cit(?:e|ing)|quot(?:e|ing)|discuss(?:ing)?)
"""
_ALWAYS: Final = (
    r"\b(?:system|developer)[ ](?:prompt|message)s?\b",
    r"\bmy[ ](?:prompt|instructions|guidelines|directives)\b",
    rf"\bmy[ ](?:own|hidden|safety|content|internal|operating)[ ]{_NOUN}",
    rf"\b(?:hidden|secret|confidential|undisclosed)[ ]{_ADJECTIVES}{_NOUN}",
    rf"""\b{_WE_ARE}{_ADVERB}[ ]
    (?:instructed|directed|programmed|told[ ]by[ ]the[ ](?:system|developer|operator))\b""",
    rf"""\b{_NOUN}[ ](?:\w{{1,20}}[ ])?(?:(?:that|which)[ ])?(?:I|we)
    (?:'m|'ve|[ ]was|[ ]were|[ ]am|[ ]are|[ ]have|[ ]had|[ ]must|[ ]should|[ ]need
    |[ ]received|[ ]follow)\b""",
    rf"""\b{_NOUN}[ ](?:(?:that|which)[ ](?:was|were)[ ])?
    (?:given|provided|supplied|shown)[ ]to[ ](?:me|us)\b""",
)
_WITH_A_GUIDELINE: Final = (
    rf"""\b{_THE}[ ]{_ADJECTIVES}(?:guidelines?|polic(?:y|ies)|directives?)\b{_NO_OTHERS}""",
    rf"""\b{_WE_ARE}{_ADVERB}[ ](?:told|handed|bound|ordered)[ ]
    (?:to|not|by|in|an?|the|these|some|{_NOUN})\b""",
    rf"\b{_BEFORE}[ ](?:{_THE}[ ]{_ADJECTIVES})?{_OTHERS}{_NOUN}{_NO_OTHERS}",
    rf"\b(?:of|in|from|by)[ ]{_THE}[ ]{_ADJECTIVES}{_NOUN}{_NO_OTHERS}",
    rf"\b{_THE}[ ]{_ADJECTIVES}{_NOUN}{_NO_OTHERS}{_BETWEEN}{_MAY}[ ]{_VERB}",
    rf"(?:^|[.:;,(][ ]?){_NOUN}(?::|{_MAY}[ ]{_VERB})",
    rf"\bmy[ ]{_ADJECTIVES}{_NOUN}",
    rf"\b(?:internal|safety|content|operator)[ ]{_NOUN}(?![ ]for\b)",
    rf"\b{_NOUN}[ ]of[ ]mine\b",
    rf"\b{_WE_ARE}{_ADVERB}[ ](?:given|shown|sent)[ ](?:an?|the|some|these)[ ]{_ADJECTIVES}{_NOUN}",
    r"\b(?:the|this|our)[ ](?:instructions?|directives?)[ ](?:is|are)[ ](?:to|that)\b",
    r"\bthe[ ](?:rules?|instructions?)[ ]here\b",
    r"(?:^|[.:;!?][ ])(?:as[ ]instructed,|(?:policy|guidelines?|safety)[ ]check\b)",
)


def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    flags = re.VERBOSE | re.IGNORECASE | re.MULTILINE | re.ASCII
    # A blank may be the end of a line, or two.
    return tuple(re.compile(pattern.replace("[ ]", r"\s{1,2}"), flags) for pattern in patterns)


_PATTERNS: Final = _compiled(_ALWAYS)
_PATTERNS_WITH_A_GUIDELINE: Final = _compiled(_WITH_A_GUIDELINE)


def hidden_instructions(
    text: str, prompt: str = "", has_guideline: bool = False
) -> Iterator[tuple[int, int]]:
    """Half-open spans of the talk of hidden instructions, kind by kind.

    Args:
        text: thinking or an answer.
        prompt: what its reader sees.
        has_guideline: whether the writer was shown a guideline that the reader is not.
    """
    seen = set(_STEM.findall(prompt.lower()))
    plain = text.replace("’", "'")
    patterns = (*_PATTERNS, *(_PATTERNS_WITH_A_GUIDELINE if has_guideline else ()))
    for pattern in patterns:
        for found in pattern.finditer(plain):
            if seen.isdisjoint(_STEM.findall(found.group().lower())):
                yield found.span()
