"""Benchmark items as new prompts, as they are and in other clothes: are they found?"""

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from backend.science.decontamination import BenchmarkIndex
from benchmarks.decontamination import read_jsonl

CHECK: Final = "decontaminated"
_LEAST: Final = 60
_PARAPHRASE: Final = "paraphrase_llm"
_BEFORE: Final = ("Solve this.", "Here is a task for you:", "Read carefully.", "A new question:")
_BEHIND: Final = (
    "Give one number.", "Answer with the value alone.", "Round nothing.", "Say the unit, too.",
)  # fmt: skip


def outcomes(data: Path, each: int) -> dict[str, Counter[str]]:
    """What is found of so many items in each clothes: failed where a hit calls them contaminated.

    Args:
        data: the folder of the packs.
        each: texts of each kind.
    """
    items = {
        f"{row['benchmark']}/{row['id']}": row["text"]
        for row in read_jsonl(data / "benchmarks.jsonl.gz")
    }
    index = BenchmarkIndex.build(items.items())
    chance = random.Random("copies")
    chosen = chance.sample([text for text in items.values() if len(text) >= _LEAST], each)
    texts = {
        "a benchmark's item": chosen,
        "in capitals, other white space": [" \n".join(text.upper().split()) for text in chosen],
        "between other sentences": [
            f"{chance.choice(_BEFORE)} {text} {chance.choice(_BEHIND)}" for text in chosen
        ],
        "in other words (LLM)": _paraphrases(data, each, chance),
    }
    return {kind: _found(index, some) for kind, some in texts.items()}


def _paraphrases(data: Path, each: int, chance: random.Random) -> list[str]:
    rows = read_jsonl(data / "contamination_pairs.jsonl.gz")
    return chance.sample([row["text"] for row in rows if row["kind"] == _PARAPHRASE], each)


def _found(index: BenchmarkIndex, texts: Sequence[str]) -> Counter[str]:
    """A hit that calls a text a variant or related is for a curator to look at, at most."""
    counts: Counter[str] = Counter()
    for hits in index.find(texts):
        verdicts = {hit.verdict for hit in hits}
        if "contaminated" in verdicts:
            counts["failed"] += 1
        else:
            counts["unknown" if "variant" in verdicts else "passed"] += 1
    return counts
