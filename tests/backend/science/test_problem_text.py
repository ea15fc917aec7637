import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.problem_text import is_content, options_start, read_problem, read_program

DUCKS = "Janet has 16 ducks. She meets Tom and gives him half. How many ducks does Janet keep?"
GAS = "Which gas is most common on Venus?\n"
PIECES = [
    "A.",
    "(B)",
    "c)",
    "Answer1:",
    " ",
    "\n",
    "$x^2$",
    "Tom",
    "7",
    "?",
    "鸭",
    "\\frac{",
    "\ud800",
]
TEXTS = st.text() | st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@pytest.mark.parametrize(
    "options",
    [
        "A. Nitrogen\nB. Argon\nC. Oxygen",
        "(A) Nitrogen (B) Argon (C) Oxygen (D) Helium",
        "a) nitrogen\nb) argon\nc) oxygen",
        "A: Nitrogen\nB: Argon\nC: Oxygen",
        "Answer1: Nitrogen Answer2: Argon Answer3: Oxygen",
    ],
)
def test_options_start_is_where_they_begin(options: str) -> None:
    assert options_start(GAS + options) == len(GAS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        DUCKS,
        f"{GAS}A. Nitrogen\nB. Argon",
        f"{GAS}A. Nitrogen\nC. Argon\nB. Oxygen",
        "Points A, B and C lie on a line. A) is given.",
        "Answer1: a Answer3: b Answer2: c",
    ],
)
def test_options_start_without_three_in_order_is_the_end(text: str) -> None:
    assert options_start(text) == len(text)


def test_options_start_of_several_sets_is_the_last() -> None:
    options = "A. 1\nB. 2\nC. 3\n"
    assert options_start(f"{GAS}{options}{GAS}{options}") == len(f"{GAS}{options}{GAS}")


def test_read_problem_takes_a_word_problem_apart() -> None:
    problem = read_problem(DUCKS)
    assert problem.stems[:4] == ["janet", "has", "16", "ducks"]
    assert problem.body == len(problem.words)
    assert [number.value for number in problem.numbers] == ["16", "1/2"]
    assert problem.names == {"tom", "janet"}
    assert problem.question == {"ducks", "janet", "keep"}
    assert problem.options == frozenset()
    assert not problem.is_code


def test_read_problem_options_stand_apart() -> None:
    problem = read_problem(f"{GAS}A. Nitrogen 78\nB. Argon 1\nC. Oxygen 21")
    assert problem.body == 7
    assert problem.numbers == []
    assert problem.options >= {"nitro", "argon", "oxyge", "78"}
    assert problem.question == {"gas", "commo", "venus"}


def test_read_problem_without_question_takes_the_last_sentence() -> None:
    assert read_problem("Ducks lay. Eggs hatch.").question == {"eggs", "hatch"}


def test_read_problem_formula_is_counted_symbol_by_symbol() -> None:
    symbols = read_problem(r"Solve $\frac{x^2}{\sin x} + y = 3$.").symbols
    assert symbols == {"x": 2, "^": 1, "\\sin": 1, "+": 1, "y": 1, "=": 1}


def test_read_program_names_of_functions_are_the_question() -> None:
    program = read_program("def count_ducks(ponds):\n    # all 7 ponds\n    return sum(ponds)\n")
    assert program.is_code
    assert program.question == {"count", "ducks"}
    assert [number.value for number in program.numbers] == ["7"]
    assert "ponds" in program.stems


@pytest.mark.parametrize(("stem", "expected"), [("ducks", True), ("the", False), ("betwe", False)])
def test_is_content_common_words_are_not(stem: str, expected: bool) -> None:
    assert is_content(stem) is expected


@given(TEXTS)
def test_read_problem_parts_of_any_text_belong_together(text: str) -> None:
    problem = read_problem(text)
    cut = options_start(text)
    assert 0 <= cut <= len(text)
    pairs = zip(problem.words, problem.stems, strict=True)
    assert all(word.text.startswith(stem) for word, stem in pairs)
    assert all(word.start < cut for word in problem.words[: problem.body])
    assert all(word.start >= cut for word in problem.words[problem.body :])
    assert all(number.end <= cut for number in problem.numbers)
    assert problem.question <= set(problem.stems)


@given(TEXTS)
def test_read_program_takes_any_text(text: str) -> None:
    program = read_program(text)
    assert len(program.stems) == len(program.words) == program.body


@pytest.mark.parametrize(
    "unit", ["\n", "\n ", "A. ", "? ", "a.", "\\x", "def f", "int ", "鸭。", "Tom "]
)
def test_read_problem_monotonous_text_ends(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    assert read_problem(text).text == read_program(text).text == text
