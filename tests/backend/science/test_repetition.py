import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.repetition import LoopLimits, loop_in

SENTENCE = "Let me check the second equation once more. "


@pytest.mark.parametrize(
    "looped",
    [
        SENTENCE * 12,
        "I should look at it again.\nBut then the first one is wrong.\n" * 12,
        "the answer must be larger than the other one and so " * 15,
        "我们需要再检查一下这个等式是否成立。" * 20,
        "Try 17 and 23 and 40: no. " * 40,
        "no, wait, " * 150,
        "0." + "3" * 40_000,
    ],
)
def test_loop_in_finds_what_says_nothing_new(looped: str) -> None:
    text = f"First, the sum of the angles is known. {looped} So it ends."
    loop = loop_in(text)
    assert loop is not None
    assert text[loop.start : loop.end] in text.replace("So it ends", "")
    assert loop.times > 3


def test_loop_in_counts_from_the_fourth_time_on() -> None:
    """Eight words a sentence: 96 words hold 89 times eight in a row, of which 24 are new enough."""
    loop = loop_in(SENTENCE * 12)
    assert loop is not None
    assert loop.start == len(SENTENCE * 3)
    assert loop.words == 72
    assert loop.times == 12
    # 80 words hold 73, and 49 of them are less than the 60 that it takes.
    assert loop_in(SENTENCE * 10) is None
    assert loop_in(SENTENCE * 10, LoopLimits(words=40, before=3)) is not None


@pytest.mark.parametrize(
    "honest",
    [
        " ".join(
            f"If n = {n}, then n^2 + 1 = {n * n + 1}, which is not divisible by 4, so this case "
            "is impossible."
            for n in range(80)
        ),
        "\n".join("0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0" for _ in range(20)),
        "\n".join(" ".join(str(bool(row >> bit & 1)) for bit in range(6)) for row in range(64)),
        "\n".join(
            "| " + " | ".join(str(bool(row >> bit & 1)) for bit in range(6)) + " |"
            for row in range(64)
        ),
        "+".join(["1"] * 300),
        "```html\n" + '<li class="item"><a href="#">One more link here</a></li>\n' * 15 + "```",
        "The chorus is sung three times, and every time it sounds the same. " * 3,
        "",
    ],
)
def test_loop_in_lets_tables_cases_sums_and_code_pass(honest: str) -> None:
    assert loop_in(honest) is None


@given(st.text(), st.integers(1, 5))
def test_loop_in_any_text_gives_a_place_in_it_or_none(text: str, times: int) -> None:
    loop = loop_in(text * times, LoopLimits(words=2, before=1))
    assert loop is None or 0 <= loop.start < loop.end <= len(text * times)


@pytest.mark.parametrize("unit", ["a ", "中", "0 ", "|", "a-", "```\n"])
def test_loop_in_a_megabyte_ends(unit: str) -> None:
    loop_in(unit * (1_000_000 // len(unit)))
