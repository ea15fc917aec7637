"""What callers send and see of training runs and checkpoints."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from backend.training_runs.attempt_schemas import Attempt, Failure

Kind = Literal["sft", "grpo"]
Where = Literal["local", "hosts", "slurm", "kubernetes"]
State = Literal["pending", "checking", "starting", "running", "finished", "failed", "cancelled"]
MetricKind = Literal["train", "validation", "summary"]
Number = Annotated[int, Field(ge=1, lt=2**63)]
Words = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f]+$")]
MOST_DEVICES = 64


class RecipeField(BaseModel):
    """A field of a recipe. `name` has dots where it lies in a part, as in `reward.longest`.

    `value` is the template's, or else the default. Of fields that Seedbed sets itself `editable`
    is false.
    """

    name: str
    description: str
    type: Literal["text", "integer", "number", "boolean", "choice", "choices"]
    required: bool
    nullable: bool
    editable: bool
    value: Any
    choices: list[str | int] | None
    minimum: float | None
    maximum: float | None
    more_than: float | None
    less_than: float | None


class RecipeTemplate(BaseModel):
    """A recipe to begin with."""

    name: str
    kind: Kind
    title: str
    fields: list[RecipeField]


class RecipeChoice(BaseModel):
    """A template, and what is to be otherwise: nested as in YAML, `{"reward": {"longest": 48}}`."""

    model_config = ConfigDict(extra="forbid")

    template: Annotated[str, Field(min_length=1, max_length=100)]
    overrides: dict[str, Any] = Field(default_factory=dict)


class Target(BaseModel):
    """Where to train.

    `local`: on the machine of a worker. `hosts`: from there on all hosts of a DeepSpeed hostfile
    (an absolute path on that machine). `slurm`: submitted from there. `kubernetes`: a manifest is
    written, which somebody applies. `hours` limits a Slurm job, `image` is for Kubernetes.
    """

    model_config = ConfigDict(extra="forbid")

    where: Where = "local"
    nodes: Annotated[int, Field(ge=1, le=1024)] = 1
    devices: Annotated[int, Field(ge=1, le=MOST_DEVICES)] = Field(
        default=1, description="GPUs on each node; processes where there are none."
    )
    hostfile: Annotated[Words, Field(pattern=r"^/")] | None = None
    hours: Annotated[int, Field(ge=1, le=8760)] | None = None
    image: Annotated[str, Field(max_length=300, pattern=r"^[\w.:/@-]+$")] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for name, place in (("hostfile", "hosts"), ("hours", "slurm"), ("image", "kubernetes")):
            if getattr(self, name) is not None and self.where != place:
                raise _wrong(f"{name} is for {place}")
        if self.where == "hosts" and self.hostfile is None:
            raise _wrong("hosts need a hostfile")
        if self.where == "local" and self.nodes != 1:
            raise _wrong("local is one node: name a hostfile, Slurm or Kubernetes for more")
        return self


class TrainingPlan(BaseModel):
    """What to train on what, and where. `checkpoint_id` takes that one's weights as its model."""

    model_config = ConfigDict(extra="forbid")

    export_id: Number
    recipe: RecipeChoice
    target: Target = Field(default_factory=Target)
    checkpoint_id: Number | None = None


class TrainingRunCreate(TrainingPlan):
    """A training run. Its export may still be being written: the run waits for it."""

    name: Words


class Check(BaseModel):
    """One thing that was looked at before the start; errors keep a run from starting."""

    name: str
    ok: bool
    severity: Literal["error", "warning", "info"]
    message: str


class Checks(BaseModel):
    """What the preflight says; of memory in GiB of one device, of time reckoned without rollouts.

    `ok`: nothing keeps the run from starting. Numbers are null where they could not be reckoned.
    """

    ok: bool
    checks: list[Check]
    memory_gib: float | None = None
    card_gib: float | None = None
    hours: float | None = None
    device_hours: float | None = None


