import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.code_words import code_words, is_code

PYTHON = """def parse_nested_parens(paren_string: str) -> List[int]:
    # Deepest level of nesting.
    return [depth(group) for group in paren_string.split(' ')]
"""
JAVASCRIPT = """function parseNestedParens(parenString) {
  // Deepest level of nesting.
  return parenString.split(' ').map((group) => depth(group));
}
"""


def words(text: str) -> list[str]:
    return [word.text for word in code_words(text)]


@pytest.mark.parametrize(
    "text",
    [
        PYTHON,
        JAVASCRIPT,
        "Complete this:\n\n    def f(x):\n",
        "#include <vector>\nint f();",
        "const f = (x) => x",
        "bool isPrime(int n) {\n",
        ">>> f(2)",
        "class Duck:\n  pass",
        "\n" * 9_000 + "import os",
    ],
)
def test_is_code_program_or_its_head_is(text: str) -> None:
    assert is_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Let x be a class of ducks; import duties are const.",
        "The function f(x) = x^2 is given. Define g.",
        "If a function is public, what is its class?",
        "鸭子 def",
        "\ud800",
    ],
)
def test_is_code_prose_is_not(text: str) -> None:
    assert not is_code(text)


@pytest.mark.parametrize("unit", ["\n", " ", "\n ", "int a(\n", "a.", "from a.", "\r\n\t"])
def test_is_code_monotonous_text_ends(unit: str) -> None:
    text = unit * (10_000_000 // len(unit))
    # Several times, so that a search in quadratic time would not end.
    assert not any(is_code(text) for _ in range(5))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parseNestedParens", ["parse", "nested", "parens"]),
        ("parse_nested_parens", ["parse", "nested", "parens"]),
        ("HTTPServer2", ["http", "server", "2"]),
        ("x = duck[i] + 3.5", ["duck", "3.5"]),
        ("return len(ducks)", ["ducks"]),
        ("größe", ["gr", "öß", "e"]),
        ("鸭子", ["鸭子"]),
        ("# lays eggs", ["lays", "eggs"]),
        ("", []),
        ("{}();", []),
    ],
)
def test_code_words_are_parts_of_names_without_the_frame(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_code_words_translated_program_has_the_same() -> None:
    shared = {"parse", "nested", "parens", "paren", "deepest", "level", "nesting", "depth", "split"}
    assert shared <= set(words(PYTHON)) & set(words(JAVASCRIPT))


@given(st.text() | st.text("aB_1.é鸭 \n", max_size=50))
def test_code_words_know_their_places(text: str) -> None:
    found = code_words(text)
    assert [text[word.start : word.end].lower() for word in found] == words(text)
    assert sorted(found, key=lambda word: word.start) == found


@pytest.mark.parametrize("unit", ["A", "a", "1", "1.", "鸭", "\ud800", "😀", "Aa_"])
def test_code_words_of_a_megabyte_end(unit: str) -> None:
    assert isinstance(code_words(unit * (1_000_000 // len(unit))), list)
