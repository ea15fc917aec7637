import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.final_answers import contradiction


@pytest.mark.parametrize(
    ("answer", "first", "second"),
    [
        (r"So \boxed{5}. Hence \boxed{7}.", "5", "7"),
        ("The answer is 5.\n\nThe answer is 6.", "The answer is 5.", "The answer is 6."),
        (r"\boxed{100} On second thought, \boxed{101}.", "100", "101"),
        (r"The final answer is Paris. Therefore we get \boxed{\text{Lyon}}", None, None),
        ("The answer is (A).\nThe correct answer is (B).", None, None),
        ("The answer is yes.\nThe final answer is: no", None, None),
    ],
)
def test_contradiction_two_values_are_shown(
    answer: str, first: str | None, second: str | None
) -> None:
    found = contradiction(answer)
    assert found is not None
    if first is not None:
        assert [answer[start:end] for start, end in found] == [first, second]


@pytest.mark.parametrize(
    "answer",
    [
        "The answer is 5. So we have 5.",
        r"\boxed{5} and again \boxed{5}",
        r"x = \boxed{3} and y = \boxed{4}",
        "(a) \\boxed{3}\n(b) \\boxed{4}",
        # The same, written otherwise.
        r"\boxed{\frac{1}{3}} The answer is 0.33.",
        r"\boxed{50\%} The answer is 0.5.",
        r"\boxed{18} The answer is $18.",
        r"\boxed{0.5 m} The answer is 50 cm.",
        # What is compared by algebra alone, or not at all, contradicts nothing.
        r"\boxed{x+1} The answer is y.",
        "The answer is 5.\nThe final answer is (C).",
        "Is the answer 4? The answer is 5.",
        "",
    ],
)
def test_contradiction_one_answer_in_other_words_is_none(answer: str) -> None:
    assert contradiction(answer) is None


def test_contradiction_prompt_with_parts_has_several_answers() -> None:
    answer = "\\boxed{3}\n\nThe total is given by\n\n\\boxed{12}"
    assert contradiction(answer)
    assert contradiction(answer, prompt="Find (a) the mean, (b) the total.") is None


@given(st.lists(st.sampled_from(["\\boxed{", "}", "{", "the answer is ", "5", "7", "\n", " "])))
def test_contradiction_never_raises(pieces: list[str]) -> None:
    answer = "".join(pieces)
    found = contradiction(answer)
    assert found is None or all(0 <= start < end <= len(answer) for start, end in found)


@pytest.mark.parametrize("unit", ["\\boxed{1} ", "\\boxed{", "}", "the answer is 5. "])
def test_contradiction_a_megabyte_ends(unit: str) -> None:
    contradiction(unit * (500_000 // len(unit)))
