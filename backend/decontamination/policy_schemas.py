"""What callers send and see of policies."""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.science.contamination import Action, DecontaminationPolicy, Verdict

Share = Annotated[float, Field(gt=0, le=1)]
EndpointId = Annotated[int, Field(ge=1, lt=2**63)]
_DEFAULT: Final = DecontaminationPolicy()


class Actions(BaseModel):
    """What a hit of each verdict does.

    *block*: while it is open or confirmed, its seed can be neither accepted nor exported. *review*:
    while it is open; once a curator has confirmed it, the seed is exported with the fact. *ignore*:
    it is kept as evidence and stops nothing.
    """

    model_config = ConfigDict(extra="forbid")

    contaminated: Action = "block"
    variant: Action = "review"
    related: Action = "ignore"

    def of(self, verdict: Verdict) -> Action:
        """What a hit of the verdict does."""
        return {
            "contaminated": self.contaminated, "variant": self.variant, "related": self.related,
        }[verdict]  # fmt: skip


class PolicySettings(BaseModel):
    """What counts as a hit (see `DecontaminationPolicy`), and what a hit does.

    The last four belong to stages that ask an endpoint, which are left out where it is null.
    `embedding_similarity` is the cosine from which on an item is near in meaning. Items of gated
    benchmarks are sent to endpoints on the worker's own machine alone, unless `send_gated_items`.
    """

    model_config = ConfigDict(extra="forbid")

    ngram_words: Annotated[int, Field(ge=1, le=64)] = _DEFAULT.ngram_words
    ngram_coverage: Share = _DEFAULT.ngram_coverage
    extra_words: Annotated[int, Field(ge=0, le=20)] = _DEFAULT.extra_words
    common_items: Annotated[int, Field(ge=1, lt=2**31)] = _DEFAULT.common_items
    candidates: Annotated[int, Field(ge=0, le=100)] = _DEFAULT.candidates
    same_probability: Share = _DEFAULT.same_probability
    variant_probability: Share = _DEFAULT.variant_probability
    related_similarity: Share = _DEFAULT.related_similarity
    verdict_by: Literal["model", "rule"] = _DEFAULT.verdict_by
    actions: Actions = Actions()
    embedding_endpoint_id: EndpointId | None = None
    embedding_similarity: Share = 0.8
    judge_endpoint_id: EndpointId | None = None
    send_gated_items: bool = False

    @property
    def asks_models(self) -> bool:
        """Whether any stage asks an endpoint."""
        return self.embedding_endpoint_id is not None or self.judge_endpoint_id is not None


class PolicyVersionCreate(BaseModel):
    """A new version; settings that are left out have their defaults."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        default="default", min_length=1, max_length=100, pattern=r"^[^\s\x00-\x1f][^\x00-\x1f]*$"
    )
    settings: PolicySettings = PolicySettings()


class PolicyVersionOut(BaseModel):
    """A version of a policy; the newest one of the name default is in force."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    version: int
    settings: PolicySettings
    created_at: datetime


class PolicyVersionCreated(PolicyVersionOut):
    """A new version, and the job that checks all seeds under it, where there is one."""

    job_id: int | None
