"""The last look before rows go out: their prompts are checked, and so are their responses.

Prompts that are due are checked as the check job does it, so that what is found can be settled.
Responses belong to an export alone: rows whose response stands in a benchmark are left out and
listed, but for the items that a curator has let the seed's own prompt through for. So are rows that
have words of a guideline, which nobody who is trained on them may learn.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from backend.database import session_scope
from backend.decontamination.checking import count_due
from backend.decontamination.index import LoadedIndex, current_index
from backend.decontamination.item_names import item_names
from backend.decontamination.passes import ModelStages, check_all_due
from backend.exports.files import LeftOutFile
from backend.exports.guidelines import GuidelineCheck
from backend.exports.rows import AcceptedSeed, Row
from backend.exports.selection import accepted
from backend.jobs.service import ClaimedJob
from backend.science.contamination import Hit
from backend.seeds.filters import SeedFilter

RESPONSE: Final = "response stands in a benchmark"
QUOTES: Final = "it has words of a guideline"
UNCHECKED: Final = "not checked against today's benchmarks"
BATCH: Final = 500


# A seed and the sample that is its response: with several traces it has several rows.
_Place = tuple[int, int | None]


class Candidate(NamedTuple):
    """A seed and the row that it would be."""

    seed: AcceptedSeed
    row: Row


def check_prompts(job: ClaimedJob, stages: ModelStages, wanted: SeedFilter) -> LoadedIndex:
    """Check the export's seeds until none is due; the index that all have been checked against."""
    only = accepted(wanted)
    while True:
        with session_scope() as session:
            loaded = current_index(session)
            due = count_due(session, loaded.id, only=only)
        if not due or not loaded.texts:
            return loaded
        check_all_due(job, stages, only=only)


class Screen:
    """Lets through the rows whose texts stand in no benchmark.

    Args:
        session: where items are looked up.
        loaded: what prompts were checked against, and responses are to be.
        guidelines: what no row may hold.
        left_out: counts the rows that are not let through, by reason.
        listed: where they are listed.

    Attributes:
        carried: how many rows say that their seed is made from a benchmark item.
    """

    def __init__(
        self,
        session: Session,
        loaded: LoadedIndex,
        guidelines: GuidelineCheck,
        left_out: Counter[str],
        listed: LeftOutFile,
    ) -> None:
        self.carried = 0
        self._session, self._loaded, self._guidelines = session, loaded, guidelines
        self._left_out, self._listed = left_out, listed

    def clean(self, candidates: Iterator[Candidate]) -> Iterator[Row]:
        """The rows that may go out."""
        while batch := list(islice(candidates, BATCH)):
            fresh = [each for each in batch if self._is_checked(each.seed) and self._is_own(each)]
            found = self._found_in_responses(fresh)
            for candidate in fresh:
                if _place(candidate) not in found:
                    self.carried += bool(candidate.seed.confirmed_hits)
                    yield candidate.row
            self._list(found)

    def _is_checked(self, seed: AcceptedSeed) -> bool:
        if not self._loaded.texts or (seed.checked_index or 0) >= self._loaded.id:
            return True
        self._left_out[UNCHECKED] += 1
        self._listed.write({"seed_id": seed.seed_id, "reason": UNCHECKED})
        return False

    def _is_own(self, candidate: Candidate) -> bool:
        """Whether a row has no words of a guideline; which one is for nobody to read here."""
        if self._guidelines.find(candidate.row) is None:
            return True
        self._left_out[QUOTES] += 1
        self._listed.write({"seed_id": candidate.seed.seed_id, "reason": QUOTES})
        return False

    def _found_in_responses(self, candidates: list[Candidate]) -> dict[_Place, list[Hit]]:
        """The hits that keep rows from going out."""
        said = [each for each in candidates if _is_said(each.row)]
        if not said or not self._loaded.texts:
            return {}
        hits = self._loaded.find_copies([each.row["messages"][-1]["content"] for each in said])
        stopping = {
            _place(each): [hit for hit in found if self._stops(each.seed, hit)]
            for each, found in zip(said, hits, strict=True)
        }
        return {place: found for place, found in stopping.items() if found}

    def _stops(self, seed: AcceptedSeed, hit: Hit) -> bool:
        action = self._loaded.settings.actions.of(hit.verdict)
        return action != "ignore" and int(hit.item_id) not in seed.passed_items

    def _list(self, found: dict[_Place, list[Hit]]) -> None:
        self._left_out[RESPONSE] += len(found)
        names = item_names(self._session, {int(h.item_id) for hits in found.values() for h in hits})
        for (seed_id, _), hits in found.items():
            for hit in hits:
                described = {"method": hit.method, "verdict": hit.verdict, "score": hit.score}
                named = names.get(int(hit.item_id), {})
                self._listed.write({"seed_id": seed_id, "reason": RESPONSE} | named | described)


def _is_said(row: Row) -> bool:
    """Whether a model wrote the response."""
    return row.get("response_origin") in ("reference", "trace")


def _place(candidate: Candidate) -> _Place:
    return candidate.seed.seed_id, candidate.seed.sample_id
