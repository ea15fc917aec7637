"""What models are told when they rewrite, and how their replies are read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.augmentation_templates import KINDS as AUGMENTATIONS
from backend.science.augmentation_templates import augmentation_template
from backend.science.proposal_replies import (
    ANSWER_PLACE,
    MOST_ANSWER,
    PROMPT_PLACE,
    Proposal,
    Unusable,
    parse_proposal,
)
from backend.science.rewrite_templates import KINDS as REWRITES
from backend.science.rewrite_templates import rewrite_template

_WHOLE = {"prompt": "What is 2 + 2?", "answer": "4", "why": "It can be checked."}


def test_every_kind_has_words_of_its_own() -> None:
    hashes = {rewrite_template(kind).hash_with() for kind in REWRITES}
    assert len(hashes) == len(REWRITES)


def test_every_template_shows_the_places_that_no_reply_may_repeat() -> None:
    templates = [*map(rewrite_template, REWRITES), *map(augmentation_template, AUGMENTATIONS)]
    for template in templates:
        [message] = template.messages("Prove it.", None)
        assert f'"prompt": "{PROMPT_PLACE}", "answer": "{ANSWER_PLACE}"' in message["content"]


def test_prompt_and_answer_are_shown_as_they_are() -> None:
    [message] = rewrite_template("free").messages("Prove {x} > 0.", "by squares", "keep {x}")
    assert "Prove {x} > 0." in message["content"]
    assert "by squares" in message["content"]
    assert "<note>\nkeep {x}\n</note>" in message["content"]
    assert '{"prompt":' in message["content"]


def test_without_an_answer_none_is_spoken_of() -> None:
    [message] = rewrite_template("proof_to_answer").messages("Prove it.", None)
    assert "<answer>" not in message["content"]
    assert "<note>" not in message["content"]


def test_a_note_makes_another_question() -> None:
    template = rewrite_template("free")
    assert len({template.hash_with(), template.hash_with("a"), template.hash_with("b")}) == 3


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
    ("reply", "code", "reason"),
    [
        ("I cannot do that.", "not_json", "one JSON object"),
        ("[1, 2]", "not_json", "one JSON object"),
        (json.dumps({**_WHOLE, "answer": 4}), "not_text", "answer is not text"),
        (json.dumps({**_WHOLE, "answer": None}), "not_text", "answer is not text"),
        (json.dumps({**_WHOLE, "prompt": "  "}), "blank", "prompt is blank"),
        (json.dumps({**_WHOLE, "prompt": "The new problem."}), "placeholder", "prompt is what"),
        (json.dumps({**_WHOLE, "answer": ANSWER_PLACE}), "placeholder", "answer is what"),
        (json.dumps({**_WHOLE, "answer": "4" * (MOST_ANSWER + 1)}), "too_long", "2,001 characters"),
        (json.dumps({**_WHOLE, "more": "x"}), "fields", "the fields are answer, more, prompt, why"),
        (json.dumps({"prompt": "x"}), "fields", "the fields are prompt"),
        (json.dumps({**_WHOLE, "why": "a\0b"}), "unstorable", "NUL"),
        (json.dumps({**_WHOLE, "why": "\ud800"}), "unstorable", "surrogate"),
    ],
)
def test_what_is_no_proposal_says_why(reply: str, code: str, reason: str) -> None:
    found = parse_proposal(reply)
    assert isinstance(found, Unusable)
    assert found.code == code
    assert reason in found.reason


def test_a_reply_that_was_cut_off_says_so_unless_it_is_whole() -> None:
    found = parse_proposal('{"prompt": "What', cut_off=True)
    assert isinstance(found, Unusable)
    assert found.code == "cut_off"
    assert parse_proposal(json.dumps(_WHOLE), cut_off=True) == Proposal(**_WHOLE)


@given(st.text(max_size=200))
def test_any_reply_is_read_or_refused(reply: str) -> None:
    assert isinstance(parse_proposal(reply), Proposal | Unusable)
