"""What a judge is asked of a pair, and the strict reading of what it replies."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.contamination import Hit
from backend.science.judged_pairs import (
    JUDGE_VERDICTS,
    Judgment,
    is_refuted,
    judged,
    messages,
    parse_reply,
    wants_judge,
)

HIT = Hit("7", "contaminated", "retrieval", 0.9, 0.5, 0.5, 3, ())
BY = {"model": "m"}


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ('{"verdict": "same", "reason": "One text."}', "same"),
        ('{"reason": "Other eggs.", "verdict": "changed"}', "changed"),
        ('```json\n{"verdict": "related", "reason": "Eggs."}\n```', "related"),
        ('```json\n{\n  "verdict": "different",\n  "reason": "x"\n}\n```', "different"),
        ('{"verdict": "same"}', "same"),
        ("different", "different"),
        (" **Changed**.\n", "changed"),
        ("<think>It is the same.</think>\nrelated", "related"),
        # The last match wins.
        ('{"verdict": "same"}\nNo:\n{"verdict": "changed", "reason": "12"}', "changed"),
        ('I think so.\n{"verdict": "same", "reason": "x"}', "same"),
        ('{"verdict": "changed", "reason": "It says {\\"verdict\\": \\"same\\"}"}', "changed"),
        # All else is unknown, and never clean.
        ("", "unknown"),
        ("   \n", "unknown"),
        ("<think>different", "unknown"),
        ('{"verdict": "clean", "reason": "x"}', "unknown"),
        ('{"verdict": "unknown", "reason": "x"}', "unknown"),
        ('{"verdict": "SAME"}', "unknown"),
        ('{"verdict": ["same"]}', "unknown"),
        ('{"verdict": null}', "unknown"),
        ('{"verdict": "same", "verdict": "different"}', "unknown"),
        ('{"verdict": "different"', "unknown"),
        ('["different"]', "unknown"),
        ("same or different", "unknown"),
        ("The two texts are different.", "unknown"),
        ("I'm sorry, but I can't help with that.", "unknown"),
    ],
)
def test_reply_is_read_strictly(reply: str, verdict: str) -> None:
    assert parse_reply(reply).verdict == verdict


@pytest.mark.parametrize("finish_reason", ["length", "content_filter"])
def test_reply_that_did_not_end_by_itself_is_unknown(finish_reason: str) -> None:
    said = parse_reply('{"verdict": "different", "reason": "x"}', finish_reason)
    assert said.verdict == "unknown"
    assert said.reason


@given(st.text())
def test_any_reply_is_read_as_one_of_the_verdicts(reply: str) -> None:
    assert parse_reply(reply).verdict in JUDGE_VERDICTS


@given(st.text(), st.text())
def test_texts_cannot_leave_their_place(seed: str, item: str) -> None:
    [message] = messages(seed, item)
    problem, prompt = message["content"].split("\n")[-2:]
    assert json.loads(problem.removeprefix("Problem: ")) == item
    assert json.loads(prompt.removeprefix("Prompt: ")) == seed


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("same", "contaminated"),
        ("changed", "variant"),
        ("related", "related"),
        ("different", "related"),
        ("unknown", "contaminated"),
    ],
)
def test_judges_word_replaces_the_verdict_and_unknown_leaves_it(said: str, verdict: str) -> None:
    hit = judged(HIT, Judgment(said, "Eggs."), BY)  # type: ignore[arg-type]
    assert (hit.verdict, hit.method, hit.score) == (verdict, "retrieval", 0.9)
    assert hit.evidence == {"judge": {"verdict": said, "model": "m", "reason": "Eggs."}}
    assert is_refuted(hit) == (said == "different")


def test_other_evidence_stays_beside_the_judges() -> None:
    near = HIT._replace(evidence={"embedding": {"similarity": 0.9}})
    evidence = judged(near, Judgment("same"), BY).evidence
    assert evidence == {
        "embedding": {"similarity": 0.9}, "judge": {"verdict": "same", "model": "m"},
    }  # fmt: skip


def test_judge_is_asked_where_its_word_matters() -> None:
    related = HIT._replace(verdict="related")
    assert wants_judge(HIT)
    assert wants_judge(HIT._replace(verdict="variant"))
    assert not wants_judge(HIT._replace(method="exact"))
    assert not wants_judge(related)
    assert wants_judge(related._replace(evidence={"embedding": {}}))
