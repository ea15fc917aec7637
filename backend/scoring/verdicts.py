"""A seed's verdict from what is stored about it: pure, so it can be computed again at any time."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median_low
from typing import Any, NamedTuple

from backend.science import teachability as science
from backend.science.answers import AnswerKey, canonical_key
from backend.science.equivalence import equivalent_by_rules
from backend.science.plurality import Plurality, plurality
from backend.science.reliability import ReliabilityModel, features_of
from backend.science.statistics import jeffreys_interval
from backend.science.teachability_policy import BetaPrior, Policy
from backend.scoring.line_up import LineUp, LineUpEntry, reference_of, weak_of


class Answer(NamedTuple):
    """One response's answer, as written and as a class."""

    text: str | None
    key: AnswerKey | None


class Evidence(NamedTuple):
    """What is stored about a revision: answers by endpoint, and the judges' verdicts."""

    revision_id: int
    given_answer: str | None
    answers: Mapping[int, Sequence[Answer]]
    steps: Sequence[int]
    unscored: Sequence[str]


class Calibration(NamedTuple):
    """How far the reference can be trusted, and how often each weak model repeats its mistakes.

    `wrong_keys` counts the gold seeds whose plurality was wrong: on them the priors rest.
    `agreement_weight` is how far weak models' agreement speaks to the key.
    """

    reliability: ReliabilityModel
    wrong_key_priors: Mapping[int, BetaPrior]
    wrong_keys: int
    agreement_weight: float = 1.0


class Key(NamedTuple):
    """The answer that weak models are compared with; `reliability` is before they speak."""

    origin: str
    key: AnswerKey | None
    text: str | None
    reliability: float


class SeedVerdict(NamedTuple):
    """All columns of a stored teachability, and the two figures that lists need besides."""

    columns: dict[str, Any]
    agreement: float | None
    attention: float


def seed_verdict(
    evidence: Evidence, line_up: LineUp, calibration: Calibration, policy: Policy
) -> SeedVerdict:
    """Weigh what is stored about a revision."""
    reference = reference_of(line_up)
    votes = plurality(
        [answer.key for answer in evidence.answers.get(reference.endpoint_id, ())]
        if reference else [],
        equivalent_by_rules,
    )  # fmt: skip
    key = _key(evidence, reference, votes, calibration, policy)
    weak = [_agreement(entry, evidence, key) for entry in weak_of(line_up)]
    heard = [_weak_evidence(entry, key, calibration) for entry in weak]
    result = science.teachability(
        key.reliability,
        heard,
        policy,
        science.step_factor(evidence.steps, policy),
    )
    columns = {
        "revision_id": evidence.revision_id,
        "key_origin": key.origin,
        "reference_answer": key.text,
        "reference_key": key.key and str(key.key),
        "reliability": key.reliability,
        "plurality": _plurality_json(votes, _texts(evidence, reference), key.key),
        "weak": [
            entry.stored | {"wrong_key_prior": said.wrong_key_prior}
            for entry, said in zip(weak, heard, strict=True)
        ],
        **result.posterior._asdict(),
        "score": result.score,
        "score_low": result.low,
        "score_high": result.high,
        "verdict": result.verdict,
        "steps": median_low(evidence.steps) if evidence.steps else None,
        "notes": _notes(evidence, line_up, votes, key, calibration),
    }
    agreement = weak[0].stored["rate"] if key.key else None
    return SeedVerdict(columns, agreement, attention(result.posterior, evidence.steps))


def attention(posterior: science.Posterior, steps: Sequence[int]) -> float:
    """How much a curator's look is worth, in [0, 1].

    The entropy of the four-way posterior over its largest value, log 4; with two judges or more,
    its mean with their disagreement, (max - min) / max of their step counts.
    """
    entropy = -sum(p * math.log(p) for p in posterior if p > 0) / math.log(4)
    if len(steps) < 2:
        return min(entropy, 1.0)
    return min((entropy + (max(steps) - min(steps)) / max(steps)) / 2, 1.0)