class RecipeOut(BaseModel):
    """A run's recipe: as asked, and all fields that come of it."""

    template: str
    overrides: dict[str, Any]
    fields: dict[str, Any]


class TrainingRunOut(BaseModel):
    """A training run. `note` says what it waits for; `path` is its folder on the server.

    `step` is the last that was logged, of `steps` in all; `latest` are the last values of each
    kind. `devices` are the GPUs of its host that it has or had, as `nvidia-smi` numbers them; null
    where it has the machine for itself, or trains elsewhere. `followed` is false where nobody
    looks after it: its host's worker is silent, or it is on Kubernetes, whose pods Seedbed does
    not see.

    `attempt` counts from 1, and `attempts` are those before it; `resumed_from` is the step of the
    checkpoint that this one began from, 0 where there was none. Of a run that can be gone on with
    `resume_step` is the step from which it would be, 0 where it would begin anew; else null.
    """

    id: int
    name: str
    kind: Kind
    export_id: int
    export_name: str
    parent_checkpoint_id: int | None
    recipe: RecipeOut
    target: Target
    state: State
    note: str | None
    followed: bool
    checks: Checks | None
    failure: Failure | None
    attempt: int
    attempts: list[Attempt]
    resume_step: int | None
    resumed_from: int | None
    resumed_at: datetime | None
    resumed_by: str | None
    step: int
    steps: int
    latest: dict[MetricKind, dict[str, float | None]]
    checkpoint_id: int | None
    path: str
    handle: dict[str, Any] | None
    devices: list[int] | None
    code_version: str | None
    job_id: int | None
    created_by: str
    created_at: datetime
    cancel_asked_at: datetime | None
    cancelled_by: str | None
    started_at: datetime | None
    finished_at: datetime | None


class MetricRow(BaseModel):
    """What was logged at a step. Of several rows of a step and kind the last position holds.

    `values`: null where training logged no finite number.
    """

    position: int
    step: int
    kind: MetricKind
    logged_at: datetime | None
    values: dict[str, float | None]


class Metrics(BaseModel):
    """Rows in the order of kind and step. Ask on with `after` = `next`.

    Where a kind has more than were asked for, every `stride`-th row is given, and its last.

    An attempt takes out what was logged after the checkpoint that it begins from: where `attempt`
    or `resumed_from` is another than before, ask anew from 0.
    """

    items: list[MetricRow]
    next: int
    stride: int
    state: State
    attempt: int
    resumed_from: int | None


class LogPart(BaseModel):
    """A part of a run's log. Ask on with `after` = `next`; `size` is the whole's, in bytes."""

    text: str
    start: int
    next: int
    size: int
    state: State


class TrainingSample(BaseModel):
    """A completion that training wrote down while it went on."""

    step: int
    prompt: str
    text: str
    reward: float | None


class Samples(BaseModel):
    """The last samples, or those from an offset in bytes on; `next` is where to go on."""

    items: list[TrainingSample]
    next: int
    state: State


class CheckpointFile(BaseModel):
    """A file of a checkpoint. `hash_of`: `all` of it, or of large ones size, first and last MiB."""

    name: str
    bytes: int
    sha256: str
    hash_of: Literal["all", "ends"]


class CheckpointOut(BaseModel):
    """A checkpoint. `is_there` is false where its run has removed it for newer ones."""

    id: int
    run_id: int
    run_name: str
    kind: Kind
    export_id: int
    export_name: str
    parent_checkpoint_id: int | None
    name: str
    step: int
    is_final: bool
    path: str
    is_there: bool
    metrics: dict[MetricKind, dict[str, float | None]]
    recipe: dict[str, Any]
    code_version: str | None
    lineage: dict[str, Any] | None
    files: list[CheckpointFile]
    created_at: datetime


def _wrong(message: str) -> PydanticCustomError:
    return PydanticCustomError("target", "{message}", {"message": message})
