"""Where a seed or a row comes from, and what it has gone into."""

from typing import Any, NotRequired, TypedDict

from dashboard.rows.lineage_uses import ExportPlace, LineageUses, VersionPlace


class LineageImport(TypedDict):
    """An import that brought the seed, reworded it, or changed something else of it."""

    import_id: int
    label: str
    recipe: str | None
    what: str
    by: str
    at: str
    undone_at: str | None


class LineageSource(TypedDict):
    """Where the seed is from, and under which licence."""

    name: str
    synthetic: bool
    external_id: str | None
    licence: str | None
    domain: str | None


class LineageWording(TypedDict):
    """A revision of the seed."""

    id: int
    number: int
    prompt: str
    answer: str | None
    origin: str
    by: str | None
    created_at: str


class LineageAncestor(TypedDict):
    """A seed that this one was made from, directly or over others."""

    child_id: int
    seed_id: int
    kind: str
    why: str
    endpoint: str
    model: str
    sample_id: int
    cost: float
    made_at: str
    source: str
    licence: str | None
    must_not_be_used: bool


class LineageRewrite(TypedDict):
    """A proposed wording."""

    id: int
    kind: str
    state: str
    why: str
    base_revision_id: int
    revision_id: int
    by: str
    by_model: bool
    sample_id: int | None
    approvals: list[str]
    decided_by: str | None
    decided_at: str | None
    created_at: str


class LineageSample(TypedDict):
    """A paid response about the seed."""

    id: int
    revision_id: int
    endpoint: str
    model: str
    role: str
    stage: str
    run_id: int | None
    run: str | None
    sample_index: int
    template_hash: str
    settings: dict[str, Any] | None
    prompt_tokens: int
    completion_tokens: int
    answer: str | None
    cost: float
    created_at: str
    trace: str | None


class LineageTrace(TypedDict):
    """What the row's trace was verified against, and what came of it."""

    sample_id: int
    run_id: int
    state: str
    reason: str | None
    key_origin: str
    reference_answer: str
    judge_score: float | None
    word: str | None
    word_reason: str | None
    thinking_tokens: int
    answer_tokens: int
    guideline_id: int | None
    guideline: str | None
    guideline_version: int | None
    verified_at: str


class LineageVerdict(TypedDict):
    """The verdict of one policy."""

    verdict: str
    score: float
    reliability: float
    policy: str
    key_origin: str
    reference_answer: str | None
    plurality: dict[str, Any]
    created_at: str


class LineageLevels(TypedDict):
    """What a judge (`endpoint`) or a curator (`user`) gave by the rubric."""

    endpoint: NotRequired[str]
    user: NotRequired[str]
    steps: int | None
    difficulty: int | None
    multi_step: int | None
    well_posed: int | None
    verifiable: int | None
    unscored: NotRequired[str | None]


class LineageHit(TypedDict):
    """What was found of the wording in a benchmark."""

    id: int
    benchmark: str
    item_id: str
    verdict: str
    method: str
    score: float
    state: str


class LineageChecked(TypedDict):
    """What the wording was checked against."""

    index_id: int
    policy: str
    index_made_at: str


class LineageDecision(TypedDict):
    """Who did what, when and why."""

    id: int
    user: str
    kind: str
    reason: str | None
    undoes_id: int | None
    undone_by: int | None
    created_at: str


class LineageTakedown(TypedDict):
    """Why the seed must not be used, or must not have been."""

    reason: str
    note: str
    user: str
    created_at: str
    lifted_by: str | None
    lifted_at: str | None


class StagePaid(TypedDict):
    """Paid calls of one stage."""

    stage: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float


class LineageMoney(TypedDict):
    """What was paid for the seed."""

    total: float
    stages: list[StagePaid]
    making: float | None


class LineageShare(TypedDict):
    """A row's share of its seed's money."""

    response_cost: float
    rows_of_response: int
    responses_cost: float
    rows_of_seed: int
    total: float
    share: float


class Lineage(TypedDict):
    """Of a seed; the last fields are of a row alone."""

    seed_id: int
    status: str
    must_not_be_used: bool
    source: LineageSource
    imports: list[LineageImport]
    wording: LineageWording
    is_current: bool
    wordings: list[LineageWording]
    ancestors: list[LineageAncestor]
    rewrites: list[LineageRewrite]
    samples: list[LineageSample]
    verdicts: list[LineageVerdict]
    judgments: list[LineageLevels]
    ratings: list[LineageLevels]
    checked: LineageChecked | None
    hits: list[LineageHit]
    decisions: list[LineageDecision]
    takedowns: list[LineageTakedown]
    money: LineageMoney
    uses: LineageUses
    version: NotRequired[VersionPlace | None]
    export: NotRequired[ExportPlace | None]
    as_of: NotRequired[str | None]
    response: NotRequired[LineageSample | None]
    trace: NotRequired[LineageTrace | None]
    share: NotRequired[LineageShare | None]
