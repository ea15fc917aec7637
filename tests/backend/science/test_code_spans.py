import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.code_spans import code_spans, fenced_spans, is_within, without_spans

TEXTS = st.lists(
    st.sampled_from(["`", "``", "```", "```py", "~~~", "````", "\n", " ", "a", "> "]), max_size=25
).map("".join)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a `b` c", ["`b`"]),
        ("a ``b ` c`` d", ["``b ` c``"]),
        ("a ` b", []),
        ("a ` b\nc ` d", []),
        ("x\n```\na\n```\ny", ["```\na\n```"]),
        ("```py\na\n```", ["```py\na\n```"]),
        ("~~~\n```\n~~~", ["~~~\n```\n~~~"]),
        ("````\n```py\na\n```\n````", ["````\n```py\na\n```\n````"]),
        ("```\nnever closed", []),
        # The first fence was forgotten; the one with a language begins anew.
        ("```\nopen\n```py\na\n```", ["```py\na\n```"]),
        ("  > ```\n  > a\n  > ```", ["```\n  > a\n  > ```"]),
        ("```a``` is inline", ["```a```"]),
    ],
)
def test_code_spans_known_values(text: str, code: list[str]) -> None:
    assert [text[start:end] for start, end in code_spans(text)] == code


@given(TEXTS)
def test_code_spans_are_in_order_and_apart(text: str) -> None:
    spans = code_spans(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))
    assert set(fenced_spans(text)) <= set(spans)


@given(TEXTS)
def test_is_within_agrees_with_the_spans(text: str) -> None:
    spans = code_spans(text)
    for place in range(len(text)):
        assert is_within(place, spans) == any(start <= place < end for start, end in spans)


@given(TEXTS)
def test_without_spans_keeps_length_and_lines(text: str) -> None:
    plain = without_spans(text, code_spans(text))
    assert len(plain) == len(text)
    assert [at for at, each in enumerate(plain) if each == "\n"] == [
        at for at, each in enumerate(text) if each == "\n"
    ]
