"""What a decontamination hit says, and the policy that decides what is one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

Verdict = Literal["contaminated", "variant", "related"]
"""Of a pair of texts; `clean`, the fourth class, is no hit.

*contaminated*: the same problem, so that the item's answer carries over. *variant*: made from the
item, with numbers or conditions changed. *related*: of the same topic and build.
"""
Method = Literal["exact", "ngram", "retrieval", "code", "embedding", "judge"]
"""The stage that found the pair; a judge's word replaces what the others say."""
Action = Literal["block", "review", "ignore"]

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
METHODS: tuple[Method, ...] = get_args(Method)
ACTIONS: tuple[Action, ...] = get_args(Action)


@dataclass(frozen=True)
class DecontaminationPolicy:
    """What counts as a hit, stage by stage.

    Attributes:
        ngram_words: length of an n-gram; 8 is usual (open-r1, Tülu 3).
        ngram_coverage: weighted share of an item's words that shared n-grams must cover, in (0, 1].
        extra_words: words that a seed may have around a short item and still consist of it.
        common_items: an n-gram in more items than this is boilerplate and weighs nothing.
        candidates: nearest items that are looked at closely, for each seed; 0 leaves stage (c) out.
        same_probability: a pair is contaminated from this probability of the same problem on; it
            is low, since a copy in training data costs more than a curator's look.
        variant_probability: else a variant from this one of the same or a changed problem on.
        related_similarity: else related from this cosine on, in (0, 1]; 1 shows none.
        verdict_by: the fitted model, or a plain rule on shared passages and numbers.
    """

    ngram_words: int = 8
    ngram_coverage: float = 0.5
    extra_words: int = 4
    common_items: int = 50
    candidates: int = 6
    same_probability: float = 0.2
    variant_probability: float = 0.5
    related_similarity: float = 0.6
    verdict_by: Literal["model", "rule"] = "model"

    def __post_init__(self) -> None:
        for name, least in (
            ("ngram_words", 1), ("extra_words", 0), ("common_items", 1), ("candidates", 0),
        ):  # fmt: skip
            if getattr(self, name) < least:
                raise ValueError(f"{name}: must be at least {least}")
        if self.verdict_by not in ("model", "rule"):
            raise ValueError("verdict_by: must be model or rule")
        for name in (
            "ngram_coverage", "same_probability", "variant_probability", "related_similarity",
        ):  # fmt: skip
            if not 0 < getattr(self, name) <= 1:
                raise ValueError(f"{name}: must be above 0 and at most 1")


class Span(NamedTuple):
    """A passage that seed and item share, in characters of the original texts (half-open)."""

    seed_start: int
    seed_end: int
    item_start: int
    item_end: int


class Hit(NamedTuple):
    """A benchmark item found in a seed.

    Attributes:
        item_id: the item.
        verdict: what the two texts are to each other.
        method: the stage that found it; `exact` holds all of the item in one piece.
        score: how sure the stage is, in [0, 1]: coverage of the item, or a probability.
        coverage_item: weighted share of the item's words that the spans cover, in [0, 1].
        coverage_seed: share of the seed's words that they cover.
        longest_shared_words: words in the longest span.
        spans: shared passages, in the order of the seed.
        seed_numbers: where numbers stand in the seed that the item lacks; start, end in characters.
        item_numbers: where numbers stand in the item that the seed lacks.
        evidence: what the stages said that ask models: `embedding` with model, endpoint and
            similarity; `judge` with verdict, model, endpoint, question and reason.
    """

    item_id: str
    verdict: Verdict
    method: Method
    score: float
    coverage_item: float
    coverage_seed: float
    longest_shared_words: int
    spans: tuple[Span, ...]
    seed_numbers: tuple[tuple[int, int], ...] = ()
    item_numbers: tuple[tuple[int, int], ...] = ()
    evidence: Mapping[str, Any] | None = None
