import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.answer_extraction import extract_answer


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        (r"So \boxed{5}.", "5"),
        (r"First \boxed{3}, then \boxed{\frac{1}{2}}.", r"\frac{1}{2}"),
        (r"\boxed{\{1, 2\}} done", r"\{1, 2\}"),
        (r"\boxed{7} and an empty \boxed{} and \boxed{9", "7"),
        (r"\boxed{\boxed{4}}", r"\boxed{4}"),
        (r"<think>\boxed{1}</think> It is \boxed{2}", "2"),
        ("Sum: 4\n### Answer: 5", "5"),
        ("60 + 10 = 70\n#### 70", "70"),
        ("The answer is (C).", "(C)"),
        ("The final answer is: $145", "145"),
        ("The answer to the question is 5 because 2 + 3 = 5.", "5"),
        ("**Final Answer:**\n\n\\[ 12 \\]", "\\[ 12 \\]"),
        ('{"reasoning": "so", "answer": "\\\\frac{1}{2}"}', r"\frac{1}{2}"),
        ('{"answer": 36}', "36"),
        ("ans = 54", "54"),
        ("The answer is 3. Wait.\nThe answer is 4.", "4"),
        ("The final answer is that Bob bought 2 white fish at the store.", "2"),
        ("### Answer: the demand was growing faster", "the demand was growing faster"),
        ("The answer is that it is impossible.", "impossible"),
        ("Answer: The capital is Paris", "Paris"),
        (
            "### Answer: because prices are higher than before, people buy less.",
            "because prices are higher than before, people buy less",
        ),
        ("Answer: there are 5 apples", "5 apples"),
        ("The answer is World War 2.", "World War 2"),
        ("Answer: Bob has 7 sisters.", "7 sisters"),
        (
            "Answer: we count six children on each of the nine blocks of the village, twice over\n"
            "so x = 54",
            "54",
        ),
        ("He has 16 - 7 = 9 left.\nSo it costs $285.29.", "285.29"),
        ("Explain: a month on.\nA: 7/3/1997", "7/3/1997"),
        ("Paris", "Paris"),
        ("B", "B"),
        ("#### Case 1: a heading\nSo there are 8.", "8"),
        ("Sorry", "Sorry"),
        ("The answer is: I, III", "I, III"),
        ("The answer is: I do not like rain", "I do not like rain"),
    ],
)
def test_extract_answer_finds_what_was_stated(response: str, answer: str) -> None:
    assert extract_answer(response) == answer


@pytest.mark.parametrize(
    "response",
    [
        "",
        "   \n",
        "<think>still going, the answer is 5",
        "The information provided is not sufficient to work out the cost of the trip.",
        r"\boxed{}",
        "I can't help with that.",
        "I’m sorry, I cannot answer.",
        "Sorry, no.",
        "The answer is: I don't know",
        "I'm not entirely sure.",
        "I am unable to comply.",
    ],
)
def test_extract_answer_nothing_stated_is_none(response: str) -> None:
    assert extract_answer(response) is None


@pytest.mark.parametrize("finish_reason", ["length", "content_filter"])
def test_extract_answer_cut_off_response_has_none(finish_reason: str) -> None:
    assert extract_answer(r"\boxed{5} and so on", finish_reason) is None
    assert extract_answer(r"\boxed{5}", "stop") == "5"


@pytest.mark.parametrize(
    "unit", [r"\boxed{", "answer ", "answer is ", "{", "####", "a", "1/", '"answer": "', "\n"]
)
def test_extract_answer_hostile_megabyte_ends(unit: str) -> None:
    extract_answer(unit * (1_000_000 // len(unit)))


@given(st.text())
def test_extract_answer_any_text_gives_words_or_none(response: str) -> None:
    answer = extract_answer(response)
    assert answer is None or answer.strip()
