"""Are planted faults found in rewrites, by the check that is for them, and honest ones let pass?

    python -m benchmarks.planted_rewrites --data DIR [--each 200] [--aside] [--show]

Honest rewrites are real problems as they stand, with their answers; what they are taken to rewrite
is a proof. Faults are planted into those with which no rule finds fault. Without `--aside` that is
the part of the problems, and of the words, with which the rules were mended; with it the other one.

A wrong answer is put into a rewrite that models have really answered: their recorded answers are
the votes, and the check has to contradict it. Simulated is one thing: the rewrite is the recorded
problem itself. Texts of benchmark items, as they are or in other clothes, are searched for among
all items. A quoted guideline is not planted: nobody who rewrites is shown one.

    failed   of the planted faults of a kind, those whose check fails
    caught   those whose check does not pass: unknown is never a pass

The last line is one JSON object.
"""

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from backend.science.rewrite_checks import RULE_CHECKS, check_rules
from backend.science.rewrite_rules import Wording
from benchmarks import planted_answers, planted_copies
from benchmarks.rewrite_data import Honest, honest_problems, recorded_votes
from benchmarks.rewrite_faults import KINDS, Chance, Kind

ORIGINAL = Wording("Prove what was to be proved.", None)
Outcomes = Mapping[str, Counter[str]]


def planted(kind: Kind, bases: Sequence[Honest], each: int, *, aside: bool) -> list[Wording]:
    """So many rewrites with a fault of a kind."""
    chance = Chance(random.Random(kind.name), aside)
    found: list[Wording] = []
    while len(found) < each:
        wording = kind.plant(chance.random.choice(bases).wording, chance)
        if wording is not None:
            found.append(wording)
    return found


def outcomes(wordings: Sequence[Wording], check: str) -> Counter[str]:
    """What a check by rule says of each."""
    return Counter(_said(wording, check) for wording in wordings)


def false_alarms(honest: Sequence[Honest]) -> dict[str, Counter[str]]:
    """The gravest outcome of all rules on honest rewrites, by where they are from."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one in honest:
        said = {_said(one.wording, check) for check in RULE_CHECKS}
        gravest = next(name for name in ("failed", "unknown", "passed") if name in said)
        found[one.group][gravest] += 1
    return found


def _said(wording: Wording, check: str) -> str:
    return check_rules(ORIGINAL, wording)[check].outcome


def _shares(found: Outcomes, *names: str) -> dict[str, float]:
    return {
        kind: round(sum(counts[name] for name in names) / counts.total(), 4)
        for kind, counts in found.items()
    }


def print_table(title: str, found: Outcomes) -> None:
    """A row for each kind."""
    print(f"\n{title:<46}{'number':>8}{'failed':>9}{'unknown':>9}{'passed':>9}")
    for kind, counts in found.items():
        shares = "".join(f"{counts[name] / counts.total():>9.3f}"
                         for name in ("failed", "unknown", "passed"))  # fmt: skip
        print(f"{kind:<46}{counts.total():>8}{shares}")


def report(
    rules: Outcomes, wrong: Outcomes, copies: Outcomes, honest: Outcomes, right: Outcomes
) -> None:
    """The tables, and one JSON object as the last line."""
    print_table("planted, found by rules", rules)
    print_table("planted wrong answers, found by recorded votes", wrong)
    print_table("planted copies, found among benchmark items", copies)
    print_table("honest, all rules", honest)
    print_table("honest, held against recorded votes", right)
    caught = _shares(rules, "failed", "unknown")
    total = sum(honest.values(), Counter[str]())
    figures = {
        "caught": caught,
        "failed": _shares(rules, "failed"),
        "least_caught": min(caught.values()),
        "wrong_answers": {
            "failed": _shares(wrong, "failed"), "caught": _shares(wrong, "failed", "unknown"),
        },
        "copies": _shares(copies, "failed"),
        "honest": total.total(),
        "honest_failed": round(total["failed"] / total.total(), 5),
        "honest_doubted": round(total["unknown"] / total.total(), 5),
        "right_answers_failed": _shares(right, "failed"),
        "right_answers_doubted": _shares(right, "unknown"),
    }  # fmt: skip
    print(json.dumps(figures))


def main() -> None:
    """Plant, look, report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, help="folder with problems and recorded answers")
    parser.add_argument("--each", type=int, default=200, help="planted faults of each kind")
    parser.add_argument("--aside", action="store_true", help="the part that was kept aside")
    parser.add_argument("--show", action="store_true", help="print what was missed")
    options = parser.parse_args()
    if options.data is None or not (options.data / "problems.jsonl.gz").exists():
        print(json.dumps({"skipped": "there is no folder of recorded problems: name it by --data"}))
        return
    honest = [one for one in honest_problems(options.data) if one.aside == options.aside]
    faultless = [one for one in honest if set(false_alarms([one])[one.group]) == {"passed"}]
    wordings = {kind: planted(kind, faultless, options.each, aside=options.aside) for kind in KINDS}
    if options.show:
        show_missed(wordings)
    votes = recorded_votes(options.data)
    report(
        {kind.name: outcomes(some, kind.check) for kind, some in wordings.items()},
        planted_answers.outcomes(honest, votes, wrong=True),
        planted_copies.outcomes(options.data, options.each),
        false_alarms(honest),
        planted_answers.outcomes(honest, votes, wrong=False),
    )


def show_missed(wordings: Mapping[Kind, Sequence[Wording]]) -> None:
    """The ends of planted texts that pass."""
    for kind, some in wordings.items():
        for wording in some:
            if _said(wording, kind.check) == "passed":
                print(f"{kind.name}: {wording.prompt[-240:]!r} ({wording.answer})")


if __name__ == "__main__":
    main()
