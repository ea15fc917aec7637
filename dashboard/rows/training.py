"""Training runs, what they log and write, and the checkpoints that come of them."""

from typing import Any, TypedDict

Values = dict[str, float | None]
"""What was logged at a step, by name; null where it was no finite number."""


class RecipeField(TypedDict):
    """A field of a recipe with the template's value; a name with a dot lies in a part."""

    name: str
    description: str
    type: str
    required: bool
    nullable: bool
    editable: bool
    value: Any
    choices: list[str | int] | None
    minimum: float | None
    maximum: float | None
    more_than: float | None
    less_than: float | None


class RecipeTemplate(TypedDict):
    """A recipe to begin with."""

    name: str
    kind: str
    title: str
    fields: list[RecipeField]


class Check(TypedDict):
    """One thing that was looked at before the start; severity is error, warning or info."""

    name: str
    ok: bool
    severity: str
    message: str


class Checks(TypedDict):
    """What the preflight says; memory in GiB of one device."""

    ok: bool
    checks: list[Check]
    memory_gib: float | None
    card_gib: float | None
    hours: float | None
    device_hours: float | None


class TrainingFailure(TypedDict):
    """Why a run failed; a row is counted from 1."""

    cause: str
    message: str
    seed_id: int | None
    row: int | None
    seed_url: str | None
    exit_code: int | None
    last_lines: list[str]


class TrainingAttempt(TypedDict):
    """An attempt of a run that ended, and was gone on from; `resumed_from` 0 began anew."""

    number: int
    state: str
    step: int
    failure: TrainingFailure | None
    resumed_from: int | None
    resumed_at: str | None
    resumed_by: str | None
    cancelled_by: str | None
    finished_at: str | None
    log: str | None


class TrainingRun(TypedDict):
    """A training run with how far it is; `latest` are the last values of each kind."""

    id: int
    name: str
    kind: str
    export_id: int
    export_name: str
    parent_checkpoint_id: int | None
    recipe: dict[str, Any]
    target: dict[str, Any]
    state: str
    note: str | None
    followed: bool
    checks: Checks | None
    failure: TrainingFailure | None
    attempt: int
    attempts: list[TrainingAttempt]
    resume_step: int | None
    resumed_from: int | None
    resumed_at: str | None
    resumed_by: str | None
    step: int
    steps: int
    latest: dict[str, Values]
    checkpoint_id: int | None
    path: str
    handle: dict[str, Any] | None
    devices: list[int] | None
    code_version: str | None
    job_id: int | None
    created_by: str
    created_at: str
    cancel_asked_at: str | None
    cancelled_by: str | None
    started_at: str | None
    finished_at: str | None


class MetricRow(TypedDict):
    """What was logged at a step; kind is train, validation or summary."""

    position: int
    step: int
    kind: str
    logged_at: str | None
    values: Values


class Metrics(TypedDict):
    """Rows after a position; `next` is where to go on."""

    items: list[MetricRow]
    next: int
    stride: int
    state: str
    attempt: int
    resumed_from: int | None


class LogPart(TypedDict):
    """A part of a log; `next` is where to go on, in bytes."""

    text: str
    start: int
    next: int
    size: int
    state: str


class TrainingSample(TypedDict):
    """A completion that training wrote down."""

    step: int
    prompt: str
    text: str
    reward: float | None


class Samples(TypedDict):
    """The last samples."""

    items: list[TrainingSample]
    next: int
    state: str


class CheckpointFile(TypedDict):
    """A file of a checkpoint."""

    name: str
    bytes: int
    sha256: str
    hash_of: str


class Checkpoint(TypedDict):
    """Weights that a run wrote, with what made them."""

    id: int
    run_id: int
    run_name: str
    kind: str
    export_id: int
    export_name: str
    parent_checkpoint_id: int | None
    name: str
    step: int
    is_final: bool
    path: str
    is_there: bool
    metrics: dict[str, Values]
    recipe: dict[str, Any]
    code_version: str | None
    lineage: dict[str, Any] | None
    files: list[CheckpointFile]
    created_at: str
