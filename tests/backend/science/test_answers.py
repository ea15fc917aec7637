import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.answers import AnswerKey, canonical_key

# Each row is one class: all spellings share a key, and no two rows do.
CLASSES = [
    ("integer:50", ["50", "$50$", "50.0", "+50", r"\boxed{50}", "**50**", "fifty", "50 people"]),
    ("quantity:50 USD", ["$50", r"\$50", "50 dollars", "50 USD", "US$50", "$50.00 per hour"]),
    ("quantity:50 cm", ["50 cm", "50 centimetres", r"50\text{ cm}"]),
    ("quantity:50 apples", ["50 apples", "fifty apples", "50 (apples)"]),
    ("quantity:150 min", ["150 minutes", "2 hours and 30 minutes", "2 h 30 min"]),
    ("percent:50", ["50%", r"50\%", "50 percent", "50 %", "50 per cent", "50.0%"]),
    ("decimal:0.5", ["0.5", ".5", "0.50", "x = 0.5"]),
    ("rational:1/2", ["1/2", r"\frac{1}{2}", "2/4", r"\dfrac12", "½"]),
    ("integer:1000", ["1,000", "1000", "1{,}000", r"1\,000", "1e3"]),
    ("integer:100200", ["100,200", "100200"]),
    ('tuple:["integer:100","integer:200"]', ["100, 200", "(100,200)", "(100, 200)"]),
    ('tuple:["integer:1","integer:2"]', ["(1,2)", "1, 2", r"\left(1, 2\right)"]),
    ('tuple:["integer:2","integer:1"]', ["(2,1)"]),
    ('set:["integer:1","integer:2"]', ["{1,2}", r"\{2, 1\}", "1 or 2", "x = 1 or x = 2"]),
    ('interval:["(","integer:1","integer:2","]"]', ["(1,2]", r"\left(1,2\right]"]),
    ('interval:["[","integer:1","integer:2","]"]', ["[1,2]"]),
    ('interval:["(","expression:-∞","integer:3",")"]', [r"(-\infty, 3)", "(−∞,3)"]),
    ('tuple:["integer:1","integer:2","integer:3"]', ["[1, 2, 3]", "(1,2,3)"]),
    ('set:["integer:12","integer:13"]', ["12 or 13", "13 or 12", "12 and 13"]),
    ("integer:12", ["12", "12 apples left", "--12", "twelve", "１２", r"\text{Total} = 12"]),
    ("quantity:12 cm^2", [r"12\text{ cm}^2", "12 square centimeters"]),
    ("quantity:12 km/h", ["12 km/h", "12 kph", "12 kilometers per hour"]),
    ("quantity:12 degree", [r"12^\circ", "12°", "12 degrees"]),
    ("integer:3", ["3.0", "3", "3.", "9/3", "about 3", "2 + 1 = 3"]),
    ("decimal:37.5", ["37.50", "37.5", "37.500000000000004"]),
    ("quantity:37.5 USD", ["$37.50", "37.5 dollars"]),
    ("decimal:0.33", ["0.33"]),
    ("decimal:0.333", ["0.333"]),
    ("rational:5/4", [r"1\frac{1}{4}", "1 1/4", "5/4", "1¼"]),
    ("integer:3000000", ["3 million", "3,000,000", r"3 \times 10^6", "3×10⁶"]),
    ("integer:-5", ["-5", "−5", "–5", "- 5"]),
    ("letter:C", ["C", "(C)", "c", "C.", "(C) Paris", "C) Paris", r"\text{(C)}", "option C"]),
    ('set:["letter:A","letter:C"]', ["A and C", "A, C", "(C), (A)"]),
    ("boolean:true", ["Yes", "yes.", "True"]),
    ("boolean:false", ["No", "false"]),
    ("date:2017-03-05", ["03/05/2017", "3/5/2017", "2017-03-05", "March 5, 2017", "5 Mar 2017"]),
    ("date:2020-12-25", ["25/12/2020", "Friday, December 25th, 2020"]),
    ("expression:1+2sqrt(3)", [r"1+2\sqrt{3}", "1 + 2√3", "1+2*sqrt(3)"]),
    ("expression:x^2", ["x^2", "x²", "x^{2}", "x**2", "f(x) = x^2"]),
    ("expression:2x+y=5", ["2x + y = 5"]),
    ("expression:n!", ["n!"]),
    ("expression:1/a", ["1/a", r"\frac{1}{a}", "1 / a"]),
    ("expression:5a", ["5a", "5 a"]),
    ("integer:120", ["5!", r"\binom{10}{3}", r"2^3 \cdot 15"]),
    ("rational:1/3", [r"0.\overline{3}", "0.333...", "1/3", r"\sqrt{\frac{1}{9}}"]),
    ("expression:12-15", ["12-15", "12–15"]),
    ("expression:∞", [r"\infty", "infinity", "+∞"]),
    ("time:15:30", ["3:30 PM", "15:30", "3:30 p.m."]),
    ("date:-07-04", ["July 4", "4 July", "July 4th"]),
    ('interval:["(","integer:3","expression:∞",")"]', ["x > 3", r"(3, \infty)", "3 < x"]),
    ('set:["integer:-2","integer:2"]', [r"\pm 2", "x = ±2", "2 or -2"]),
    (
        'matrix:[["integer:1","integer:2"],["integer:3","integer:4"]]',
        [r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "[[1, 2], [3, 4]]"],
    ),
    ("output:1\n2", ["1\n2", "1\n2\n", "```\n1\n2\n```"]),
    ("expression:3x", ["3x", "3 x"]),
    ("text:no solution", ["no solution", r"\text{No solution}", '"No  solution."']),
    ("text:paris, france", ["Paris, France"]),
    ("set:[]", [r"\emptyset", "{}", "∅"]),
]
SPELLINGS = [(answer, key) for key, answers in CLASSES for answer in answers]