def _key(
    evidence: Evidence,
    reference: LineUpEntry | None,
    votes: Plurality,
    calibration: Calibration,
    policy: Policy,
) -> Key:
    given = canonical_key(evidence.given_answer)
    if given is not None:
        return Key("given", given, evidence.given_answer, policy.gold_reliability)
    features = features_of(votes)
    if votes.winner is None or features is None:
        return Key("none", None, None, 0.0)
    text = _texts(evidence, reference).get(votes.winner)
    return Key("plurality", votes.winner, text, calibration.reliability.reliability(features))


def _same(answer: AnswerKey, key: AnswerKey | None) -> bool:
    return key is not None and equivalent_by_rules(answer, key)


class _Agreement(NamedTuple):
    """A weak model's answers against the key; `stored` is what the verdict keeps of it."""

    endpoint_id: int
    stored: dict[str, Any]


def _agreement(entry: LineUpEntry, evidence: Evidence, key: Key) -> _Agreement:
    answers = [answer.key for answer in evidence.answers.get(entry.endpoint_id, ())]
    votes = plurality(answers, equivalent_by_rules)
    matching = sum(found.count for found in votes.classes if _same(found.key, key.key))
    low, high = jeffreys_interval(matching, votes.total)
    stored = {
        "endpoint": entry.name,
        "model": entry.model,
        "matching": matching,
        "total": votes.total,
        "rate": matching / votes.total if votes.total else None,
        "low": low,
        "high": high,
        "classes": _classes_json(votes, _texts(evidence, entry), key.key),
        "unanswered": votes.unanswered,
    }
    return _Agreement(entry.endpoint_id, stored)


def _weak_evidence(weak: _Agreement, key: Key, calibration: Calibration) -> science.WeakEvidence:
    # The fitted priors speak of the reference's mistakes, not of those of who gave an answer.
    priors = calibration.wrong_key_priors if key.origin == "plurality" else {}
    return science.WeakEvidence(
        weak.stored["matching"], weak.stored["total"], priors.get(weak.endpoint_id)
    )


def _texts(evidence: Evidence, entry: LineUpEntry | None) -> dict[AnswerKey, str]:
    """How each class was first written."""
    texts: dict[AnswerKey, str] = {}
    for answer in evidence.answers.get(entry.endpoint_id, ()) if entry else ():
        if answer.key is not None:
            texts.setdefault(answer.key, answer.text or "")
    return texts


def _classes_json(
    votes: Plurality, texts: Mapping[AnswerKey, str], reference: AnswerKey | None
) -> list[dict[str, Any]]:
    return [
        {
            "key": str(found.key),
            "keys": sorted(map(str, found.keys)),
            "answer": texts[found.key],
            "count": found.count,
            "share": found.count / votes.total,
            "is_reference": _same(found.key, reference),
        }
        for found in votes.classes
    ]


def _plurality_json(
    votes: Plurality, texts: Mapping[AnswerKey, str], reference: AnswerKey | None
) -> dict[str, Any]:
    return {
        "classes": _classes_json(votes, texts, reference),
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
    if key.origin == "given" and votes.winner and not _same(votes.winner, key.key):
        notes.append("the reference's plurality is not the given answer")
    if key.origin == "plurality" and calibration.wrong_keys:
        notes.append(
            f"repeated mistakes: fitted on {_counted(calibration.wrong_keys, 'wrong key')}"
        )
    judged = len(evidence.steps) + len(evidence.unscored)
    if any(entry.role == "judge" for entry in line_up) and not judged:
        notes.append("no judge has answered")
    notes += [f"unscored judgment: {reason}" for reason, _ in Counter(evidence.unscored).items()]
    return notes


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _key_note(evidence: Evidence, votes: Plurality, key: Key, calibration: Calibration) -> str:
    gold = calibration.reliability.gold_seeds
    if key.origin == "given":
        return "reliability: the answer was given"
    if key.origin == "plurality":
        basis = f"fitted on {_counted(gold, 'gold seed')}" if gold else "prior only, no gold seeds"
        return f"reliability: {basis}"
    if votes.tie:
        return "no key: the reference's votes tie"
    if votes.total:
        return "no key: the reference gave no usable answer"
    return "no key: the given answer cannot be read" if evidence.given_answer else "no key"
