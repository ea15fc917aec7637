"""A seed while it is scored: what came back, what is on its way, which answers are the same."""

from collections.abc import Sequence
from itertools import combinations

from backend.runs.pending import PendingSeed
from backend.science.answers import AnswerKey, canonical_key
from backend.science.code_tests import gold_key
from backend.science.equivalence import decided_by_rules, may_be_equivalent
from backend.science.judged_equivalence import wants_judge
from backend.science.known_equivalences import Pair, PairDecision, ordered_pair, relation_of
from backend.science.sampling_rules import SeedAnswers
from backend.science.stopping import Call, SeedState


class OpenSeed:
    """One seed's answers and calls.

    Attributes:
        seed: as it was when it was taken.
        given: its known answer, or the one that is proposed for it.
        answers: what came back, by call.
        open: calls that are on their way or wait for it, and programs that are being tested.
        failed: calls that failed for good, and why.
        texts: how each answer was first written.
        known: what has been found out about pairs of answers.
    """

    def __init__(self, seed: PendingSeed) -> None:
        self.seed = seed
        self.given = gold_key(seed.tests.tests) if seed.tests else canonical_key(seed.given_answer)
        self.answers: dict[Call, AnswerKey | None] = dict(seed.answers)
        self.open: set[Call] = set(seed.untested)
        self.failed: dict[Call, str] = {}
        self.texts: dict[AnswerKey, str] = dict(seed.texts)
        if self.given is not None and seed.given_answer is not None and seed.tests is None:
            self.texts[self.given] = seed.given_answer
        self.known: dict[Pair, PairDecision] = dict(seed.known)
        self._compared: set[AnswerKey] = set()

    @property
    def state(self) -> SeedState:
        """What its next calls follow from."""
        return SeedState(self.answers, self.open, self.failed.keys())

    @property
    def said(self) -> SeedAnswers:
        """What a sampling rule decides from.

        A gold seed is asked about as if its answer were not known: else its votes would say little
        of those on other seeds. An answer that is only proposed is none.
        """
        given = None if self.seed.votes_decide and self.seed.tests is None else self.given
        keys: dict[int, list[AnswerKey | None]] = {}
        for call in sorted(self.answers):
            keys.setdefault(call.endpoint, []).append(self.answers[call])
        return SeedAnswers(
            keys,
            relation_of(self.known),
            given,
            self.seed.votes_decide
            or (self.seed.calibrates and self.seed.tests is None)
            or given is None,
            self.seed.domain,
            {call.endpoint for call in self.failed},
        )

    def answered(self, call: Call, key: AnswerKey | None, text: str | None) -> None:
        """Note what a call brought."""
        self.answers[call] = key
        self.open.discard(call)
        if key is not None:
            self.texts.setdefault(key, text or "")

    def undecided(self) -> tuple[list[Pair], list[Pair]]:
        """Pairs of its answers that only algebra, or only a judge, can tell; each is told once."""
        keys = {key for key in (*self.answers.values(), self.given) if key is not None}
        new = keys - self._compared
        self._compared = keys
        pairs = [
            pair
            for pair in (ordered_pair(*found) for found in combinations(sorted(keys), 2))
            if (pair[0] in new or pair[1] in new) and pair not in self.known
        ]
        for_algebra = [
            pair for pair in pairs if may_be_equivalent(*pair) and decided_by_rules(*pair) is None
        ]
        return for_algebra, [pair for pair in pairs if wants_judge(*pair)]

    def decide(self, pairs: Sequence[Pair], verdicts: Sequence[bool | None], by: str) -> None:
        """Note what was found out about pairs of its answers."""
        for pair, verdict in zip(pairs, verdicts, strict=True):
            self.known[pair] = PairDecision(verdict, by)
