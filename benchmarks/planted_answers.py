"""Wrong answers in rewrites that models have really answered: does the measured check say so?"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final

from backend.rewriting.measured import Known, measure
from backend.science.answers import AnswerKey, canonical_key
from backend.science.calibration import UNCALIBRATED
from backend.science.equivalence import (
    decided_by_rules,
    equivalent_by_rules,
    may_be_equivalent,
)
from backend.science.known_equivalences import Pair, PairDecision, ordered_pair
from backend.science.teachability_policy import Policy
from backend.scoring.tables import Teachability
from backend.scoring.verdicts import Answer, Evidence, seed_verdict
from benchmarks.rewrite_data import WEAK, Honest, line_up
from workers.equivalence_pool import EquivalencePool

CHECK: Final = "reference_decisive"
Votes = Mapping[int, Sequence[Answer]]


def outcomes(
    honest: Sequence[Honest], votes: Mapping[str, Votes], *, wrong: bool
) -> dict[str, Counter[str]]:
    """What the check says of each data set's rewrites with their own answer, or a wrong one."""
    chance = random.Random("wrong answers")
    found: dict[str, Counter[str]] = {}
    pool = EquivalencePool(processes=1)
    try:
        for one in honest:
            if one.id not in votes:
                continue
            answer = _wrong_answer(one, votes[one.id], chance) if wrong else one.wording.answer
            if answer is not None:
                known = _by_algebra(answer, votes[one.id], pool)
                counts = found.setdefault(one.group, Counter())
                counts[_outcome(one.group, answer, votes[one.id], known)] += 1
    finally:
        pool.close()
    return found


def _by_algebra(answer: str, votes: Votes, pool: EquivalencePool) -> dict[Pair, PairDecision]:
    """What a run would have found out about pairs that rules cannot tell."""
    said = {each.key for given in votes.values() for each in given} | {canonical_key(answer)}
    keys = sorted(key for key in said if key is not None)
    pairs = [ordered_pair(*pair) for pair in combinations(keys, 2)]
    return {
        pair: PairDecision(pool(*pair), "algebra")
        for pair in pairs
        if may_be_equivalent(*pair) and decided_by_rules(*pair) is None
    }


def _outcome(group: str, answer: str, votes: Votes, decided: dict[Pair, PairDecision]) -> str:
    models = line_up(group)
    evidence = Evidence(1, answer, votes, [], [], known=decided, votes_decide=True)
    columns = seed_verdict(evidence, models, UNCALIBRATED, Policy()).columns
    known = Known(evidence, Teachability(**columns), None, {})
    return measure(known, models, Policy().threshold)[CHECK].outcome


def _wrong_answer(one: Honest, votes: Votes, chance: random.Random) -> str | None:
    """What the weak model got wrong, or a number beside the right one."""
    right = canonical_key(one.wording.answer)
    given = [said.text for said in votes.get(WEAK, ()) if said.key is not None and said.text]
    wrong = [text for text in given if not _same(text, right)]
    if wrong and chance.random() < 0.5:
        return chance.choice(wrong)
    if right is None or right.kind != "integer":
        return chance.choice(wrong) if wrong else None
    value = int(right.value)
    return str(chance.choice([value + 1, value - 1, 2 * value + 1, value + 10]))


def _same(text: str, right: AnswerKey | None) -> bool:
    key = canonical_key(text)
    return (
        key is not None and right is not None and (key == right or equivalent_by_rules(key, right))
    )
