"""What all steps of a shard's batches need: the plan, transactions that hold the job, sending."""

import contextlib
import logging
from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from backend.database import session_scope
from backend.jobs.service import ClaimedJob
from backend.runs import batches, control
from backend.runs.plan import RunStatus, ShardPlan
from backend.runs.recording import Recorder
from backend.runs.shard_recorder import Batch as Answers
from backend.scoring.line_up import LineUpEntry
from backend.scoring.samples import NewSample, storable
from backend.scoring.tables import BatchRequest
from workers.batch_client import BatchClient, ProviderBatch
from workers.batch_lines import Line
from workers.endpoint_config import EndpointConfig, endpoint_config
from workers.retries import AttemptFailed

log = logging.getLogger("seedbed.batches")


class BatchShard:
    """A shard whose batches a job looks after."""

    def __init__(self, job: ClaimedJob, plan: ShardPlan) -> None:
        self.job = job
        self.plan = plan
        self.state = plan.status.state

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction that raises LeaseLost where the job belongs to another by now."""
        with session_scope() as session:
            self.job.fence(session)
            yield session

    def entry(self, endpoint_id: int) -> LineUpEntry:
        """The endpoint's place in the line-up."""
        return next(e for e in self.plan.line_up if e.endpoint_id == endpoint_id)

    def config(self, endpoint_id: int) -> EndpointConfig:
        """How the endpoint is called."""
        return endpoint_config(self.plan.endpoints[endpoint_id])

    def record(self, samples: Sequence[NewSample]) -> RunStatus:
        """Store answers; says how the run stands."""
        with session_scope() as session:
            recorder = Recorder(session, self.job, self.plan)
            status = recorder.record(session, Answers(samples=list(samples)))
        self.state = status.state
        return status

    def change(self, batch: BatchRequest, **values: object) -> None:
        """Note how a batch stands."""
        with self.transaction() as session:
            batches.change(session, batch, **values)

    def halt(self, note: str) -> None:
        """Pause the run, if it is running, and say why."""
        log.warning("run %s: %s", self.plan.run_id, note)
        with self.transaction() as session:
            control.halt(session, self.plan.run_id, storable(note))
        self.state = "paused" if self.state == "running" else self.state

    def send(self, batch: BatchRequest, lines: Sequence[Line]) -> None:
        """Give a prepared batch to its provider.

        What can be tried again is left to the next step; a refusal for good closes the batch, of
        which nothing exists then, and pauses the run.
        """
        try:
            with BatchClient(self.config(batch.endpoint_id)) as client:
                content = b"".join(line.content + b"\n" for line in lines)
                self.change(batch, input_file_id=client.upload(content), note=None)
                self.create(client, batch)
        except AttemptFailed as failure:
            self.not_sent(batch, failure)

    def create(self, client: BatchClient, batch: BatchRequest) -> None:
        """Have the calls of the uploaded file made."""
        assert batch.input_file_id is not None
        self.sent(batch, client.create(batch.input_file_id, token_of(batch)))

    def sent(self, batch: BatchRequest, made: ProviderBatch) -> None:
        """The provider has the batch."""
        log.info("batch %s is %s at its provider", batch.id, made.id)
        self.change(batch, provider_id=made.id, state="sent", note=None)

    def not_sent(self, batch: BatchRequest, failure: AttemptFailed) -> None:
        """The provider has refused it, or does not answer."""
        reason = f"{failure.code}: {failure.message}"
        if failure.retryable:
            self.change(batch, note=reason)
            return
        with self.transaction() as session:
            batches.settle(session, batch, "failed", reason, 0, {})
        self.halt(f"{self.entry(batch.endpoint_id).name} takes no batch: {reason}")


def token_of(batch: BatchRequest) -> str:
    """What a batch is known by at its provider, also beside those of another Seedbed."""
    return f"{batch.id}/{batch.created_at.timestamp():.6f}"
