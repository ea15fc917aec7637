"""What rules say of rewrites."""

import pytest

from backend.science.rewrite_checks import RULE_CHECKS, changed, check_rules, short_answer
from backend.science.rewrite_leaks import not_leaked
from backend.science.rewrite_questions import one_answer
from backend.science.rewrite_references import stands_alone
from backend.science.rewrite_rules import Wording

_LONG = "The sequence begins with 1, 4, 9, 16, 25 and goes on like this for ever. "


@pytest.mark.parametrize(
    ("prompt", "outcome"),
    [
        ("What is 2 + 2?", "passed"),
        ("The temperature rises above 20 degrees. By how much?", "passed"),
        ("Theorem 3. Let n be odd. By Theorem 3, what is n mod 2?", "passed"),
        ("(a) Find x. (b) Use your answer from part (a) to find y.", "passed"),
        ("Let\n$$x + y = 3 \\tag{4}$$\nIn equation (4), let x = 1. What is y?", "passed"),
        ("x + y = 3   (4)\nIn eq. (4), let x = 1. What is y?", "passed"),
        ("What is the area in the figure?", "failed"),
        ("In Figure 2, find the angle at A.", "failed"),
        ("Find x in the diagram below.", "failed"),
        ("![triangle](a.png) Find the angle at A.", "failed"),
        ("As above, find x.", "failed"),
        ("Who wrote the novel that is described in the passage above?", "failed"),
        ("Use the previous problem to find x.", "failed"),
        ("Using Theorem 3, find the rank of A.", "failed"),
        ("By Lemma 2.1 the limit exists. Find it.", "failed"),
        ("By equation (4), find x.", "failed"),
        ("Use part (a) to find y.", "failed"),
        ("如图，求角A的大小。", "failed"),
        (_LONG + "As above, find the tenth term.", "unknown"),
        ("Four lines meet in a square. What is the area of the figure?", "unknown"),
        ("[asy] draw((0,0)--(1,1)); [/asy] What is the length in the figure?", "unknown"),
    ],
)
def test_a_prompt_stands_alone(prompt: str, outcome: str) -> None:
    assert stands_alone(prompt).outcome == outcome


def test_the_passage_that_refers_elsewhere_is_pointed_at() -> None:
    found = stands_alone("Find x. Then use the previous problem.")
    [(start, end)] = found.spans
    assert "Find x. Then use the previous problem."[start:end] == "previous problem"
    assert "previous problem" in found.evidence


@pytest.mark.parametrize(
    ("prompt", "outcome"),
    [
        ("What is 2 + 2?", "passed"),
        ("Compute f(a) and then f(b) for a = 1, b = 2; give the sum.", "passed"),
        ("A theorem was proved by Euler. In which year?", "passed"),
        ("求三角形的面积。", "passed"),
        ("Prove that there are infinitely many primes.", "failed"),
        ("Let n be odd. Show that n^2 - 1 is divisible by 8.", "failed"),
        ("Find x, and explain why it is unique.", "failed"),
        ("Why is the sky blue?", "failed"),
        ("Write a short poem on the sea.", "failed"),
        ("(a) Find x. (b) Find y.", "failed"),
        ("Consider f.\na) Find f(1).\nb) Find f(2).", "failed"),
        ("(i) Find x. (ii) Find y.", "failed"),
        ("Which is prime? (A) 4 (B) 5 (C) 6 (D) 8", "failed"),
        ("Which of the following is prime: 4, 5, 6?", "failed"),
        ("What is x? What is y?", "unknown"),
        ("Find x. Explain your reasoning.", "unknown"),
        ("The cat sat on the mat.", "unknown"),
    ],
)
def test_a_prompt_asks_for_one_answer(prompt: str, outcome: str) -> None:
    assert one_answer(prompt).outcome == outcome


def test_choices_are_told_from_parts() -> None:
    assert "choices" in one_answer("Which is prime? (A) 4 (B) 5 (C) 6").evidence
    assert "parts" in one_answer("(a) Find x. (b) Find y. (c) Find z.").evidence


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("5", "passed"),
        (r"\frac{1}{2}", "passed"),
        ("2^n - 1", "passed"),
        ("Jane Austen", "passed"),
        ("12 cm", "passed"),
        (None, "failed"),
        ("  ", "failed"),
        ("...", "failed"),
        ("because the market fell and prices dropped", "failed"),
        ("1+" * 150 + "1", "failed"),
    ],
)
def test_the_answer_is_short(answer: str | None, outcome: str) -> None:
    assert short_answer(answer).outcome == outcome


@pytest.mark.parametrize(
    ("prompt", "answer", "outcome"),
    [
        ("What is 2 + 3?", "5", "passed"),
        ("Anna has 5 apples and gives none away. How many has she?", "5", "passed"),
        ("Let x = 5 and y = 1. What is xy?", "5", "passed"),
        ("Show that x = 5.", "5", "failed"),
        ("Prove that the sum is exactly 5 for all n.", "5", "failed"),
        ("Find x. The answer is 5.", "5", "failed"),
        ("Find x. Answer: 5", "5", "failed"),
        (r"Find x. \boxed{5}", "5", "failed"),
        ("How long is it? The answer is 0.5 m.", "50 cm", "failed"),
        ("Show that $x = \\frac{1}{2}$.", "\\frac{1}{2}", "failed"),
        ("The answer is a whole number. What is 2 + 3?", "5", "passed"),
        ("The answer is 50. No, what is 2 + 3?", "5", "passed"),
        ("A city has 123456 people. How many people has it?", "123456", "unknown"),
        ("What is 2 + 3?", None, "unknown"),
    ],
)
def test_the_prompt_keeps_its_answer(prompt: str, answer: str | None, outcome: str) -> None:
    assert not_leaked(prompt, answer).outcome == outcome


def test_layout_alone_is_no_change() -> None:
    original = Wording("What is  2 + 2?", "4")
    assert changed(original, Wording("What is 2 +\n2?", "4 ")).outcome == "failed"
    assert changed(original, Wording("What is 2 + 2?", "5")).outcome == "passed"
    assert changed(original, Wording("What is 2 + 3?", "4")).outcome == "passed"


def test_every_rule_is_asked_by_its_name() -> None:
    found = check_rules(Wording("Prove it.", None), Wording("What is 2 + 2?", "4"))
    assert tuple(found) == RULE_CHECKS
    assert {checked.outcome for checked in found.values()} == {"passed"}


def test_tests_are_an_answer() -> None:
    rewrite = Wording("Write a function that adds two numbers.", None)
    found = check_rules(Wording("Add.", None), rewrite, has_tests=True)
    assert found["short_answer"].outcome == "passed"


def test_hostile_prompts_are_read_in_time() -> None:
    # A quadratic pattern would take minutes over each of these.
    for part in (
        "as ",
        "(a) ",
        "show that ",
        "= 5 ",
        "part (",
        "\n* ",
        "the answer is ",
        "a) ",
        "page 3 ",
    ):
        prompt = part * (100_000 // len(part))
        check_rules(Wording("x", None), Wording(prompt, "5"))
