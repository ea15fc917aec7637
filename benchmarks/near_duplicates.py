"""Are near-duplicates found, what does it cost, and does it cost more once many are stored?

    python -m benchmarks.near_duplicates --data DIR [--seeds 1000000]

The real seeds of `seeds.jsonl.gz`, then as many made from them, pushed over HTTP and searched by a
real worker over a real Postgres. Of the made ones half are light edits (case, punctuation, a word,
a number, a sentence before), half have so many words of other seeds that they are new texts; a
number in `external_id` says from which seed each was made. All of it follows from one random seed.

    truth             a sample of seeds is compared exactly with all seeds, through an inverted
                      index over their shingles; it knows nothing of signatures or bands
    seed_recall       of sampled seeds that have a near-duplicate, the share that is in a group
    pair_recall       of the sample's pairs of copies (similar, same numbers), those in one group
    confirmed         of the members of sampled seeds' groups, those similar enough to the leader
                      (by the exact comparison; must be 1)
    pair_precision    of the sample's pairs in one group, those similar enough to each other
    docs_per_second   sketched for each second of CPU time, from the text to the bucket
    ratio_datasketch  the same, over datasketch's `MinHash.bulk` of the same shingles as bytes
    add_seconds       from the answer of an import of 1,000 seeds until they are searched: median of
                      three, by the number of seeds stored before
    peak_mb           most memory of the worker's processes, shared pages counted often
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

import orjson
import psycopg
from datasketch import MinHash

from backend.duplicates.sketching import RULE, DueSeed, sketch
from backend.embedded import postgres
from backend.science.text import normalise
from benchmarks.decontamination import read_jsonl
from benchmarks.duplicate_truth import Figures, Stored, measured
from benchmarks.ingest import upload, wait_for_search
from benchmarks.services import Services, running_services

ADDED: Final = 1000
TIMED_TEXTS: Final = 20_000
UPLOADED_AT_ONCE: Final = 200_000

Row = dict[str, Any]


class Stage(NamedTuple):
    """One size of the collection, and what it cost to come to it."""

    seeds: int
    search_seconds: float
    add_seconds: float
    megabytes: float
    figures: Figures


def made_rows(texts: Sequence[str], first: int, count: int) -> Iterator[Row]:
    """Seeds made from real ones; the same numbers give the same rows."""
    for number in range(first, first + count):
        chance = random.Random(number)
        origin = chance.randrange(len(texts))
        edit = chance.choice([rewritten, lightly_edited])
        prompt = edit(texts[origin], texts[chance.randrange(len(texts))], chance)
        yield row(prompt, "made", f"{number}:{origin}")


def row(prompt: str, source: str, external_id: str) -> Row:
    """A seed to push; empty prompts are none."""
    return {"prompt": prompt[:100_000] or "?", "source": source, "external_id": external_id}


def lightly_edited(text: str, other: str, chance: random.Random) -> str:
    """A text that a person would call the same, or the same with another number."""
    words = text.split(" ")
    place = chance.randrange(len(words))
    kind = chance.choice(["case", "word", "number", "before", "after"])
    if kind == "case":
        return text.upper() if chance.random() < 0.5 else f"{text.lower()} {'.' * place}"
    if kind == "word":
        words[place] = chance.choice(other.split() or ["word"])
        return " ".join(words)
    if kind == "number":
        digits = [at for at, character in enumerate(text) if character in "0123456789"]
        at = chance.choice(digits) if digits else len(text)
        return f"{text[:at]}{chance.randint(2, 99)}{text[at + 1 :]}"
    added = " ".join(other.split()[:3])
    return f"{added} {text}" if kind == "before" else f"{text} {added}"


def rewritten(text: str, other: str, chance: random.Random) -> str:
    """A text of its own: every third word or so is from another seed."""
    words, others = text.split(" "), other.split() or ["word"]
    for place in range(len(words)):
        if chance.random() < 0.4:
            words[place] = chance.choice(others)
    return " ".join([*words, *chance.choices(others, k=5)])


def sketching_speed(texts: Sequence[str]) -> tuple[float, float]:
    """Texts sketched in a second of CPU time, here and by datasketch."""
    begun = time.process_time()
    for place in range(0, len(texts), 5000):
        sketch([DueSeed(0, 0, text) for text in texts[place : place + 5000]])
    ours = time.process_time() - begun
    begun = time.process_time()
    MinHash.bulk([_shingles(text) for text in texts], num_perm=RULE.banding.permutations)
    return len(texts) / ours, len(texts) / (time.process_time() - begun)


def _shingles(text: str) -> list[bytes]:
    words = ["<", *normalise(text).split(" "), ">"]
    return [" ".join(words[at : at + 3]).encode() for at in range(len(words) - 2)]


def push(services: Services, rows: Iterator[Row], name: str) -> float:
    """Push seeds, wait for the search; seconds from the last answer to the search's end."""
    path = services.folder / f"{name}.jsonl"
    seconds = 0.0
    while lot := list(islice(rows, UPLOADED_AT_ONCE)):
        path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in lot))
        upload(services, path)
        begun = time.perf_counter()
        wait_for_search(services)
        seconds += time.perf_counter() - begun
    path.unlink()
    return seconds


