"""Training rows from accepted seeds: pure conversions, one per layout."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from backend.science.thinking import Trace, as_training_text, training_trace

Row = dict[str, Any]


class AcceptedSeed(NamedTuple):
    """All that a row is made of, as the selection gives it.

    `parent_id` is the seed that a model has made it from, where it is synthetic.
    `confirmed_hits` name benchmark items that it is made from, which a curator lets through;
    `passed_items` are those of all items that a curator has let it through for.
    """

    seed_id: int
    revision_id: int
    source: str
    external_id: str | None
    domain: str | None
    licence: str | None
    prompt: str
    answer: str | None
    key_origin: str | None
    reference_answer: str | None
    reliability: float | None
    verdict: str | None
    score: float | None
    policy: str | None
    sample_id: int | None
    response: str | None
    reasoning: str | None
    model: str | None
    checked_index: int | None
    confirmed_hits: Sequence[str]
    passed_items: Collection[int]
    parent_id: int | None
    answer_origin: str = "given"


class Skipped(NamedTuple):
    """A seed that cannot be a row of this layout, and why."""

    reason: str


def reference_of(seed: AcceptedSeed) -> str | None:
    """The given answer, else the plurality's; None where neither stands."""
    return seed.answer if seed.answer is not None else seed.reference_answer


def lineage_of(seed: AcceptedSeed) -> Row:
    """Where a row comes from, and what is known of it: the same columns in every layout."""
    return {
        "seed_id": seed.seed_id,
        "revision_id": seed.revision_id,
        "source": seed.source,
        "external_id": seed.external_id,
        "domain": seed.domain,
        "licence": seed.licence,
        "key_origin": seed.answer_origin if seed.answer is not None else seed.key_origin,
        "reliability": _number(seed.reliability),
        "verdict": seed.verdict,
        "score": _number(seed.score),
        "policy": seed.policy,
        "synthetic": seed.parent_id is not None,
        "parent_seed_id": seed.parent_id,
        "confirmed_hits": list(seed.confirmed_hits),
    }


def _number(value: float | Decimal | None) -> float | None:
    return None if value is None else float(value)


def question(seed: AcceptedSeed) -> list[Row]:
    """A seed's prompt as the messages that a model is shown."""
    return [{"role": "user", "content": seed.prompt}]


def conversation(seed: AcceptedSeed, said: str) -> list[Row]:
    """A seed's prompt and what is to be answered."""
    return [*question(seed), {"role": "assistant", "content": said}]


def trace_of(seed: AcceptedSeed) -> Trace | None:
    """The verified trace that a seed holds as its response; None where it holds none."""
    return None if seed.response is None else training_trace(seed.response, seed.reasoning)


def rl_row(seed: AcceptedSeed) -> Row | Skipped:
    """A row for GRPO: the prompt as messages, `ground_truth` always a string."""
    reference = reference_of(seed)
    if reference is None:
        return Skipped("no reference answer")
    return {"prompt": question(seed), "ground_truth": reference, **lineage_of(seed)}


def sft_row(seed: AcceptedSeed, without_response: str) -> Row | Skipped:
    """A row for SFT: the thinking in `<think>` where the model gave it, then its response."""
    reference = reference_of(seed)
    if seed.response is not None:
        return _sft_row(seed, _with_thinking(seed.response, seed.reasoning), "reference")
    if reference is None:
        return Skipped("no reference answer")
    if without_response == "skip":
        return Skipped("no reference response in the reference class")
    return _sft_row(seed, rf"\boxed{{{reference}}}", "answer")


def trace_row(seed: AcceptedSeed) -> Row | Skipped:
    """A row for SFT from a verified trace, which the seed holds as its response.

    One that was made under a guideline has no reference answer, and nothing that says which.
    """
    trace = trace_of(seed)
    if trace is None:
        return Skipped("no trace is kept")
    return _sft_row(seed, as_training_text(trace), "trace")


def _sft_row(seed: AcceptedSeed, said: str, origin: str) -> Row:
    return {
        "messages": conversation(seed, said),
        "reference_answer": reference_of(seed),
        "response_origin": origin,
        "sample_id": seed.sample_id,
        "model": seed.model,
        **lineage_of(seed),
    }


def _with_thinking(response: str, reasoning: str | None) -> str:
    return response if not reasoning else f"<think>{reasoning}</think>{response}"
