"""Whether a trace gives a benchmark item away: its text is looked through as a response is.

The problem that a trace repeats is its seed's, and seeds are checked for themselves: an item that a
curator has let the seed through for does not count against its traces.
"""

import threading
from collections.abc import Iterator, Sequence

from sqlalchemy import select

from backend.database import session_scope
from backend.decontamination.index import LoadedIndex
from backend.decontamination.item_names import item_names
from backend.decontamination.standing import PASSED
from backend.decontamination.tables import DecontaminationHit
from backend.science.contamination import Hit, Span
from backend.science.thinking import Trace
from backend.science.trace_evidence import Evidence, Passage, Rejection

_BETWEEN = "\n\n"


class TraceScreen:
    """Looks for benchmark items in traces; its threads take turns.

    Args:
        loaded: the index of today's benchmarks.
    """

    def __init__(self, loaded: LoadedIndex) -> None:
        self._loaded = loaded
        self._lock = threading.Lock()

    def find(self, revision_id: int, trace: Trace) -> Rejection | None:
        """The surest item that stands in a trace of this wording and that nobody has let pass."""
        if not self._loaded.texts:
            return None
        with self._lock:
            (hits,) = self._loaded.find_copies([_BETWEEN.join((trace.thinking, trace.answer))])
        actions = self._loaded.settings.actions
        hits = [hit for hit in hits if actions.of(hit.verdict) != "ignore"]
        return _rejection(revision_id, trace, hits) if hits else None


def _rejection(revision_id: int, trace: Trace, hits: Sequence[Hit]) -> Rejection | None:
    with session_scope() as session:
        wanted = select(DecontaminationHit.item_id).where(
            DecontaminationHit.revision_id == revision_id, PASSED
        )
        passed = set(session.scalars(wanted))
        hits = [hit for hit in hits if int(hit.item_id) not in passed]
        if not hits:
            return None
        item_id = int(hits[0].item_id)
        name = item_names(session, [item_id])[item_id]
    words = " ".join(str(part) for part in name.values() if part)
    passages = tuple(
        passage for span in hits[0].spans for passage in _passages(span, len(trace.thinking))
    )
    return Rejection("contaminated", Evidence(f"holds an item of {words}", passages))


def _passages(span: Span, thinking: int) -> Iterator[Passage]:
    """A span of both parts joined, as passages of each."""
    answer = thinking + len(_BETWEEN)
    if span.seed_start < thinking:
        yield Passage("thinking", span.seed_start, min(span.seed_end, thinking))
    if span.seed_end > answer:
        yield Passage("answer", max(span.seed_start - answer, 0), span.seed_end - answer)
