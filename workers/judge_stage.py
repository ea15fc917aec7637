"""Stage judge of decontamination: what a model says of the pairs that the other stages found."""

from collections.abc import Mapping, Sequence
from typing import Final

from backend.database import session_scope
from backend.decontamination.asking import StageFailed, gated_items, may_have_gated
from backend.decontamination.index import LoadedIndex
from backend.decontamination.judgments import TextPair, known_judgments
from backend.decontamination.passes import Asked
from backend.decontamination.recording import CheckedSeed
from backend.decontamination.words import hash_of
from backend.endpoints.tables import Endpoint
from backend.jobs.service import ClaimedJob
from backend.science.contamination import Hit
from backend.science.judged_pairs import Judgment, judged, question_hash, wants_judge
from workers.pair_judge import PairTexts, judge

_WITHHELD: Final = Judgment("unknown", "items of gated benchmarks are not sent to this endpoint")
_UNASKED: Final = Judgment("unknown", "the judge could not be asked")


class JudgeStage:
    """One judge and the hits of one batch of seeds."""

    def __init__(
        self, job: ClaimedJob, loaded: LoadedIndex, endpoint_id: int, checked: Sequence[CheckedSeed]
    ) -> None:
        self._job, self._texts, self._checked = job, loaded.texts, checked
        items = {int(hit.item_id) for row in checked for hit in row.hits if wants_judge(hit)}
        with session_scope() as session:
            self._endpoint = session.get_one(Endpoint, endpoint_id)
            self._gated = gated_items(session, items)
        self._may_go = may_have_gated(self._endpoint, loaded.settings)

    def ask(self, failure: str | None) -> Asked:
        """Have the hits judged, those of which nothing can be known as unknown.

        Args:
            failure: why the judge is not to be asked any more.

        Raises:
            LeaseLost: another attempt has the job.
        """
        pairs = self._pairs()
        known = self._known(pairs)
        missing = {pair: texts for pair, texts in pairs.items() if pair not in known}
        if missing and failure is None:
            try:
                judge(self._job, self._endpoint.id, missing)
            except StageFailed as failed:
                failure = str(failed)
            known = self._known(pairs)
        rows = [row._replace(hits=self._judged(row, known)) for row in self._checked]
        return Asked(rows, None if pairs.keys() <= known.keys() else failure)

    def _pairs(self) -> dict[TextPair, PairTexts]:
        """What may be sent."""
        pairs: dict[TextPair, PairTexts] = {}
        for row in self._checked:
            for hit in row.hits:
                gated = int(hit.item_id) in self._gated
                if wants_judge(hit) and (self._may_go or not gated):
                    texts = PairTexts(row.seed.prompt, self._texts[int(hit.item_id)], gated)
                    pair = self._pair(row, hit)
                    # A text that one benchmark gates is gated, whoever else has it.
                    seen = pairs.get(pair, texts)
                    pairs[pair] = texts._replace(gated=gated or seen.gated)
        return pairs

    def _judged(self, row: CheckedSeed, known: Mapping[TextPair, Judgment]) -> list[Hit]:
        return [self._as_judged(row, hit, known) if wants_judge(hit) else hit for hit in row.hits]

    def _as_judged(self, row: CheckedSeed, hit: Hit, known: Mapping[TextPair, Judgment]) -> Hit:
        gated = int(hit.item_id) in self._gated
        judgment = known.get(self._pair(row, hit))
        if judgment is None:
            judgment = _WITHHELD if gated and not self._may_go else _UNASKED
        elif gated:
            judgment = judgment._replace(reason=None)
        by = {
            "model": self._endpoint.model, "endpoint": self._endpoint.name,
            "question": question_hash().hex(),
        }  # fmt: skip
        return judged(hit, judgment, by)

    def _pair(self, row: CheckedSeed, hit: Hit) -> TextPair:
        return TextPair(hash_of(row.seed.prompt), hash_of(self._texts[int(hit.item_id)]))

    def _known(self, pairs: Mapping[TextPair, PairTexts]) -> dict[TextPair, Judgment]:
        with session_scope() as session:
            return known_judgments(session, self._endpoint, pairs)
