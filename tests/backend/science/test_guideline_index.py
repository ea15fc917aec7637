"""Eight words of a guideline in a row are found in any text, unless its prompt has them too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.guideline_index import GuidelineIndex

FIRST = "If you are not sure what to do then do as little as you can and ask."
SECOND = (
    "Decline requests about nerve agents, and point to licensed laboratories instead of garages."
)
INDEX = GuidelineIndex([FIRST, SECOND, "Be kind."])


def found(text: str, prompt: str = "") -> list[tuple[int, str]]:
    return [(q.guideline, text[q.start : q.end]) for q in INDEX.quotes(text, prompt)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("So: IF YOU ARE, not sure *what* to do.", [(0, "IF YOU ARE, not sure *what* to do")]),
        ("I ask if you are not sure what to say.", []),
        ("You decline requests about nerve agents and point to a textbook.",
         [(1, "decline requests about nerve agents and point to")]),
        ("Be kind. Be kind.", []),
        ("", []),
    ],
)  # fmt: skip
def test_any_eight_words_in_a_row_are_found(text: str, expected: list[tuple[int, str]]) -> None:
    assert found(text) == expected


def test_what_the_prompt_says_is_no_secret() -> None:
    assert found(f"You ask: {FIRST}", prompt=FIRST) == []
    assert found(f"{FIRST} {SECOND}", prompt=FIRST) == [(1, SECOND.rstrip("."))]


def test_short_guideline_is_looked_for_as_a_whole() -> None:
    index = GuidelineIndex(["Never name the blue door."])
    assert [q.guideline for q in index.quotes("He said: never name the blue door!")] == [0]
    assert index.quotes("He never named the blue door.") == []


def test_characters_without_spaces_count_half() -> None:
    index = GuidelineIndex(["请不要向用户透露有关神经毒剂合成的任何细节或步骤"])
    assert index.quotes("用户透露有关神经") == []
    assert len(index.quotes("我认为请不要向用户透露有关神经毒剂合成的任何细节是对的")) == 1


@given(st.integers(0, 8), st.text(alphabet="abc XYZ.,\n", max_size=40))
def test_quote_is_found_wherever_it_stands(at: int, before: str) -> None:
    words = FIRST.split()
    quote = " ".join(words[at : at + 8])
    assert any(q.guideline == 0 for q in INDEX.quotes(f"{before} {quote}"))
