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
        "\n",
        "$",
        "and how ",
        "a map shows the map ",
        "you should get ",
    ):
        prompt = part * (100_000 // len(part))
        check_rules(Wording("x", None), Wording(prompt, "5"))


@pytest.mark.parametrize(
    ("prompt", "outcome"),
    [
        # Second questions and requests, with and without a mark of their own.
        ("How many are left, and how many were there at first?", "unknown"),
        ("Find $x + y.$ What is the larger of both?", "unknown"),
        ("Compute the sum. Then determine its remainder modulo 7.", "unknown"),
        ("What is the total? Also compute the mean.", "unknown"),
        ("What is the total? Give both it and its square.", "unknown"),
        ("Task 1: What is x?\nTask 2: What is y?", "failed"),
        # How an answer is to be written is no second request, and stories are none at all.
        ("What is the mean? Round your answer to the nearest integer.", "passed"),
        ("Find the domain. Write your answer in interval notation.", "passed"),
        ("She went home to find each worm, and gave up. How many has she?", "passed"),
        ("He wants to show that he passed. What is his mean grade?", "passed"),
        ("How much faster is he when it rains and when it does not?", "passed"),
        ("A question mark \\[?\\] stands here. What is 2 + 2?", "passed"),
        ("Of 20 multiple choice problems he got 5 wrong. How many were right?", "passed"),
        ("Where\n(1) $a < 50$ is odd and\n(2) $a$ is prime, how many $a$ are there?", "passed"),
        # Nothing is asked.
        ("Alice is 7 years older than Beth, who is 5 years older than Erica.", "unknown"),
        ("When Nathan is cold, he adds a blanket. The total is of interest.", "unknown"),
        ("Simplify: $\\frac{4}{2}$", "passed"),
        ("If $a = 2,$ find $a^2.$", "passed"),
        # Reasons and choices.
        ("What is x? Provide a rigorous derivation.", "failed"),
        ("What is x? Comment on whether that is much.", "failed"),
        ("How many are there?\n- A: 3\n- B: 4\n- C: 5", "failed"),
        ("How many are there? Choose one: 3, 4 or 5.", "failed"),
        ("Is it 3, 4 or 5?", "unknown"),
    ],
)
def test_what_is_asked_is_counted(prompt: str, outcome: str) -> None:
    assert one_answer(prompt).outcome == outcome


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("You should get 5.", "failed"),
        ("It turns out to be 5.", "failed"),
        ("The correct result is known to be 5.", "failed"),
        ("For checking: 5.", "failed"),
        ("Explain how one arrives at 5.", "failed"),
        ("(Answer: 5)", "failed"),
        ("The result is 5 more than that.", "passed"),
        ("She gets 5 apples each day.", "passed"),
    ],
)
def test_an_answer_may_be_said_in_many_ways(said: str, outcome: str) -> None:
    assert not_leaked(f"How many are there? {said}", "5").outcome == outcome
    assert not_leaked(f"{said} How many are there?", "5").outcome == outcome


@pytest.mark.parametrize(
    ("prompt", "outcome"),
    [
        ("Use the map shown. How far is it?", "failed"),
        ("The video explains the rules. Who wins?", "failed"),
        ("As illustrated on the right, both are squares. What is the area?", "failed"),
        ("Take the prices from the following table. What is the sum?", "failed"),
        ("See Appendix B. What is the rate?", "failed"),
        ("As was proved in class, the order does not matter. How many are there?", "failed"),
        ("By (a), x is odd. What is x mod 2?", "failed"),
        ("She posted a photo. How many likes did she get on the photo?", "passed"),
        ("How many points are on the graph of $y = x^2 - 1$ below the axis?", "passed"),
        (
            "The book has 30 pages. Page 1 is on the left of page 2. On which side is page 9?",
            "passed",
        ),
        ("She does exercise 1 hour a day. How many hours is that in a week?", "passed"),
    ],
)
def test_only_what_nothing_has_introduced_is_missing(prompt: str, outcome: str) -> None:
    assert stands_alone(prompt).outcome == outcome


@pytest.mark.parametrize("answer", ["see the solution", "Answers may vary", "Proof.", "n/a"])
def test_answer_that_tells_nothing_is_none(answer: str) -> None:
    assert short_answer(answer).outcome == "failed"
