"""A teacher's response taken apart: what it thought, and what it answers.

What a server gives as reasoning, `<think>` tags and sections under headings are read into one form,
and this form is written for training. Tags in code are text. Whatever is read without a problem can
be written and read again without loss. Every step is linear in the length of the response.
"""

import re
from itertools import groupby
from typing import Final, Literal, NamedTuple

from backend.science.code_spans import code_spans, is_within
from backend.science.trace_templates import SOLUTION_HEADING, THINKING_HEADING

Problem = Literal["no_answer", "truncated", "format"]

CUT_OFF: Final = frozenset({"length", "content_filter"})
_TAG: Final = re.compile(r"<(/?)think>", re.IGNORECASE | re.ASCII)
_HEADING: Final = re.compile(
    r"^[ \t]*+(?P<marks>#{1,6}(?=[ \t*])|\*\*)[ \t]*+\**+"
    rf"(?P<name>{THINKING_HEADING}|{SOLUTION_HEADING})[:*]*+[ \t\r]*+$",
    re.IGNORECASE | re.ASCII | re.MULTILINE,
)


class Trace(NamedTuple):
    """A teacher's response to a seed.

    Attributes:
        thinking: how the answer was found; empty where the teacher does not show it.
        answer: what a user is shown, after the thinking.
        problem: why it cannot be used: there is no answer; it was cut off; what is thinking and
            what is answer cannot be told. None where it can be used.
    """

    thinking: str
    answer: str
    problem: Problem | None = None


class _Parts(NamedTuple):
    thinking: str
    answer: str
    is_formed: bool = True


def read_trace(
    response: str, reasoning: str | None = None, finish_reason: str | None = None
) -> Trace:
    """Tell a response's thinking from its answer.

    Everything before the last closing tag is thinking, also where the opening one is missing, as
    chat templates can swallow it. Without tags an answer that begins with the heading for thinking
    is read by its headings. A response with neither is all answer.

    Args:
        response: what the model wrote.
        reasoning: its thinking, where the server gives it apart.
        finish_reason: why it stopped, as an OpenAI-compatible server says it.
    """
    parts = _parts_of(response, reasoning)
    return Trace(parts.thinking, parts.answer, _problem(parts, finish_reason))


def training_trace(response: str, reasoning: str | None = None) -> Trace:
    """What `read_trace` gives, without looking for problems: for traces that have been verified."""
    parts = _parts_of(response, reasoning)
    return Trace(parts.thinking, parts.answer)


def without_thinking(response: str) -> str:
    """The part of a response after its thinking, as it was written.

    Args:
        response: what the model wrote.

    Returns:
        The text after the last closing tag; the whole text where there is no tag but in code;
        nothing where the thinking was opened (again) and never closed.
    """
    tags = _outside_code(_TAG, response)
    if not tags:
        return response
    return response[tags[-1].end() :] if tags[-1][1] else ""


def as_training_text(trace: Trace) -> str:
    """A trace as a model is to learn to write it."""
    return _written(trace.thinking, trace.answer)


def _written(thinking: str, answer: str) -> str:
    return f"<think>\n{thinking}\n</think>\n\n{answer}"


def _problem(parts: _Parts, finish_reason: str | None) -> Problem | None:
    if finish_reason in CUT_OFF:
        return "truncated"
    if not parts.is_formed:
        return "format"
    if not parts.answer:
        return "no_answer"
    # A code block that the thinking leaves open would swallow the tag behind it.
    return None if _parts(_written(parts.thinking, parts.answer)) == parts else "format"


def _parts_of(response: str, reasoning: str | None) -> _Parts:
    if reasoning is None or not reasoning.strip():
        return _parts(response)
    if _is_plain(reasoning) and not _may_have_tags(response):
        # Most traces: our own tags are the only ones, and no code can swallow them.
        return _read_on(_Parts(reasoning.strip(), response.strip()))
    return _parts(_written(reasoning, response))


def _is_plain(reasoning: str) -> bool:
    return "`" not in reasoning and "~~~" not in reasoning and not _may_have_tags(reasoning)


def _may_have_tags(text: str) -> bool:
    return "<" in text and _TAG.search(text) is not None


def _parts(text: str) -> _Parts:
    return _read_on(_by_tags(text))


def _read_on(by_tags: _Parts) -> _Parts:
    """Where the answer has headings for thinking and answer, it is taken apart by these too."""
    by_headings = _by_headings(by_tags.answer)
    pieces = [piece for piece in (by_tags.thinking, by_headings.thinking) if piece]
    return _Parts(
        "\n\n".join(pieces), by_headings.answer, by_tags.is_formed and by_headings.is_formed
    )


def _by_tags(text: str) -> _Parts:
    tags = _outside_code(_TAG, text)
    pieces: list[str] = []
    start, surplus, is_formed = 0, 0, True
    inside = bool(tags) and tags[0][1] == "/"  # the template has swallowed the opening tag
    for tag in tags:
        pieces.append(text[start : tag.start()].strip())
        start = tag.end()
        if not tag[1]:
            surplus += inside  # opened again within the thinking
            inside = True
        elif inside:
            inside = False
        elif surplus:
            surplus -= 1
        elif pieces[-1]:
            is_formed = False  # two ends of the thinking, and text between: which is it?
    rest = text[start:].strip()
    if inside:
        return _Parts(_joined([*pieces, rest]), "", is_formed=False)
    return _Parts(_joined(pieces), rest, is_formed)


def _by_headings(text: str) -> _Parts:
    every = _outside_code(_HEADING, text)
    if not every or every[0].start() or not _is(every[0], THINKING_HEADING):
        return _Parts("", text)
    # The answer may have headings of its own, of another form.
    first, *others = (heading for heading in every if heading["marks"] == every[0]["marks"])
    if not others:
        return _Parts(text[first.end() :].strip(), "", is_formed=False)
    second = others[0]
    return _Parts(
        text[first.end() : second.start()].strip(),
        text[second.end() :].strip(),
        is_formed=len(others) == 1 and _is(second, SOLUTION_HEADING),
    )


def _is(heading: re.Match[str], name: str) -> bool:
    return heading["name"].lower() == name.lower()


def _outside_code(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    found = list(pattern.finditer(text))
    code = code_spans(text) if found else []
    return [match for match in found if not is_within(match.start(), code)]


def _joined(pieces: list[str]) -> str:
    """The pieces as paragraphs; what a server gives twice, apart and within, once."""
    return "\n\n".join(piece for piece, _ in groupby(filter(None, pieces)))
