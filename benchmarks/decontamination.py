"""Are benchmark items found in seeds, and told from changed problems? Pair by pair, by kind.

    python -m benchmarks.decontamination --data DIR [--seeds 19800] [--listed 40] [--pairs FILE]

A pair is a text and the benchmark item that it was made from (or, for the clean kinds, that it is
merely near to or has nothing to do with). It counts by the verdict on the item that it names, or on
an item with the same text. Beside it stand the rules of open-r1 and Tülu 3 on the same pair. Texts
that are themselves a benchmark item word by word (rows of MATH-Perturb) are in the table, and in
none of the figures below it. No model is called, so translations are found only by their formulas.

    recall_copies          contaminated texts that are the item in other clothes or in a longer text
    recall_distractor      texts with an inserted condition, called contaminated or variant
    recall_paraphrase_llm, recall_question_only, recall_code, recall_translation
                           called contaminated
    clean_fpr              clean texts called contaminated or variant
    variant_accuracy       changed problems called variant
    exact_docs_ratio_datasketch
                           seeds searched per second of CPU time by the stages exact and ngram, over
                           those of datasketch's MinHash and LSH; neither shows evidence
    exact_with_evidence_ratio
                           the same with spans and coverage of what is found
    full_docs_ratio_datasketch
                           the same for all stages
    peak_mb                most memory of the process that checks, its index and all texts in it
"""

import argparse
import gzip
import json
import multiprocessing
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from backend.science.contamination import DecontaminationPolicy, Hit
from backend.science.copies import CopyIndex
from backend.science.decontamination import BenchmarkIndex
from backend.science.text import normalise
from backend.science.word_hashes import hashed_words
from benchmarks.contamination_rules import (
    EightGramSet,
    MinHashSearch,
    half_covered,
    shares_eight_gram,
)

COPIES: Final = (
    "exact", "whitespace_case", "unicode_punctuation", "latex_format", "padded_instruction",
    "padded_long_context",
)  # fmt: skip
CODE: Final = ("code_rephrase_python", "code_translate_c", "code_translate_js")
CLEAN: Final = ("topical_neighbour", "unrelated")
CHANGED: Final = ("numbers_changed_script", "near_twin_train_test", "variant_")
ORDER: Final = ("none", "related", "variant", "contaminated")
EVERY_NTH_SEED: Final = 5

Row = dict[str, Any]


class Outcome(NamedTuple):
    """What became of one pair: what it is, the verdict on its item, the stage that gave it, and
    whether others' rules flag it."""

    kind: str
    label: str
    verdict: str
    method: str
    open_r1: bool
    tulu_3: bool


class Speed(NamedTuple):
    """Texts checked for each second of CPU time, and seconds of CPU time to build."""

    docs_per_second: float
    build_seconds: float


def read_jsonl(path: Path) -> Iterator[Row]:
    """The rows of a gzipped file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def outcomes(index: BenchmarkIndex, items: dict[str, str], pairs: Sequence[Row]) -> list[Outcome]:
    """Check each pair's text."""
    whole = {normalise(text) for text in items.values()}
    found = []
    for pair, hits in zip(pairs, index.find([pair["text"] for pair in pairs]), strict=True):
        item = items[f"{pair['benchmark']}/{pair['benchmark_id']}"]
        is_item = not pair["contaminated"] and normalise(pair["text"]) in whole
        kind = pair["kind"] + (" (grey)" if pair["grey"] and pair["contaminated"] else "")
        label = "contaminated" if pair["contaminated"] else "variant" if pair["grey"] else "none"
        found.append(
            Outcome(
                f"{kind} (an item itself)" if is_item else kind,
                label,
                *verdict_on(item, hits, items),
                shares_eight_gram(pair["text"], item),
                half_covered(pair["text"], item),
            )
        )
    return found


def verdict_on(item: str, hits: Sequence[Hit], items: dict[str, str]) -> tuple[str, str]:
    """The gravest verdict on an item of this text, and the stage that gave it."""
    named = [hit for hit in hits if items[hit.item_id].split() == item.split()]
    if not named:
        return "none", "none"
    gravest = max(named, key=lambda hit: ORDER.index(hit.verdict))
    return gravest.verdict, gravest.method


