"""A seed's verdict from what is stored about it: pure, so it can be computed again at any time."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median_low
from typing import Any, NamedTuple

from backend.science import teachability as science
from backend.science.adaptive_sampling import weak_evidence
from backend.science.answer_classes import Equivalence
from backend.science.answers import AnswerKey, canonical_key
from backend.science.calibration import Calibration
from backend.science.code_tests import CodeTest, gold_key
from backend.science.judging import disagreement, doubts
from backend.science.known_equivalences import Known, joined_by, relation_of
from backend.science.plurality import Plurality, plurality
from backend.science.reliability import features_of
from backend.science.rubric import Verdict
from backend.science.statistics import jeffreys_interval
from backend.science.teachability_policy import Policy
from backend.scoring.line_up import (
    LineUp,
    LineUpEntry,
    reference_of,
    second_reference_of,
    weak_of,
)
from backend.scoring.signs import Signs, signs_of

_NOTHING_KNOWN: Known = {}


class Answer(NamedTuple):
    """One response's answer, as written and as a class."""

    text: str | None
    key: AnswerKey | None


class Evidence(NamedTuple):
    """What is stored about a revision: answers by endpoint, and the judges' verdicts.

    `known` is what was found out about pairs of its answers; `tests` are those of a seed that asks
    for a program, whose answers are how programs did on them. `votes_decide`: the given answer is
    only proposed, and no key.
    """

    revision_id: int
    given_answer: str | None
    answers: Mapping[int, Sequence[Answer]]
    judged: Sequence[Verdict]
    unscored: Sequence[str]
    domain: str | None = None
    known: Known = _NOTHING_KNOWN
    tests: Sequence[CodeTest] = ()
    votes_decide: bool = False

    @property
    def equivalent(self) -> Equivalence:
        """Whether two distinct keys say the same."""
        return relation_of(self.known)

    def keys(self, entry: LineUpEntry | None) -> list[AnswerKey | None]:
        """The keys of an endpoint's answers."""
        return [answer.key for answer in self.answers.get(entry.endpoint_id, ())] if entry else []

    @property
    def steps(self) -> list[int]:
        """The judges' counts of steps."""
        return [verdict.steps for verdict in self.judged]

    def same(self, answer: AnswerKey | None, key: AnswerKey | None) -> bool:
        """Whether two answers are there and say the same."""
        if answer is None or key is None:
            return False
        return answer == key or self.equivalent(answer, key)


class Key(NamedTuple):
    """The answer that weak models are compared with; `reliability` is before they speak."""

    origin: str
    key: AnswerKey | None
    text: str | None
    reliability: float


class SeedVerdict(NamedTuple):
    """All columns of a stored teachability, and what lists need besides."""

    columns: dict[str, Any]
    agreement: float | None
    attention: float
    signs: Signs


def seed_verdict(
    evidence: Evidence, line_up: LineUp, calibration: Calibration, policy: Policy
) -> SeedVerdict:
    """Weigh what is stored about a revision."""
    reference = reference_of(line_up)
    votes = plurality(evidence.keys(reference), evidence.equivalent)
    key = _key(evidence, line_up, votes, calibration, policy)
    weak = [_agreement(entry, evidence, key, calibration) for entry in weak_of(line_up)]
    result = science.teachability(
        key.reliability,
        [entry.evidence for entry in weak],
        policy,
        science.step_factor(evidence.steps, policy),
    )
    columns = {
        "revision_id": evidence.revision_id,
        "key_origin": key.origin,
        "reference_answer": key.text,
        "reference_key": key.key and str(key.key),
        "reliability": key.reliability,
        "plurality": _plurality_json(votes, evidence, reference, key.key),
        "weak": [entry.stored for entry in weak],
        **result.posterior._asdict(),
        "score": result.score,
        "score_low": result.low,
        "score_high": result.high,
        "verdict": result.verdict,
        "steps": median_low(evidence.steps) if evidence.steps else None,
        "notes": _notes(evidence, line_up, votes, key, calibration),
    }
    return verdict_of(columns, evidence.judged)


def verdict_of(columns: dict[str, Any], judged: Sequence[Verdict]) -> SeedVerdict:
    """A stored teachability, by its columns, with what lists need besides."""
    agreement = columns["weak"][0]["rate"] if columns["reference_key"] else None
    posterior = science.Posterior(*(columns[state] for state in science.Posterior._fields))
    return SeedVerdict(
        columns,
        agreement,
        attention(posterior, judged),
        signs_of(columns, agreement, judged),
    )


def attention(posterior: science.Posterior, judged: Sequence[Verdict]) -> float:
    """How much a curator's look is worth, in [0, 1].

    The entropy of the four-way posterior over its largest value, log 4; judges who disagree close
    up to half of the gap between it and 1. Judges who agree, or one alone, change nothing.
    """
    entropy = -sum(p * math.log(p) for p in posterior if p > 0) / math.log(4)
    return min(entropy + max(0.0, 1 - entropy) * disagreement(judged) / 2, 1.0)


