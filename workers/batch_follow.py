"""Open batches: sent if they were only prepared, looked at, collected when they have ended."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from backend.database import session_scope
from backend.runs import batches
from backend.runs.batches import Request
from backend.scoring.samples import NewSample
from backend.scoring.tables import BatchRequest
from workers.batch_client import ENDED, BatchClient, ProviderBatch
from workers.batch_lines import Line, Outcome, lines_of, outcome_of, place_of
from workers.batch_shard import BatchShard, token_of
from workers.questions import new_sample
from workers.retries import AttemptFailed

# Lines that are stored in one transaction.
CHUNK = 500
LOOKED_FOR = "not found at the provider; looking once more"


class Follower:
    """Looks at one batch after the other, each with its provider."""

    def __init__(self, shard: BatchShard) -> None:
        self._shard = shard

    def look(self, batch: BatchRequest) -> None:
        """Do what can be done for an open batch now."""
        if batch.state == "preparing" and batch.input_file_id is None:
            self._send_late(batch)
            return
        try:
            with BatchClient(self._shard.config(batch.endpoint_id)) as client:
                if batch.state == "preparing":
                    self._find(client, batch)
                else:
                    self._follow(client, batch)
        except AttemptFailed as failure:
            self._trouble(batch, failure)

    def _trouble(self, batch: BatchRequest, failure: AttemptFailed) -> None:
        if batch.state == "preparing":
            self._shard.not_sent(batch, failure)
        elif failure.code == "http_404":
            self._settle(batch, "failed", "the provider does not know it any more", set(), {})
        else:
            reason = f"{failure.code}: {failure.message}"
            self._shard.change(batch, note=f"cannot be looked at: {reason}")
            if not failure.retryable:
                name = self._shard.entry(batch.endpoint_id).name
                self._shard.halt(f"{name} does not show its batch {batch.provider_id}: {reason}")

    # Prepared only

    def _send_late(self, batch: BatchRequest) -> None:
        """No file was uploaded, so nothing exists at the provider."""
        if self._shard.state == "running":
            self._shard.send(batch, list(self._lines(batch)))
        elif self._shard.state == "cancelled":
            self._settle(batch, "cancelled", None, set(), {})

    def _lines(self, batch: BatchRequest) -> Iterator[Line]:
        indices: dict[int, list[int]] = defaultdict(list)
        for revision_id, index, *_ in batch.requests:
            indices[revision_id].append(index)
        with session_scope() as session:
            prompts = batches.prompts_of(session, list(indices))
        entry = self._shard.entry(batch.endpoint_id)
        config = self._shard.config(batch.endpoint_id)
        for revision_id, wanted in indices.items():
            yield from lines_of(entry, config, revision_id, prompts[revision_id], wanted)

    def _find(self, client: BatchClient, batch: BatchRequest) -> None:
        """The worker ended between uploading the file and hearing of the batch.

        A request that was cut off may still be carried out: only a batch that is missing twice, a
        step apart, was not made.
        """
        made = client.find(token_of(batch))
        if made is not None:
            self._shard.sent(batch, made)
        elif batch.note != LOOKED_FOR:
            self._shard.change(batch, note=LOOKED_FOR)
        elif self._shard.state == "running":
            self._shard.create(client, batch)
        elif self._shard.state == "cancelled":
            self._settle(batch, "cancelled", None, set(), {})

    # Sent

    def _follow(self, client: BatchClient, batch: BatchRequest) -> None:
        assert batch.provider_id is not None
        found = client.retrieve(batch.provider_id)
        if found.state in ENDED:
            self._collect(client, batch, found)
            return
        share = len(batch.requests) / max(found.total, 1)  # a line may bring several samples
        self._shard.change(
            batch, note=None, answered=round(found.answered * share),
            failed=round(found.failed * share),
        )  # fmt: skip
        if self._shard.state == "cancelled" and found.state != "cancelling":
            client.cancel(batch.provider_id)

    def _collect(self, client: BatchClient, batch: BatchRequest, found: ProviderBatch) -> None:
        answered: set[Request] = set()
        refused: dict[Request, str] = {}
        reasons: Counter[str] = Counter([found.errors] if found.errors else [])
        for lines in _in_chunks(self._lines_back(client, found), CHUNK):
            outcomes = self._outcomes(batch, lines)
            self._shard.record(self._samples(batch, outcomes))
            for outcome in outcomes:
                answered.update(outcome.place.requests[: len(outcome.replies)])
                if outcome.failure is not None:
                    reason = f"{outcome.failure.code}: {outcome.failure.message}"
                    reasons[reason] += 1
                    if _is_about_the_line(outcome.failure):
                        refused |= dict.fromkeys(outcome.place.requests, reason)
        notes = ["expired"] * (found.state == "expired")
        notes += [reason for reason, _ in reasons.most_common(1)]
        state = found.state if found.state in ("failed", "cancelled") else "collected"
        self._settle(batch, state, "; ".join(notes) or None, answered, refused)

    def _lines_back(self, client: BatchClient, found: ProviderBatch) -> Iterator[dict[str, Any]]:
        for file_id in (found.output_file_id, found.error_file_id):
            if file_id is not None:
                yield from client.lines(file_id)

    def _outcomes(self, batch: BatchRequest, lines: Iterable[dict[str, Any]]) -> list[Outcome]:
        """What became of those lines that the batch has asked for."""
        asked = {(revision_id, index) for revision_id, index, *_ in batch.requests}
        ours = [
            (line, place)
            for line in lines
            if (place := place_of(line)) is not None and asked.issuperset(place.requests)
        ]
        with session_scope() as session:
            prompts = batches.prompts_of(session, [place.revision_id for _, place in ours])
        entry = self._shard.entry(batch.endpoint_id)
        config = self._shard.config(batch.endpoint_id)
        return [
            outcome_of(line, place, entry, config, prompts[place.revision_id].text)
            for line, place in ours
        ]

    def _samples(self, batch: BatchRequest, outcomes: Iterable[Outcome]) -> list[NewSample]:
        entry = self._shard.entry(batch.endpoint_id)
        endpoint = self._shard.plan.endpoints[batch.endpoint_id]
        return [
            new_sample(entry, endpoint, *request, reply, for_program=place.for_program)[0]
            for place, replies, _ in outcomes
            for request, reply in zip(place.requests, replies, strict=False)
        ]

    def _settle(
        self,
        batch: BatchRequest,
        state: str,
        note: str | None,
        answered: set[Request],
        refused: dict[Request, str],
    ) -> None:
        with self._shard.transaction() as session:
            batches.settle(session, batch, state, note, len(answered), refused)
        brought = bool(answered or refused)
        if self._shard.state == "running" and (state != "collected" or not brought):
            name = self._shard.entry(batch.endpoint_id).name
            how = "brought nothing" if state == "collected" else f"was {state}"
            self._shard.halt(f"batch {batch.provider_id} of {name} {how}: {note or 'no reason'}")


def _is_about_the_line(failure: AttemptFailed) -> bool:
    """Whether this line would be refused again, and others need not be."""
    of_request = failure.about_prompt or failure.code in ("http_400", "http_422")
    return of_request and not failure.retryable


def _in_chunks(lines: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    iterator = iter(lines)
    while chunk := list(islice(iterator, size)):
        yield chunk
