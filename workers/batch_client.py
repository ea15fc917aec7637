"""OpenAI's Batch API: files of calls that a provider works through within a day, at a lower price.

https://platform.openai.com/docs/guides/batch. Each method is one request, tried once: whoever asks
comes again later anyway.
"""

import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self

import httpx2
from openai import APIConnectionError, APIError, APIStatusError, DefaultHttpxClient, OpenAI
from openai.types import Batch, FileObject

from workers.complaints import complaint_of
from workers.endpoint_config import EndpointConfig
from workers.json_bodies import json_of
from workers.keys import key_in, without_key
from workers.refusals import refusal
from workers.retries import AttemptFailed

# The path of each call in a file; it does not follow the base URL.
CALL_PATH: Literal["/v1/chat/completions"] = "/v1/chat/completions"
# OpenAI takes 50,000 calls and 200 MB; less is less to ask again, and to hold in memory.
MOST_LINES = 10_000
MOST_BYTES = 100_000_000
METADATA = "seedbed_batch"
ENDED = ("completed", "failed", "expired", "cancelled")
# Files of many megabytes go up and come down.
SECONDS = 600.0
LISTED = 100
MOST_LISTED = 5_000


class ProviderBatch(NamedTuple):
    """A batch as its provider tells of it; `state` is one of its own words."""

    id: str
    state: str
    output_file_id: str | None
    error_file_id: str | None
    answered: int
    failed: int
    total: int
    errors: str


class BatchClient:
    """Sends and follows the batches of one endpoint. All methods raise AttemptFailed.

    What a caller may try again later is `retryable`, the rest was refused for good.
    """

    def __init__(self, config: EndpointConfig) -> None:
        self._key = key_in(config.key_variable)
        self._openai = OpenAI(
            api_key=self._key or "none",
            base_url=config.base_url,
            max_retries=0,
            timeout=SECONDS,
            # A redirect could carry the key elsewhere.
            http_client=DefaultHttpxClient(follow_redirects=False),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._openai.close()

    def upload(self, content: bytes) -> str:
        """Give the provider a file of calls, one JSON object a line; returns the file's name."""
        with self._explained():
            made = self._openai.files.create(file=("calls.jsonl", content), purpose="batch")
        if not isinstance(made, FileObject) or not isinstance(made.id, str):
            raise AttemptFailed("garbage", "the answer to the upload names no file")
        return made.id

    def create(self, file_id: str, token: str) -> ProviderBatch:
        """Have the calls of a file made. `token` is how `find` knows the batch again."""
        with self._explained():
            made = self._openai.batches.create(
                input_file_id=file_id,
                endpoint=CALL_PATH,
                completion_window="24h",
                metadata={METADATA: token},
            )
        return _checked(made)

    def find(self, token: str) -> ProviderBatch | None:
        """The batch that was created with this token, among the provider's newest."""
        with self._explained():
            for seen, batch in enumerate(self._openai.batches.list(limit=LISTED)):
                if seen >= MOST_LISTED:
                    break
                if isinstance(batch.metadata, dict) and batch.metadata.get(METADATA) == token:
                    return _checked(batch)
        return None

    def retrieve(self, batch_id: str) -> ProviderBatch:
        """How far a batch is."""
        with self._explained():
            found = self._openai.batches.retrieve(batch_id)
        return _checked(found)

    def cancel(self, batch_id: str) -> None:
        """Have a batch end; what is answered by then comes all the same."""
        with self._explained():
            self._openai.batches.cancel(batch_id)

    def lines(self, file_id: str) -> Iterator[dict[str, Any]]:
        """The JSON objects in an output or error file; lines that hold none are left out."""
        with self._explained():
            content = self._openai.files.content(file_id).content
        for line in content.splitlines():
            with contextlib.suppress(ValueError):
                found = json_of(line)
                if isinstance(found, dict):
                    yield found

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except APIStatusError as error:
            complaint = complaint_of(error.response.content)
            shown = without_key(self._key, complaint.message)
            raise refusal(error.status_code, error.response.headers, complaint, shown) from None
        except APIConnectionError as error:
            cause = error.__cause__ or error
            shown = without_key(self._key, f"{type(cause).__name__}: {cause}")
            raise AttemptFailed("connection", shown) from None
        except (APIError, httpx2.HTTPError, ValueError) as error:
            raise AttemptFailed("garbage", without_key(self._key, str(error))) from None


def _checked(batch: object) -> ProviderBatch:
    """The parts that we go by; a provider may answer anything."""
    if not isinstance(batch, Batch) or not isinstance(batch.id, str):
        raise AttemptFailed("garbage", "the provider's answer is no batch")
    counts = batch.request_counts
    errors = (batch.errors.data if batch.errors else None) or []
    return ProviderBatch(
        batch.id,
        str(batch.status),
        batch.output_file_id,
        batch.error_file_id,
        (counts.completed if counts else 0) or 0,
        (counts.failed if counts else 0) or 0,
        (counts.total if counts else 0) or 0,
        "; ".join(dict.fromkeys(str(error.message) for error in errors[:20])),
    )
