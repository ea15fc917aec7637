"""Reasons to reject a teacher's trace that rules can see, each with its evidence.

What needs other parts of the system is no rule here: whether the answer is *wrong* takes a key,
whether the text is *contaminated* takes the benchmarks.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from backend.science.answer_extraction import extract_answer
from backend.science.final_answers import contradiction
from backend.science.guideline_leaks import Leak, leaks, quoted_thinking
from backend.science.language_switches import Switch, home_languages, switches
from backend.science.repetition import LoopLimits, loop_in
from backend.science.thinking import Trace
from backend.science.trace_evidence import Evidence, Part, Passage, Rejection

CHARACTERS_PER_TOKEN: Final = 4


class TraceRules(NamedTuple):
    """What a trace may be like.

    Attributes:
        needs_thinking: whether a trace without any thinking is rejected.
        repeated_words: a loop is so many words in a row that say nothing new,
        repeated_before: each eight of them having come so many times before.
        most_tokens: of thinking and answer together: a context of 32,768 less 1,024 for the prompt.
        most_thinking_tokens: of the thinking alone; None where only the sum counts.
        most_foreign_words: thinking or answer may have so many words in another language,
        most_foreign_share: and a short one this share of its words.
    """

    needs_thinking: bool = True
    repeated_words: int = 60
    repeated_before: int = 3
    most_tokens: int = 31_744
    most_thinking_tokens: int | None = None
    most_foreign_words: int = 20
    most_foreign_share: float = 0.3


class TraceContext(NamedTuple):
    """What is known about a trace beside its text.

    Attributes:
        prompt: the seed's.
        guideline: the text that only the teacher saw; empty where there was none.
        needs_value: whether the answer is compared with a key, so that it has to state a value.
        thinking_tokens: as the server counts them; None where they are to be estimated.
        answer_tokens: likewise.
    """

    prompt: str = ""
    guideline: str = ""
    needs_value: bool = False
    thinking_tokens: int | None = None
    answer_tokens: int | None = None


DEFAULT_RULES: Final = TraceRules()
_NOTHING_KNOWN: Final = TraceContext()
_SHOWN: Final = 200
_FEWEST_FOREIGN: Final = 6
_PROBLEMS: Final = {
    "no_answer": "nothing follows the thinking",
    "truncated": "the response was cut off",
    "format": "thinking and answer cannot be told apart",
}
_LEAKS: Final = {
    "quoted_guideline": "it quotes the guideline",
    "hidden_instructions": "it speaks of instructions that are not in the prompt",
    "quoted_thinking": "the answer quotes the thinking",
}


def rejection(
    trace: Trace, context: TraceContext = _NOTHING_KNOWN, rules: TraceRules = DEFAULT_RULES
) -> Rejection | None:
    """The first reason to reject a trace, None where the rules find nothing.

    In this order: no_answer, truncated, format, too_long, repeated, language_switch,
    leaked_guideline. Deterministic, and linear in the length of the trace; what is too long is not
    looked at any further.
    """
    found = (rule(trace, context, rules) for rule in _RULES)
    return next(filter(None, found), None)


def unusable(trace: Trace, context: TraceContext, rules: TraceRules) -> Rejection | None:
    """The problem that reading it has found, or no answer of the kind that is needed."""
    if trace.problem is not None:
        return Rejection(trace.problem, Evidence(_PROBLEMS[trace.problem], _end(trace)))
    if context.needs_value and extract_answer(trace.answer) is None:
        return Rejection("no_answer", Evidence("the answer states no value", _end(trace)))
    return None


def too_long(trace: Trace, context: TraceContext, rules: TraceRules) -> Rejection | None:
    """More tokens than are to be trained on."""
    thinking = _tokens(trace.thinking, context.thinking_tokens)
    both = thinking + _tokens(trace.answer, context.answer_tokens)
    if rules.most_thinking_tokens is not None and thinking > rules.most_thinking_tokens:
        found = f"{thinking} tokens of thinking; at most {rules.most_thinking_tokens} are allowed"
    elif both > rules.most_tokens:
        found = f"{both} tokens; at most {rules.most_tokens} are allowed"
    else:
        return None
    return Rejection("too_long", Evidence(found))


def malformed(trace: Trace, context: TraceContext, rules: TraceRules) -> Rejection | None:
    """No thinking, or two final answers that differ."""
    if rules.needs_thinking and not trace.thinking:
        return Rejection("format", Evidence("there is no thinking"))
    claims = contradiction(trace.answer, context.prompt)
    if claims is None:
        return None
    passages = tuple(Passage("answer", *claim) for claim in claims)
    return Rejection("format", Evidence("two final answers that differ", passages))


def repeated(trace: Trace, context: TraceContext, rules: TraceRules) -> Rejection | None:
    """A loop in the thinking or in the answer."""
    for part, text in _parts(trace):
        loop = loop_in(text, LoopLimits(rules.repeated_words, rules.repeated_before))
        if loop is not None:
            found = f"{loop.words} words in a row that were there before, up to {loop.times} times"
            return Rejection("repeated", Evidence(found, (Passage(part, loop.start, loop.end),)))
    return None


def language_switch(trace: Trace, context: TraceContext, rules: TraceRules) -> Rejection | None:
    """Thinking or an answer in another language than the prompt, whole or at length."""
    allowed = home_languages(context.prompt, trace.thinking, trace.answer)
    for part, text in _parts(trace):
        found = switches(text, allowed)
        words = sum(switch.words for switch in found)
        most = min(rules.most_foreign_words, rules.most_foreign_share * len(text.split()))
        if words > max(most, _FEWEST_FOREIGN):
            passages = tuple(Passage(part, switch.start, switch.end) for switch in found)
            return Rejection("language_switch", Evidence(_said(part, found), passages))
    return None


def leaked_guideline(trace: Trace, context: TraceContext, rules: TraceRules) -> Rejection | None:
    """The guideline quoted, talk of hidden instructions, or the thinking quoted in the answer."""
    found: list[tuple[Part, Leak]] = [
        (part, leak)
        for part, text in _parts(trace)
        for leak in leaks(text, context.guideline, context.prompt)
    ]
    quoted = quoted_thinking(trace.answer, trace.thinking, context.prompt)
    found += [("answer", leak) for leak in quoted]
    if not found:
        return None
    kinds = dict.fromkeys(_LEAKS[leak.kind] for _, leak in found)
    passages = tuple(Passage(part, leak.start, leak.end) for part, leak in found)
    return Rejection("leaked_guideline", Evidence("; ".join(kinds), passages))


Rule = Callable[[Trace, TraceContext, TraceRules], Rejection | None]
_RULES: Final[tuple[Rule, ...]] = (
    unusable,
    too_long,
    malformed,
    repeated,
    language_switch,
    leaked_guideline,
)


def _parts(trace: Trace) -> Iterator[tuple[Part, str]]:
    yield "thinking", trace.thinking
    yield "answer", trace.answer


def _end(trace: Trace) -> tuple[Passage, ...]:
    """How the response ended."""
    parts = [(part, len(text)) for part, text in _parts(trace) if text]
    return tuple(Passage(part, max(length - _SHOWN, 0), length) for part, length in parts[-1:])


def _said(part: Part, found: list[Switch]) -> str:
    words: dict[str, float] = {}
    for switch in found:
        words[str(switch.language)] = words.get(str(switch.language), 0) + switch.words
    return f"{part}: " + ", ".join(f"{count:.0f} words of {name}" for name, count in words.items())


def _tokens(text: str, counted: int | None) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN) if counted is None else counted
