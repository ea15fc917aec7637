"""How often two answers are rightly called equivalent or not, by kind, and how fast.

    python -m benchmarks.equivalence [--pairs FILE]

FILE holds JSON lines of `a`, `b`, `equivalent` and `kind`: answers as models write them, a whole
`\\boxed{}` or sentence included. Both orders of every pair go through the pool of processes that
the product uses; what it cannot find out in time counts as not equivalent. Times are of one order,
with the pool's processes already started.
"""

import argparse
import json
import re
import statistics
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from backend.science.answer_extraction import extract_answer
from backend.science.answer_keys import AnswerKey
from backend.science.answers import canonical_key
from workers.equivalence_pool import EquivalencePool

PAIRS = Path(__file__).parent.parent / "tests" / "backend" / "science" / "equivalence_pairs.jsonl"
_STATED = re.compile(r"\\(?:boxed|fbox)|\banswer\b|####", re.IGNORECASE)


class Outcome(NamedTuple):
    """What was said about a pair, both ways round."""

    pair: dict[str, Any]
    forwards: bool
    backwards: bool
    milliseconds: float

    @property
    def is_right(self) -> bool:
        """Whether both orders were judged rightly."""
        return self.forwards == self.backwards and self.forwards is self.pair["equivalent"]


def key_of(text: str) -> AnswerKey | None:
    """The key of an answer, or of the answer stated in a response."""
    return canonical_key(extract_answer(text) if _STATED.search(text) else text)


def judged(pool: EquivalencePool, first: str, second: str) -> bool:
    """Whether two answers are equivalent; no answer is equivalent to nothing."""
    one, two = key_of(first), key_of(second)
    return one is not None and two is not None and pool(one, two)


def outcome(pool: EquivalencePool, pair: dict[str, Any]) -> Outcome:
    """Judge a pair both ways round."""
    started = time.perf_counter()
    forwards = judged(pool, pair["a"], pair["b"])
    elapsed = time.perf_counter() - started
    return Outcome(pair, forwards, judged(pool, pair["b"], pair["a"]), elapsed * 1000)


def report(outcomes: list[Outcome], killed: int) -> None:
    """The misses, the table by kind, and one JSON object as the last line."""
    by_kind: defaultdict[str, list[Outcome]] = defaultdict(list)
    for found in outcomes:
        by_kind[found.pair.get("kind", "")].append(found)
        if not found.is_right:
            said = "joined" if found.forwards or found.backwards else "kept apart"
            print(f"{said}: {found.pair['a']!r} and {found.pair['b']!r}")
    print(f"\n{'kind':<14}{'pairs':>7}{'right':>9}")
    for kind, group in sorted(by_kind.items()):
        print(f"{kind:<14}{len(group):>7}{_share([found.is_right for found in group]):>9.3f}")
    joined = [f.forwards or f.backwards for f in outcomes if not f.pair["equivalent"]]
    apart = [not (f.forwards and f.backwards) for f in outcomes if f.pair["equivalent"]]
    times = [found.milliseconds for found in outcomes]
    print(
        json.dumps(
            {
                "accuracy": round(_share([found.is_right for found in outcomes]), 4),
                "false_merges": round(_share(joined), 4),
                "missed": round(_share(apart), 4),
                "asymmetric": sum(found.forwards != found.backwards for found in outcomes),
                "ms_p50": round(statistics.median(times), 3),
                "ms_max": round(max(times), 1),
                "pairs": len(outcomes),
                "killed": killed,
            }
        )
    )


def _share(flags: list[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def main() -> None:
    """Read the pairs, judge them, report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pairs", type=Path, default=PAIRS)
    lines = parser.parse_args().pairs.read_text().splitlines()
    pool = EquivalencePool(processes=1)
    pool.decide(AnswerKey("expression", "x+1"), AnswerKey("expression", "1+x"))
    outcomes = [outcome(pool, json.loads(line)) for line in lines if line.strip()]
    report(outcomes, pool.killed)
    pool.close()


if __name__ == "__main__":
    main()