def stage(services: Services, rows: Iterator[Row], texts: Sequence[str], sample: int) -> Stage:
    """Push and search seeds, add a few more three times, and hold all groups against the truth."""
    searched = push(services, rows, "seeds")
    url = postgres.url(services.folder / "postgres").replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        stored = connection.execute("select max(id), count(*) from seed").fetchone()
    assert stored is not None
    first = 10**9 + stored[0]
    added = [
        push(services, made_rows(texts, first + again * ADDED, ADDED), "added")
        for again in range(3)
    ]
    with psycopg.connect(url) as connection:
        figures = measured(Stored.read(connection), sample)
        size = connection.execute(
            "select sum(pg_total_relation_size(oid)) from pg_class where relname in "
            "('duplicate_band', 'duplicate_sketch', 'duplicate_group', 'duplicate_member')"
        ).fetchone()
    assert size is not None
    return Stage(stored[1], searched, median(added), float(size[0]) / 2**20, figures)


def print_stages(stages: Sequence[Stage]) -> None:
    """A line for each size."""
    names = ("seeds", "search", "+1,000", "MB in Postgres", *Figures._fields)
    print("  ".join(f"{name:>14}" for name in names))
    for each in stages:
        figures = (
            f"{each.seeds:,}", f"{each.search_seconds:.1f} s", f"{each.add_seconds:.2f} s",
            f"{each.megabytes:,.0f}", *(f"{value:.4g}" for value in each.figures),
        )  # fmt: skip
        print("  ".join(f"{figure:>14}" for figure in figures))


def main() -> None:
    """Run, print the table, and as the last line one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=1000)
    options = parser.parse_args()

    texts = [found["prompt"] for found in read_jsonl(options.data / "seeds.jsonl.gz")]
    texts = texts[: options.seeds]
    ours, theirs = sketching_speed(texts[:TIMED_TEXTS])
    real = (row(text, "real", str(number)) for number, text in enumerate(texts))
    stages: list[Stage] = []
    with running_services(lease_seconds=30) as services:
        stages.append(stage(services, real, texts, options.sample))
        if (more := options.seeds - len(texts)) > 0:
            stages.append(stage(services, made_rows(texts, 0, more), texts, options.sample))
        peak = services.peak_mb("worker")
    print_stages(stages)
    print(f"\nsketching: {ours:,.0f} docs/s, datasketch {theirs:,.0f} docs/s\n")
    last = stages[-1]
    figures = {
        **last.figures._asdict(),
        "search_seconds": last.search_seconds,
        "docs_per_second": ours,
        "ratio_datasketch": ours / theirs,
        "add_seconds": {str(each.seeds): round(each.add_seconds, 2) for each in stages},
        "peak_mb": peak,
    }
    print(json.dumps({
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in figures.items()
    }))  # fmt: skip


if __name__ == "__main__":
    main()
