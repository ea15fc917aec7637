"""Does the check find benchmark items in seeds? Pair by pair, by kind, beside "any shared 8-gram".

    python -m benchmarks.decontamination --data DIR [--seeds 5000]

A pair is a text and the benchmark item that it was made from (or, for the clean kinds, that it is
merely near to or has nothing to do with). It counts as found only where the hit names that item;
`any item` counts a hit on whatever item. Many texts of the clean kinds are real benchmark items or
variants of some, though not of the one that the pair names: a hit on any item is not always wrong.
Items of MATH-Perturb are variants that are benchmark items themselves: they stand in the table, and
in none of the figures below it.

    recall_copies          contaminated texts that are the item in other clothes or in a longer text
    recall_paraphrase_llm  items reworded by a language model (this check is not made for them)
    clean_fpr              clean texts with a hit on the item that their pair names
    clean_any_item         clean texts with a hit on any item (clean_any_item_8gram: by that rule)
    docs_per_second        seeds checked for each second of CPU time, in one process
    ratio_any_8gram        the same, over that of the 8-gram rule
    peak_mb                most memory of the process, both indexes and all texts in it

The 8-gram rule is that of open-r1: lower case, words between white space, any 8 in a row in common.
"""

import argparse
import gzip
import json
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from backend.science.decontamination import BenchmarkIndex

COPIES = frozenset(
    "exact whitespace_case unicode_punctuation latex_format padded_instruction "
    "padded_long_context".split()
)
CLEAN = frozenset({"topical_neighbour", "unrelated"})
WORDS = 8

Row = dict[str, Any]


class Outcome(NamedTuple):
    """What became of one pair, by the check and by the 8-gram rule: the named or any item found."""

    kind: str
    named: bool
    any_item: bool
    named_8gram: bool
    any_item_8gram: bool


def read_jsonl(path: Path) -> Iterator[Row]:
    """The rows of a gzipped file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def eight_grams(text: str) -> set[str]:
    """Each 8 words in a row."""
    words = text.lower().split()
    return {" ".join(words[start : start + WORDS]) for start in range(len(words) - WORDS + 1)}


def outcomes(
    index: BenchmarkIndex, known: set[str], items: dict[str, str], pairs: Sequence[Row]
) -> list[Outcome]:
    """Check each pair's text; `known` are the 8-grams of all items."""
    found = []
    for pair in pairs:
        name = f"{pair['benchmark']}/{pair['benchmark_id']}"
        hits = {hit.item_id for hit in index.find_hits(pair["text"])}
        grams = eight_grams(pair["text"])
        shared = [not grams.isdisjoint(others) for others in (eight_grams(items[name]), known)]
        found.append(Outcome(_kind(pair), name in hits, bool(hits), *shared))
    return found


def _kind(pair: Row) -> str:
    return f"{pair['kind']} (grey)" if pair["grey"] and pair["contaminated"] else pair["kind"]


def docs_per_second(check: Callable[[str], object], texts: Sequence[str]) -> float:
    """Texts checked for each second of CPU time."""
    begun = time.process_time()
    for text in texts:
        check(text)
    return len(texts) / (time.process_time() - begun)


def share(found: Sequence[Outcome], kinds: frozenset[str], field: str) -> float:
    """The share of pairs of some kinds for which a field of the outcome holds."""
    return fmean(getattr(outcome, field) for outcome in found if outcome.kind in kinds)


def print_table(found: Sequence[Outcome]) -> None:
    """Shares by kind."""
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in found:
        by_kind[outcome.kind].append(outcome)
    print(f"{'':52} {'the check':>19} {'any shared 8-gram':>19}")
    print(f"{'kind':45} {'pairs':>6}" + f" {'found':>9} {'any item':>9}" * 2)
    for kind, group in sorted(by_kind.items()):
        shares = [fmean(column) for column in list(zip(*group, strict=True))[1:]]
        print(f"{kind:45} {len(group):6}" + "".join(f" {value:9.1%}" for value in shares))


def main() -> None:
    """Run, print the table, and as the last line one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder of the packs")
    parser.add_argument("--seeds", type=int, default=5000, help="how many seeds to time")
    options = parser.parse_args()

    items = {
        f"{row['benchmark']}/{row['id']}": row["text"]
        for row in read_jsonl(options.data / "benchmarks.jsonl.gz")
    }
    begun = time.process_time()
    index = BenchmarkIndex.build(items.items())
    build_seconds = time.process_time() - begun
    begun = time.process_time()
    known = set().union(*map(eight_grams, items.values()))
    set_seconds = time.process_time() - begun
    pairs = list(read_jsonl(options.data / "contamination_pairs.jsonl.gz"))
    found = outcomes(index, known, items, pairs)
    rows = read_jsonl(options.data / "seeds.jsonl.gz")
    # Every 19th, so that all sources are among them.
    seeds = [row["prompt"] for row in islice(rows, 0, 19 * options.seeds, 19)]
    checked = docs_per_second(index.find_hits, seeds)
    plain = docs_per_second(lambda text: not known.isdisjoint(eight_grams(text)), seeds)

    print_table(found)
    print(
        f"\n{len(items):,} items indexed in {build_seconds:.1f} s of CPU time ({set_seconds:.1f} s "
        f"for the set of 8-grams); {len(seeds):,} seeds timed: {checked:,.0f} docs/s, the 8-gram "
        f"rule {plain:,.0f} docs/s\n"
    )
    figures = {
        "recall_copies": share(found, COPIES, "named"),
        "recall_paraphrase_llm": share(found, frozenset({"paraphrase_llm"}), "named"),
        "clean_fpr": share(found, CLEAN, "named"),
        "clean_any_item": share(found, CLEAN, "any_item"),
        "clean_any_item_8gram": share(found, CLEAN, "any_item_8gram"),
        "docs_per_second": checked,
        "ratio_any_8gram": checked / plain,
        "build_seconds": build_seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps({name: round(value, 4) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
