"""Tokens of the two parts of a trace: as counted where they are, else by characters."""

from decimal import Decimal
from pathlib import Path

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from backend.errors import Invalid
from backend.science.thinking import read_trace
from backend.scoring.samples import NewSample
from backend.traces.tokenizers import checked_tokenizer
from backend.traces.tokens import token_counts

SECTIONS = "## Thinking\n" + "t" * 300 + "\n## Solution\n" + "s" * 100


@pytest.mark.parametrize(
    ("response", "reasoning", "completion", "counted", "expected"),
    [
        ("It is 42.", "Six sevens.", 90, 70, (70, 20, "server")),
        ("<think>Six sevens.</think>It is 42.", None, 90, 70, (70, 20, "server")),
        # Nothing is counted: 3 of 4 characters are thinking.
        (SECTIONS, None, 80, None, (60, 20, "estimate")),
        # 40 tokens are of a thinking that is not shown; the rest is divided.
        (SECTIONS, None, 80, 40, (30, 10, "estimate")),
        ("It is 42.", None, 10, None, (0, 10, "server")),
        ("It is 42.", "Six sevens.", 10, 70, (10, 0, "server")),
        ("", None, 0, None, (0, 0, "server")),
    ],
)
def test_parts_add_up_to_what_is_shown(
    response: str,
    reasoning: str | None,
    completion: int,
    counted: int | None,
    expected: tuple[int, int, str],
) -> None:
    sample = NewSample(
        1, 1, "t", "s", 0, 9999, response, reasoning, "stop", None, None, 10, completion,
        Decimal(0), 5, counted,
    )  # fmt: skip
    assert token_counts(read_trace(response, reasoning, "stop"), sample) == expected


@pytest.fixture
def tokenizer(tmp_path: Path) -> Path:
    """A folder with a tokenizer of whole words, that was trained to cut texts after three."""
    made = Tokenizer(WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    made.pre_tokenizer = Whitespace()  # type: ignore[assignment]
    made.enable_truncation(3)
    made.save(str(tmp_path / "tokenizer.json"))
    return tmp_path


def test_named_tokenizer_counts_both_parts_whole(tokenizer: Path) -> None:
    sample = NewSample(
        1, 1, "t", "s", 0, 9999, "It is so.", "One two three four five.", "stop", None, None, 10,
        999, Decimal(0), 5, 900,
    )  # fmt: skip
    trace = read_trace(sample.response, sample.reasoning, "stop")
    for path in (tokenizer, tokenizer / "tokenizer.json"):
        assert token_counts(trace, sample, str(path)) == (6, 4, str(path))


@pytest.mark.parametrize("content", [None, "{}", "not JSON"])
def test_path_without_a_tokenizer_is_refused_by_field(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(Invalid, match=r"tokenizer") as refused:
        checked_tokenizer(str(tmp_path))
    assert [error["field"] for error in refused.value.errors or ()] == ["tokenizer"]
