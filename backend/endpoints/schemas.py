"""What callers send and see of endpoints."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from backend.science.prompts import STEP_BY_STEP, UnknownTemplate
from backend.science.templates import template_named

Role = Literal["reference", "weak", "judge", "teacher", "embedding"]

# In place of an address: a worker of the queue `gpu` loads the model itself, with vLLM.
IN_PROCESS = "vllm:"
# Samples of one prompt share its computation.
IN_PROCESS_SAMPLES_PER_REQUEST = 8


def _known_template(name: str) -> str:
    try:
        return template_named(name).name
    except UnknownTemplate as error:
        raise ValueError(str(error)) from error


def _server_url(url: str) -> str:
    if url == IN_PROCESS:
        return url
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("give the address of a server, as http://host:port/v1, or vllm:")
    if parts.username is not None or parts.password is not None:
        raise ValueError("leave the key out of the address; name its variable in key_variable")
    if parts.query or parts.fragment:
        raise ValueError("leave out what follows the path")
    if parts.port == 0:  # reading it also refuses ports that are no number
        raise ValueError("port 0 is no port")
    return url.rstrip("/")


Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\s\x00-\x1f][^\x00-\x1f]*$")]
ServerUrl = Annotated[
    str, Field(max_length=2000, pattern=r"^[\x21-\x7e]+$"), AfterValidator(_server_url)
]
ModelName = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f]+$")]
KeyVariable = Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Price = Annotated[float, Field(ge=0, lt=1_000_000, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=1_000_000_000)]
InFlight = Annotated[int, Field(ge=1, le=4096)]
Money = Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=6)]
SamplesPerRequest = Annotated[int, Field(ge=1, le=128)]
KnownTemplate = Annotated[str, AfterValidator(_known_template)]
Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]


class Sampling(BaseModel):
    """How an endpoint answers; samples are stored under the hash of these settings.

    Whatever is null is not sent, and the server's own default holds (OpenAI's reasoning models take
    no temperature). A setting that is added later must be null by default: hashes leave nulls out.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    temperature: float | None = Field(default=0.8, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int = Field(default=1024, ge=1, le=1_000_000)
    reasoning_effort: str | None = Field(default=None, pattern=r"^[a-z]{1,20}$")
    template: KnownTemplate = STEP_BY_STEP.name


class EndpointCreate(BaseModel):
    """A new endpoint. Prices are per million tokens; `key_variable` is read by the worker.

    With the address `vllm:`, workers of the queue `gpu` load `model` (a folder, or a name on a hub)
    and ask for 8 samples at a time unless said otherwise. With `uses_batches`, runs send the
    provider files of calls (OpenAI's Batch API): give the prices that it takes for those. An
    `embedding` endpoint gives vectors, for checks against benchmarks, and needs a server.

    Days are those of UTC: a run that has used up an endpoint's day waits for the next one.
    """

    model_config = ConfigDict(extra="forbid")

    name: Name
    base_url: ServerUrl
    model: ModelName
    role: Role
    key_variable: KeyVariable | None = None
    sampling: Sampling = Sampling()
    input_price: Price = 0
    output_price: Price = 0
    max_in_flight: InFlight = 64
    requests_per_minute: Count | None = None
    tokens_per_minute: Count | None = None
    max_calls_per_day: Count | None = None
    max_cost_per_day: Money | None = None
    timeout_seconds: Seconds = 120
    samples_per_request: SamplesPerRequest = 1
    uses_batches: bool = False

    @model_validator(mode="after")
    def _several_samples_in_process(self) -> Self:
        if self.base_url == IN_PROCESS and "samples_per_request" not in self.model_fields_set:
            self.samples_per_request = IN_PROCESS_SAMPLES_PER_REQUEST
        return self


NULLABLE = frozenset(
    {
        "key_variable", "requests_per_minute", "tokens_per_minute", "max_calls_per_day",
        "max_cost_per_day",
    }
)  # fmt: skip


class EndpointUpdate(BaseModel):
    """What may change; absent fields stay. Model and role never change: samples hang on them."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    base_url: ServerUrl | None = None
    key_variable: KeyVariable | None = None
    sampling: Sampling | None = None
    input_price: Price | None = None
    output_price: Price | None = None
    max_in_flight: InFlight | None = None
    requests_per_minute: Count | None = None
    tokens_per_minute: Count | None = None
    max_calls_per_day: Count | None = None
    max_cost_per_day: Money | None = None
    timeout_seconds: Seconds | None = None
    samples_per_request: SamplesPerRequest | None = None
    uses_batches: bool | None = None
    archived: bool | None = None

    @model_validator(mode="after")
    def _no_stray_null(self) -> Self:
        for field in self.model_fields_set - NULLABLE:
            if getattr(self, field) is None:
                raise ValueError(f"{field} cannot be null")
        return self

    def changes(self) -> dict[str, Any]:
        """The fields that were sent."""
        return self.model_dump(exclude_unset=True)


class EndpointOut(BaseModel):
    """A registered model in one role, with what it has cost today (UTC) and in all."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    base_url: str
    model: str
    role: Role
    key_variable: str | None
    sampling: Sampling
    input_price: float
    output_price: float
    max_in_flight: int
    requests_per_minute: int | None
    tokens_per_minute: int | None
    max_calls_per_day: int | None
    max_cost_per_day: float | None
    calls_today: int
    cost_today: float
    timeout_seconds: float
    samples_per_request: int
    uses_batches: bool
    created_at: datetime
    archived_at: datetime | None
    has_samples: bool
    calls: int
    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    cost: float


class EndpointTest(BaseModel):
    """What to ask; without a prompt a small sum is asked."""

    model_config = ConfigDict(extra="forbid")

    prompt: str | None = Field(default=None, max_length=20_000, pattern=r"^[^\x00]+$")


class EndpointTestResult(BaseModel):
    """What one call brought: a reply, or an error in words."""

    ok: bool
    latency_ms: int | None = None
    response: str | None = None
    reasoning: str | None = None
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    reasoning_tokens: int | None = None
    error: str | None = None
