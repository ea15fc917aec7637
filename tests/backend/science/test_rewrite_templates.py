"""What models are told when they rewrite, and how their replies are read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.rewrite_templates import (
    KINDS,
    MOST_ANSWER,
    Proposal,
    Unusable,
    parse_proposal,
    rewrite_messages,
    rewrite_template,
)

_WHOLE = {"prompt": "What is 2 + 2?", "answer": "4", "why": "It can be checked."}


def test_every_kind_has_words_of_its_own() -> None:
    hashes = {rewrite_template(kind).hash for kind in KINDS}
    assert len(hashes) == len(KINDS)


def test_prompt_and_answer_are_shown_as_they_are() -> None:
    [message] = rewrite_messages("Prove {x} > 0.", "by squares", rewrite_template("free"))
    assert "Prove {x} > 0." in message["content"]
    assert "by squares" in message["content"]
    assert '{"prompt":' in message["content"]


def test_without_an_answer_none_is_spoken_of() -> None:
    [message] = rewrite_messages("Prove it.", None, rewrite_template("proof_to_answer"))
    assert "<answer>" not in message["content"]


@pytest.mark.parametrize(
    "reply",
    [
        json.dumps(_WHOLE),
        f"```json\n{json.dumps(_WHOLE)}\n```",
        f"Here it is:\n```\n{json.dumps(_WHOLE)}\n```\nDone.",
        f"<think>{{}}</think>{json.dumps(_WHOLE)}",
    ],
)
def test_a_proposal_is_read(reply: str) -> None:
    assert parse_proposal(reply) == Proposal(**_WHOLE)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("I cannot do that.", "one JSON object"),
        ("[1, 2]", "one JSON object"),
        (json.dumps({**_WHOLE, "answer": 4}), "answer is not text"),
        (json.dumps({**_WHOLE, "answer": None}), "answer is not text"),
        (json.dumps({**_WHOLE, "prompt": "  "}), "prompt is blank"),
        (json.dumps({**_WHOLE, "answer": "4" * (MOST_ANSWER + 1)}), "2,001 characters"),
        (json.dumps({**_WHOLE, "more": "x"}), "the fields are answer, more, prompt, why"),
        (json.dumps({"prompt": "x"}), "the fields are prompt"),
        (json.dumps({**_WHOLE, "why": "a\0b"}), "NUL"),
        (json.dumps({**_WHOLE, "why": "\ud800"}), "surrogate"),
    ],
)
def test_what_is_no_proposal_says_why(reply: str, reason: str) -> None:
    found = parse_proposal(reply)
    assert isinstance(found, Unusable)
    assert reason in found.reason


@given(st.text(max_size=200))
def test_any_reply_is_read_or_refused(reply: str) -> None:
    assert isinstance(parse_proposal(reply), Proposal | Unusable)