def _key(
    evidence: Evidence,
    line_up: LineUp,
    votes: Plurality,
    calibration: Calibration,
    policy: Policy,
) -> Key:
    if evidence.tests:
        meaning = f"passes all {_counted(len(evidence.tests), 'test')}"
        return Key("tests", gold_key(evidence.tests), meaning, policy.gold_reliability)
    given = None if evidence.votes_decide else canonical_key(evidence.given_answer)
    if given is not None:
        return Key("given", given, evidence.given_answer, policy.gold_reliability)
    second = evidence.keys(second_reference_of(line_up))
    joining = sum(evidence.same(found, votes.winner) for found in second)
    features = features_of(votes, (joining, len(second)))
    if votes.winner is None or features is None:
        return Key("none", None, None, 0.0)
    text = texts_of(evidence, reference_of(line_up)).get(votes.winner)
    reliability = calibration.reliability.reliability(features, evidence.domain)
    return Key("plurality", votes.winner, text, reliability)


class _Agreement(NamedTuple):
    """A weak model's answers against the key; `stored` is what the verdict keeps of it."""

    evidence: science.WeakEvidence
    stored: dict[str, Any]


def _agreement(
    entry: LineUpEntry, evidence: Evidence, key: Key, calibration: Calibration
) -> _Agreement:
    votes = plurality(evidence.keys(entry), evidence.equivalent)
    matching = sum(found.count for found in votes.classes if evidence.same(found.key, key.key))
    low, high = jeffreys_interval(matching, votes.total)
    weak = science.WeakEvidence(
        matching, votes.total, weak_prior=calibration.weak_prior(entry.endpoint_id, evidence.domain)
    )
    if key.origin == "plurality":
        # The rest that was fitted speaks of the reference's mistakes, not of a given answer's.
        weak = weak_evidence(calibration, entry.endpoint_id, evidence.domain, matching, votes.total)
    stored = {
        "endpoint": entry.name,
        "model": entry.model,
        "matching": matching,
        "total": votes.total,
        "rate": matching / votes.total if votes.total else None,
        "low": low,
        "high": high,
        "classes": _classes_json(votes, evidence, entry, key.key),
        "unanswered": votes.unanswered,
        "wrong_key_prior": weak.wrong_key_prior,
        "weak_prior": weak.weak_prior,
        "weight": weak.weight,
    }
    return _Agreement(weak, stored)


def texts_of(evidence: Evidence, entry: LineUpEntry | None) -> dict[AnswerKey, str]:
    """How each class was first written."""
    texts: dict[AnswerKey, str] = {}
    for answer in evidence.answers.get(entry.endpoint_id, ()) if entry else ():
        if answer.key is not None:
            texts.setdefault(answer.key, answer.text or "")
    return texts


def _classes_json(
    votes: Plurality, evidence: Evidence, entry: LineUpEntry | None, reference: AnswerKey | None
) -> list[dict[str, Any]]:
    texts = texts_of(evidence, entry)
    return [
        {
            "key": str(found.key),
            "keys": sorted(map(str, found.keys)),
            "answer": texts[found.key],
            "count": found.count,
            "share": found.count / votes.total,
            "is_reference": evidence.same(found.key, reference),
            "joined_by": joined_by(found.keys, evidence.known),
        }
        for found in votes.classes
    ]


def _plurality_json(
    votes: Plurality, evidence: Evidence, entry: LineUpEntry | None, reference: AnswerKey | None
) -> dict[str, Any]:
    return {
        "classes": _classes_json(votes, evidence, entry, reference),
        "unanswered": votes.unanswered,
        "total": votes.total,
        "tie": votes.tie,
        "share": votes.share if votes.total else None,
        "margin": votes.margin if votes.total else None,
    }


def _notes(
    evidence: Evidence, line_up: LineUp, votes: Plurality, key: Key, calibration: Calibration
) -> list[str]:
    notes = [_key_note(evidence, votes, key, calibration)]
    if votes.winner and not evidence.same(votes.winner, key.key):
        if key.origin == "given":
            notes.append("the reference's plurality is not the given answer")
        if key.origin == "tests":
            notes.append("most of the reference's programs do not pass all tests")
    if key.origin == "plurality" and calibration.wrong_keys:
        notes.append(
            f"repeated mistakes: fitted on {_counted(calibration.wrong_keys, 'wrong key')}"
        )
    answered = evidence.judged or evidence.unscored
    if any(entry.role == "judge" for entry in line_up) and not answered:
        notes.append("no judge has answered")
    notes += doubts(evidence.judged)
    notes += [f"unscored judgment: {reason}" for reason, _ in Counter(evidence.unscored).items()]
    return notes


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _key_note(evidence: Evidence, votes: Plurality, key: Key, calibration: Calibration) -> str:
    gold = calibration.reliability.gold_seeds
    if key.origin == "given":
        return "reliability: the answer was given"
    if key.origin == "tests":
        return "reliability: the seed's tests"
    if key.origin == "plurality":
        basis = f"fitted on {_counted(gold, 'gold seed')}" if gold else "prior only, no gold seeds"
        return f"reliability: {basis}"
    if votes.tie:
        return "no key: the reference's votes tie"
    if votes.total:
        return "no key: the reference gave no usable answer"
    return "no key: the given answer cannot be read" if evidence.given_answer else "no key"