def share(found: Sequence[Outcome], kinds: Sequence[str], verdicts: Sequence[str]) -> float:
    """The share of pairs of some kinds that have one of some verdicts."""
    chosen = [
        outcome
        for outcome in found
        if any(outcome.kind == k or (k[-1] == "_" and outcome.kind.startswith(k)) for k in kinds)
        and not outcome.kind.endswith("(an item itself)")
    ]
    return sum(outcome.verdict in verdicts for outcome in chosen) / len(chosen)


def print_pairs(found: Sequence[Outcome]) -> None:
    """Shares by kind."""
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in found:
        by_kind[outcome.kind].append(outcome)
    print(f"{'kind':60} {'pairs':>6}" + "".join(f" {name:>12}" for name in ORDER[:0:-1]))
    print(f"{'':60} {'':6}" + " " * 39 + f" {'open-r1':>9} {'Tülu 3':>9}")
    for kind, group in sorted(by_kind.items()):
        counts = Counter(outcome.verdict for outcome in group)
        shares = "".join(f" {counts[name] / len(group):12.1%}" for name in ORDER[:0:-1])
        rules = [sum(o.open_r1 for o in group), sum(o.tulu_3 for o in group)]
        others = "".join(f" {count / len(group):9.1%}" for count in rules)
        print(f"{kind:60} {len(group):6}{shares}{others}")


def print_stages(found: Sequence[Outcome]) -> None:
    """Of each stage: how many of its verdicts are right, and what it finds of all such pairs."""
    pairs = [outcome for outcome in found if not outcome.kind.endswith("(an item itself)")]
    print(f"\n{'stage':12} {'verdict':14} {'pairs':>6} {'right':>8} {'of all such pairs':>18}")
    for method in ("exact", "ngram", "retrieval", "code"):
        for verdict in ("contaminated", "variant"):
            said = [o for o in pairs if (o.method, o.verdict) == (method, verdict)]
            right = sum(outcome.label == verdict for outcome in said)
            such = sum(outcome.label == verdict for outcome in pairs)
            if said:
                shares = f"{right / len(said):8.1%} {right / such:18.1%}"
                print(f"{method:12} {verdict:14} {len(said):6} {shares}")


