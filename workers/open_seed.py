"""A seed while it is scored: what came back, what is on its way, which answers are the same."""

from collections.abc import Sequence

from backend.runs.pending import PendingSeed
from backend.science.answer_classes import candidate_pairs
from backend.science.answers import AnswerKey, canonical_key
from backend.science.equivalence import decided_by_rules
from backend.science.known_equivalences import Pair, PairDecision, ordered_pair, relation_of
from backend.science.sampling_rules import SeedAnswers
from backend.science.stopping import Call, SeedState


class OpenSeed:
    """One seed's answers and calls.

    Attributes:
        seed: as it was when it was taken.
        given: its known answer.
        answers: what came back, by call.
        open: calls that are on their way or wait for it.
        failed: calls that failed for good, and why.
    """

    def __init__(self, seed: PendingSeed) -> None:
        self.seed = seed
        self.given = canonical_key(seed.given_answer)
        self.answers: dict[Call, AnswerKey | None] = dict(seed.answers)
        self.open: set[Call] = set()
        self.failed: dict[Call, str] = {}
        self._known: dict[Pair, PairDecision] = dict(seed.known)
        self._compared: set[AnswerKey] = set()

    @property
    def state(self) -> SeedState:
        """What its next calls follow from."""
        return SeedState(self.answers, self.open, self.failed.keys())

    @property
    def said(self) -> SeedAnswers:
        """What a sampling rule decides from.

        A gold seed is asked about as if its answer were not known: else its votes would say little
        of those on other seeds.
        """
        keys: dict[int, list[AnswerKey | None]] = {}
        for call in sorted(self.answers):
            keys.setdefault(call.endpoint, []).append(self.answers[call])
        return SeedAnswers(
            keys,
            relation_of(self._known),
            self.given,
            self.seed.calibrates or self.given is None,
            self.seed.domain,
            {call.endpoint for call in self.failed},
        )

    def undecided(self) -> list[Pair]:
        """Pairs of its answers that neither rules nor what is known decide; each is told once."""
        keys = {key for key in (*self.answers.values(), self.given) if key is not None}
        new = keys - self._compared
        self._compared = keys
        return [
            pair
            for pair in (ordered_pair(*found) for found in candidate_pairs(sorted(keys)))
            if (pair[0] in new or pair[1] in new)
            and pair not in self._known
            and decided_by_rules(*pair) is None
        ]

    def decide(self, pairs: Sequence[Pair], verdicts: Sequence[bool | None], by: str) -> None:
        """Note what was found out about pairs of its answers."""
        for pair, verdict in zip(pairs, verdicts, strict=True):
            self._known[pair] = PairDecision(verdict, by)
