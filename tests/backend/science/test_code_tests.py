import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.answer_keys import AnswerKey
from backend.science.code_tests import (
    MOST_TESTS,
    AssertionTest,
    BadTests,
    InputTest,
    Outcome,
    gold_key,
    hash_of_tests,
    parse_tests,
    passed_of,
    pattern_key,
    program_of,
)
from backend.science.equivalence import equivalent_by_rules

PASSED, FAILED = Outcome("passed", "", 0.1), Outcome("failed", "3 == 4", 0.1)


def test_tests_are_assertions_or_what_goes_in_and_out() -> None:
    given = ["assert add(1, 2) == 3", {"stdin": "1 2", "stdout": "3"}]
    assert parse_tests(given) == (AssertionTest("assert add(1, 2) == 3"), InputTest("1 2", "3"))
    assert parse_tests([]) == parse_tests(None) == ()


@pytest.mark.parametrize(
    ("tests", "message"),
    [
        ("assert True", "tests must be an array"),
        ({"stdin": "", "stdout": ""}, "tests must be an array"),
        (["assert True"] * (MOST_TESTS + 1), "there are 101 tests; at most 100 are allowed"),
        (["assert True", 3], "test 2 must be text with assertions, or an object"),
        ([{"stdin": ""}], "test 1 must have stdin and stdout, and nothing else"),
        ([{"stdin": "", "stdout": "", "seconds": 1}], "test 1 must have stdin and stdout"),
        ([{"stdin": "", "stdout": 3}], "stdout of test 1 must be text in quotes"),
        (["assert add(1, 2 == 3"], "test 1 is not Python: '(' was never closed, line 1"),
        (["assert " + "(" * 1000 + "1" + ")" * 1000], "test 1 is not Python"),
        (["assert " + "-" * 60_000 + "1 == 1"], "test 1 is not Python"),
        (["add(1, 2) == 3"], "test 1 asserts nothing: every program would pass it"),
        ([""], "test 1 asserts nothing"),
    ],
)
def test_what_is_no_list_of_tests_is_refused_with_the_place(tests: object, message: str) -> None:
    with pytest.raises(BadTests) as caught:
        parse_tests(tests)
    assert message in str(caught.value)


def test_the_hash_tells_tests_apart() -> None:
    lists = [
        ["assert f(1) == 2"], ["assert f(1) == 3"], ["assert f(1) == 2"] * 2,
        [{"stdin": "a", "stdout": "b"}], [{"stdin": "ab", "stdout": ""}],
    ]  # fmt: skip
    hashes = [hash_of_tests(parse_tests(tests)) for tests in lists]
    assert len(set(hashes)) == len(lists)
    assert hashes[0] == hash_of_tests(parse_tests(lists[0]))


@pytest.mark.parametrize(
    ("response", "program"),
    [
        ("So:\n```python\nx = 1\n```\nDone.", "x = 1\n"),
        ("```python\nx = 1\n```\nBetter:\n```py\nx = 2\n```\nIt prints\n```\n2\n```", "x = 2\n"),
        ("```\nx = 1\n```", "x = 1\n"),
        ("```js\nx\n```", None),
        ("<think>```python\nx = 1\n```</think>```python\nx = 2\n```", "x = 2\n"),
        ("<think>```python\nx = 1\n```", None),
        ("```python\nx = 1\n", None),
        ("```python\n\n```", None),
        ("1. So:\n   ```python\n   if x:\n       y()\n   ```", "if x:\n    y()\n"),
        ("````python\ns = '''\n```\n'''\n````", "s = '''\n```\n'''\n"),
        ("~~~python\nx = 1\n~~~", "x = 1\n"),
        ("```Python\r\nx = 1\r\n```\r\n", "x = 1\n"),
        ("```python\nx = '\u2028'\n```", "x = '\u2028'\n"),
        ("x = 1", None),
        ("```python\n" + "x = 1\n" * 50_000 + "```", None),
        ("", None),
    ],
)
def test_the_program_of_a_response(response: str, program: str | None) -> None:
    assert program_of(response) == program


def test_what_was_cut_off_holds_no_program() -> None:
    assert program_of("```python\nx = 1\n```\nNow", "length") is None


def test_the_key_is_the_pattern_and_gold_is_all_ones() -> None:
    tests = parse_tests(["assert True"] * 3)
    assert gold_key(tests) == AnswerKey("tests", "111") == pattern_key([PASSED] * 3)
    assert pattern_key([PASSED, FAILED, Outcome("time", "", 5)]) == AnswerKey("tests", "100")
    assert AnswerKey.parse("tests:100") == AnswerKey("tests", "100")
    assert not equivalent_by_rules(AnswerKey("tests", "100"), AnswerKey("tests", "010"))
    assert passed_of([PASSED, FAILED, FAILED]) == "passes 1 of 3 tests"


def test_what_cannot_be_run_is_no_answer() -> None:
    unrunnable = [Outcome("unrunnable", "SyntaxError", 0)] * 2
    assert pattern_key(unrunnable) is None
    assert pattern_key([]) is None
    assert passed_of(unrunnable) == "not Python"


@given(st.sampled_from(["passed", "failed", "error", "time", "memory", "unrunnable"]), st.text())
def test_outcomes_come_back_from_json(result: str, detail: str) -> None:
    outcome = Outcome(result, detail, 0.25)  # type: ignore[arg-type]
    assert Outcome.of_stored(outcome.stored) == outcome


def test_an_outcome_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="not a result"):
        Outcome.of_stored({"result": "perhaps", "detail": "", "seconds": 1})