def print_flagged(
    seeds: Sequence[Row], found: Sequence[Sequence[Hit]], items: dict[str, str], most: int
) -> None:
    """Flagged seeds beside their items, for reading; copies are only counted."""
    first = [(seed, hits[0]) for seed, hits in zip(seeds, found, strict=True) if hits]
    counts = Counter((hit.verdict, hit.method) for _, hit in first)
    print(f"\n{len(seeds):,} seeds, every {EVERY_NTH_SEED}th; their gravest hits:")
    for (verdict, method), count in counts.most_common():
        print(f"  {verdict:12} found by {method:10} {count:6} {count / len(seeds):7.2%}")
    told = [
        (seed, hit) for seed, hit in first if hit.method != "exact" and hit.verdict != "related"
    ]
    for seed, hit in told[:: max(len(told) // most, 1)][:most] if most else []:
        print(f"\n{hit.verdict} ({hit.method}, {hit.score:.2f}) {seed['source']} ~ {hit.item_id}")
        print(f"  seed: {' '.join(seed['prompt'].split())[:300]}")
        print(f"  item: {' '.join(items[hit.item_id].split())[:300]}")


def timed(
    build: Callable[[], Callable[[Sequence[str]], object]], texts: Sequence[str], results: Any
) -> None:
    """Build and check in a process of its own, so that each has its own memory."""
    begun = time.process_time()
    check = build()
    built = time.process_time()
    check(texts)
    seconds = time.process_time() - built
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    results.put((len(texts) / seconds, built - begun, peak))


def speed_of(
    build: Callable[[], Callable[[Sequence[str]], object]], texts: Sequence[str]
) -> tuple[Speed, float]:
    """How fast a way of checking is, and its most memory in MB."""
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    child = context.Process(target=timed, args=(build, texts, results))
    child.start()
    docs, seconds, peak = results.get()
    child.join()
    return Speed(docs, seconds), peak


def ways(items: dict[str, str]) -> dict[str, Callable[[], Callable[[Sequence[str]], object]]]:
    """Ways of checking, each as what builds it."""
    texts = list(items.values())
    copies = DecontaminationPolicy(candidates=0)
    return {
        "exact and ngram, search": lambda: searching(CopyIndex(hashed_words(texts), copies)),
        "exact and ngram, evidence": lambda: BenchmarkIndex.build(items.items(), copies).find,
        "all stages": lambda: BenchmarkIndex.build(items.items()).find,
        "all stages, plain rule": lambda: (
            BenchmarkIndex.build(items.items(), DecontaminationPolicy(verdict_by="rule")).find
        ),
        "set of 8-grams": lambda: one_by_one(EightGramSet(texts).flags),
        "datasketch MinHash, LSH": lambda: one_by_one(MinHashSearch(texts).flags),
    }


def searching(index: CopyIndex) -> Callable[[Sequence[str]], object]:
    """The first stages' search, as large a batch at a time as the check takes."""
    return lambda texts: [
        index.find(hashed_words(texts[start : start + 1000]))
        for start in range(0, len(texts), 1000)
    ]


def one_by_one(flags: Callable[[str], bool]) -> Callable[[Sequence[str]], object]:
    """A check of many texts, from one of a single text."""
    return lambda texts: [flags(text) for text in texts]


def figures(found: Sequence[Outcome]) -> dict[str, float]:
    """Shares over all pairs."""
    found_at_all = ("contaminated", "variant")
    return {
        "recall_copies": share(found, COPIES, ["contaminated"]),
        "recall_distractor": share(found, ["distractor_inserted"], found_at_all),
        "recall_paraphrase_llm": share(found, ["paraphrase_llm"], ["contaminated"]),
        "recall_question_only": share(found, ["paraphrase_llm_question_only"], ["contaminated"]),
        "recall_code": share(found, CODE, ["contaminated"]),
        "recall_translation": share(found, ["translation_zh"], ["contaminated"]),
        "clean_fpr": share(found, CLEAN, found_at_all),
        "variant_accuracy": share(found, CHANGED, ["variant"]),
    }


def main() -> None:
    """Run, print the tables, and as the last line one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder of the packs")
    parser.add_argument("--pairs", type=Path, help="another file of pairs")
    parser.add_argument("--seeds", type=int, default=19_800, help="how many seeds to time")
    parser.add_argument("--listed", type=int, default=40, help="how many flagged seeds to list")
    options = parser.parse_args()

    items = {
        f"{row['benchmark']}/{row['id']}": row["text"]
        for row in read_jsonl(options.data / "benchmarks.jsonl.gz")
    }
    rows = read_jsonl(options.data / "seeds.jsonl.gz")
    seeds = list(islice(rows, 0, EVERY_NTH_SEED * options.seeds, EVERY_NTH_SEED))
    prompts = [seed["prompt"] for seed in seeds]
    measured = {name: speed_of(build, prompts) for name, build in ways(items).items()}
    index = BenchmarkIndex.build(items.items())
    pairs = list(read_jsonl(options.pairs or options.data / "contamination_pairs.jsonl.gz"))
    found = outcomes(index, items, pairs)

    print_pairs(found)
    print_stages(found)
    print_flagged(seeds, index.find(prompts), items, options.listed)
    print(f"\n{len(items):,} items, {len(seeds):,} seeds; seconds of CPU time")
    print(f"{'':26} {'docs/s':>9} {'build s':>9} {'peak MB':>9}")
    for name, (speed, peak) in measured.items():
        print(f"{name:26} {speed.docs_per_second:9,.0f} {speed.build_seconds:9.1f} {peak:9,.0f}")
    rate = {name: speed.docs_per_second for name, (speed, _) in measured.items()}
    other = rate["datasketch MinHash, LSH"]
    result = figures(found) | {
        "exact_docs_ratio_datasketch": rate["exact and ngram, search"] / other,
        "exact_with_evidence_ratio": rate["exact and ngram, evidence"] / other,
        "full_docs_ratio_datasketch": rate["all stages"] / other,
        "peak_mb": measured["all stages"][1],
    }
    print(json.dumps({name: round(value, 4) for name, value in result.items()}))


if __name__ == "__main__":
    main()
