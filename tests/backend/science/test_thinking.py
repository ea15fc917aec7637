import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.thinking import (
    Trace,
    as_training_text,
    read_trace,
    training_trace,
    without_thinking,
)

PIECES = st.sampled_from(
    [
        "<think>",
        "</think>",
        "<THINK>",
        "`",
        "``",
        "```",
        "\n",
        "\n\n",
        " ",
        "```python",
        "~~~",
        "> ",
        "a",
        "5.",
        "## Thinking\n",
        "## Solution\n",
        "**Solution**\n",
        "思考",
        "<think",
        "\r\n",
    ]
)
RESPONSES = st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join))


@pytest.mark.parametrize(
    ("response", "thinking", "answer"),
    [
        ("<think>\nhm\n</think>\n\n5", "hm", "5"),
        ("hm\n</think>\n\n5", "hm", "5"),
        ("<THINK>hm</Think>5", "hm", "5"),
        ("<think>a</think>b<think>c</think>d", "a\n\nb\n\nc", "d"),
        ("<think>a<think>b</think>c</think>d", "a\n\nb\n\nc", "d"),
        ("<think><think>a</think></think>d", "a", "d"),
        ("<think>a <think> b</think>d", "a\n\nb", "d"),
        ("Sure. <think>a</think>d", "Sure.\n\na", "d"),
        ("<think>\n\n</think>\n\n5", "", "5"),
        ("5", "", "5"),
        ("<think>it ends with `</think>`, so</think>5", "it ends with `</think>`, so", "5"),
        ("<think>a</think>Write `<think>` first.", "a", "Write `<think>` first."),
        (
            "<think>```html\n</think>\n```\nyes</think>5",
            "```html\n</think>\n```\nyes",
            "5",
        ),
        ("## Thinking\n\nhm\n\n## Solution\n\n5", "hm", "5"),
        ("**thinking:**\nhm\n**SOLUTION**\n5", "hm", "5"),
        ("## Thinking\nhm\n## Solution\n**Solution**\n5", "hm", "**Solution**\n5"),
    ],
)
def test_read_trace_tells_thinking_from_answer(response: str, thinking: str, answer: str) -> None:
    assert read_trace(response) == Trace(thinking, answer)


@pytest.mark.parametrize(
    ("response", "reasoning", "trace"),
    [
        ("5", "hm", Trace("hm", "5")),
        ("</think>\n5", "hm", Trace("hm", "5")),
        ("5", "<think>hm</think>", Trace("hm", "5")),
        ("<think>hm</think>5", "hm", Trace("hm", "5")),
        ("<think>more</think>5", "hm", Trace("hm\n\nmore", "5")),
        ("<think>hm</think>5", "  ", Trace("hm", "5")),
        ("", "hm", Trace("hm", "", "no_answer")),
    ],
)
def test_read_trace_takes_the_server_at_its_word(
    response: str, reasoning: str, trace: Trace
) -> None:
    assert read_trace(response, reasoning) == trace


@pytest.mark.parametrize(
    ("response", "finish_reason", "problem"),
    [
        ("", "stop", "no_answer"),
        (" \n\t", "stop", "no_answer"),
        ("<think>hm</think> \n", "stop", "no_answer"),
        ("<think>hm", "stop", "format"),
        ("<think>hm", None, "format"),
        ("<think>hm", "length", "truncated"),
        ("<think>hm</think>5 and", "length", "truncated"),
        ("<think>hm</think>5", "content_filter", "truncated"),
        ("<think>a</think>b<think>c", "stop", "format"),
        ("<think>a</think>b</think>c", "stop", "format"),
        ("<think>only in `</think>` code", "stop", "format"),
        ("<think>\n```\n</think>\n```\nonly in code", "stop", "format"),
        ("## Thinking\nhm", "stop", "format"),
        ("## Thinking\na\n## Solution\nb\n## Solution\nc", "stop", "format"),
    ],
)
def test_read_trace_says_why_a_response_is_of_no_use(
    response: str, finish_reason: str | None, problem: str
) -> None:
    assert read_trace(response, finish_reason=finish_reason).problem == problem


def test_read_trace_code_block_that_swallows_the_tag_is_a_fault_of_form() -> None:
    """The block that the thinking leaves open ends in the answer: the tag between is code."""
    trace = read_trace("So:\n```\nx = 1\n```", reasoning="Try\n```\nx = 2")
    assert trace.problem == "format"


def test_as_training_text_has_the_form_that_is_trained_on() -> None:
    assert as_training_text(Trace("hm", "5")) == "<think>\nhm\n</think>\n\n5"


@given(RESPONSES, RESPONSES)
def test_thinking_that_is_given_apart_reads_as_in_tags(response: str, reasoning: str) -> None:
    """Plain thinking takes a shorter way, which must lead to the same."""
    if reasoning.strip():
        tagged = as_training_text(Trace(reasoning, response))
        assert read_trace(response, reasoning) == read_trace(tagged)


@given(RESPONSES, st.none() | RESPONSES)
def test_training_trace_is_what_is_read_but_for_problems(
    response: str, reasoning: str | None
) -> None:
    trace = read_trace(response, reasoning)
    assert training_trace(response, reasoning) == trace._replace(problem=None)


@given(RESPONSES, st.none() | RESPONSES, st.sampled_from([None, "stop", "length"]))
def test_read_trace_inverts_the_rendering_of_all_it_finds_no_fault_with(
    response: str, reasoning: str | None, finish_reason: str | None
) -> None:
    trace = read_trace(response, reasoning, finish_reason)
    if trace.problem is None:
        assert trace.answer
        assert read_trace(as_training_text(trace)) == trace


@given(RESPONSES, st.none() | RESPONSES)
def test_read_trace_loses_no_word_of_a_good_response(response: str, reasoning: str | None) -> None:
    trace = read_trace(response, reasoning)
    words = "".join(character for character in response if character.isdigit())
    if trace.problem is None and not reasoning:
        kept = "".join(each for each in trace.thinking + trace.answer if each.isdigit())
        # A block that says what the one before it said is left out.
        assert kept == words or len(kept) < len(words)
        assert set(kept) == set(words)


@pytest.mark.parametrize(
    "unit",
    [
        "<think>",
        "</think>",
        "`",
        "a`",
        "```\n",
        "```x\n</think>",
        "## Thinking\n",
        "**",
        "\n",
        "> ",
    ],
)
def test_read_trace_two_megabytes_end(unit: str) -> None:
    assert isinstance(read_trace(unit * (2_000_000 // len(unit))), Trace)


def test_read_trace_runs_of_backticks_of_all_lengths_end() -> None:
    read_trace("<think>" + " ".join("`" * length for length in range(2000)))


@pytest.mark.parametrize(
    ("response", "rest"),
    [
        ("<think>hm</think> 5", " 5"),
        ("hm</think>5", "5"),
        ("<think>a</think>b<think>c</think>d", "d"),
        ("<think>never closed", ""),
        ("<think>a</think>b<think>c", ""),
        ("no thinking", "no thinking"),
        ("<THINK>hm</Think>5", "5"),
        # Tags in code are text.
        ("Write `<think>` first.", "Write `<think>` first."),
        ("<think>hm</think>Close it with `</think>`.", "Close it with `</think>`."),
        ("<think>```\n</think>\n```</think>5", "5"),
        ("```html\n<think>\n```\n5", "```html\n<think>\n```\n5"),
        ("", ""),
    ],
)
def test_without_thinking_leaves_what_follows_it(response: str, rest: str) -> None:
    assert without_thinking(response) == rest