@pytest.mark.parametrize(("answer", "key"), SPELLINGS)
def test_canonical_key_spelling_has_the_key_of_its_class(answer: str, key: str) -> None:
    assert str(canonical_key(answer)) == key


def test_canonical_key_keys_of_different_classes_differ() -> None:
    for (_, first), (_, second) in itertools.combinations(CLASSES, 2):
        assert canonical_key(first[0]) != canonical_key(second[0])


@pytest.mark.parametrize("answer", [None, "", "  ", "...", "**", "\x00", "\ud800", "(" * 900])
def test_canonical_key_nothing_said_is_no_answer(answer: str | None) -> None:
    assert canonical_key(answer) is None


def test_canonical_key_union_of_intervals_has_no_order() -> None:
    first = canonical_key(r"(-\infty, 0) \cup (1, 2)")
    assert first is not None
    assert first.kind == "interval"
    assert first == canonical_key("(1,2) ∪ (-∞,0)")
    assert first != canonical_key(r"(-\infty, 0] \cup (1, 2)")


@pytest.mark.parametrize(
    "answer",
    [
        "9" * 900,
        "1e99",
        "1/0",
        r"\frac{" * 150,
        r"\sqrt{" * 90 + "}" * 90,
        "[" * 99 + "1" + "]" * 99,
    ],
)
def test_canonical_key_hostile_answer_gives_a_short_key(answer: str) -> None:
    key = canonical_key(answer)
    assert key is not None
    assert len(str(key)) < 1100


def test_canonical_key_very_long_answer_is_text_by_its_hash() -> None:
    first, second = canonical_key("word " * 1000), canonical_key("WORD  " * 1000)
    assert first == second
    assert first is not None
    assert first.value.startswith("sha256:")
    assert canonical_key("word " * 1001) != first


def test_answer_key_parse_reads_back_what_str_writes() -> None:
    for _, key in SPELLINGS:
        assert str(AnswerKey.parse(key)) == key


@pytest.mark.parametrize("stored", ["", "integer", "nonsense:5", ":5"])
def test_answer_key_parse_of_no_key_is_an_error(stored: str) -> None:
    with pytest.raises(ValueError, match="not an answer key"):
        AnswerKey.parse(stored)


@given(st.text(max_size=300))
def test_canonical_key_any_text_round_trips_and_can_be_stored(answer: str) -> None:
    key = canonical_key(answer)
    if key is not None:
        assert AnswerKey.parse(str(key)) == key
        assert "\x00" not in str(key)
        str(key).encode()


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6), st.integers(1, 50))
def test_canonical_key_fraction_is_the_same_unreduced(over: int, under: int, factor: int) -> None:
    assert canonical_key(f"{over}/{under}") == canonical_key(
        rf"\frac{{{over * factor}}}{{{under * factor}}}"
    )


@given(st.integers(0, 10**15))
def test_canonical_key_grouped_digits_are_the_plain_integer(number: int) -> None:
    assert canonical_key(f"{number:,}") == AnswerKey("integer", str(number))


@given(st.lists(st.integers(-99, 99), min_size=2, max_size=6))
def test_canonical_key_order_counts_in_tuples_only(numbers: list[int]) -> None:
    parts = ", ".join(map(str, numbers))
    backwards = ", ".join(map(str, reversed(numbers)))
    assert canonical_key(f"{{{parts}}}") == canonical_key(f"{{{backwards}}}")
    same = numbers == numbers[::-1]
    assert (canonical_key(f"({parts})") == canonical_key(f"({backwards})")) == same
    assert canonical_key(f"({parts})") != canonical_key(f"{{{parts}}}")
