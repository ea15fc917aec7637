"""The recipe of a mixture: what the API takes, what YAML says, and what a version keeps."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from backend.science.mixture_plan import Cap, Cluster, PartRules
from backend.science.quality_tiers import Tier
from backend.science.trace_choice import ChoiceRule
from backend.seeds.filters import SeedFilter

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
# Sources and licences; that of seeds without one is called "".
CapName = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Epochs = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Share = Annotated[float, Field(gt=0, le=1)]
Difficulty = Annotated[float, Field(ge=0, le=1)]
Tokens = Annotated[int, Field(ge=1, lt=2**53)]
TraceRule = ChoiceRule | Literal["none"]


class ClusterEpochs(BaseModel):
    """How often each example of a cluster is seen; a domain of null is that of seeds without."""

    model_config = ConfigDict(extra="forbid")

    domain: Name | None = None
    tier: Tier
    epochs: Epochs


class CapRule(BaseModel):
    """The most of a source or licence: a share of the part's tokens, a number of examples."""

    model_config = ConfigDict(extra="forbid")

    share: Share | None = None
    examples: Annotated[int, Field(ge=1, lt=2**53)] | None = None


class Safety(BaseModel):
    """Accepted seeds of this domain belong to no part: they are this share of all tokens."""

    model_config = ConfigDict(extra="forbid")

    domain: Name = "safety"
    share: Annotated[float, Field(gt=0, le=0.99)]


class Part(BaseModel):
    """One mixture of those that are concatenated, say that of a domain; all in it is its own.

    Difficulty is how often the first weak model fails, 0 to 1. Caps are by name; `*` is for all
    that have none of their own, and the licence of seeds without one is called "".
    """

    model_config = ConfigDict(extra="forbid")

    name: Name = "all"
    filter: SeedFilter = Field(default_factory=SeedFilter)
    min_difficulty: Difficulty | None = None
    max_difficulty: Difficulty | None = None
    default_epochs: Epochs = 1.0
    clusters: Annotated[list[ClusterEpochs], Field(max_length=1000)] = []
    source_caps: dict[CapName, CapRule] = {}
    licence_caps: dict[CapName, CapRule] = {}
    budget_tokens: Tokens | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        named = [(one.domain, one.tier) for one in self.clusters]
        if twice := next((one for one in named if named.count(one) > 1), None):
            message = "names the cluster {domain}, {tier} twice"
            context = {"domain": twice[0] or "no domain", "tier": twice[1]}
            raise PydanticCustomError("cluster_twice", message, context)
        least, most = self.min_difficulty, self.max_difficulty
        if least is not None and most is not None and most < least:
            raise PydanticCustomError("empty_range", "max_difficulty is below min_difficulty")
        if self.filter.status not in (None, "accepted"):
            raise PydanticCustomError("not_accepted", "takes accepted seeds only")
        return self

    def rules(self) -> PartRules:
        """As the planner takes them."""
        return PartRules(
            {Cluster(one.domain, one.tier): one.epochs for one in self.clusters},
            self.default_epochs,
            _caps(self.source_caps),
            _caps(self.licence_caps),
            self.budget_tokens,
        )


class Recipe(BaseModel):
    """All that a version follows from, besides the seeds and traces of its moment.

    A seed is of the first part whose filter it fits. `trace` says which of its kept traces it is
    taught with; `none` takes prompts alone. `token_scale` is how many tokens of the tokenizer of
    the model to be trained go to one as counted here; with a registered `tokenizer` only for what
    it has not counted yet. Of the seeds' families, `validation_share` are held out.
    """

    model_config = ConfigDict(extra="forbid")

    random_seed: Annotated[int, Field(ge=0, lt=2**53)] = 0
    trace: TraceRule = "shortest"
    context_tokens: Tokens = 32_768
    token_scale: Annotated[float, Field(ge=0.01, le=10)] = 1.0
    tokenizer: Name | None = None
    validation_share: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    safety: Safety | None = None
    budget_tokens: Tokens | None = None
    parts: Annotated[list[Part], Field(min_length=1, max_length=50)] = [Part()]

    @model_validator(mode="after")
    def _parts_have_names(self) -> Self:
        names = [part.name for part in self.parts]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise PydanticCustomError("part_twice", "has two parts named {name}", {"name": twice})
        return self

    def document(self) -> dict[str, Any]:
        """As it is stored and shown: JSON values, nothing that is null."""
        return self.model_dump(mode="json", exclude_none=True)


def _caps(rules: dict[str, CapRule]) -> dict[str, Cap]:
    return {name: Cap(rule.share, rule.examples) for name, rule in rules.items()}
