"""The demo's seeds: puzzles of reasoning-gym, from one-digit products to word problems."""

import sys
import warnings
from types import ModuleType
from typing import Any, Final, NamedTuple

SOURCE: Final = "reasoning-gym demo"
RANDOM_SEED: Final = 20_261_123
# What is drawn for each seed that is wanted: small tasks repeat themselves.
DRAWN_FOR_ONE: Final = 5


class Kind(NamedTuple):
    """A task of reasoning-gym with its settings, and how many seeds of it."""

    task: str
    domain: str
    seeds: int
    settings: dict[str, int]


ONE_DIGIT: Final = {"min_terms": 2, "max_terms": 2, "min_digits": 1, "max_digits": 1}
THREE_NUMBERS: Final = {"min_terms": 3, "max_terms": 3, "min_digits": 2, "max_digits": 2}
KINDS: Final = (
    Kind("products", "arithmetic", 10, ONE_DIGIT),
    Kind("chain_sum", "arithmetic", 10, ONE_DIGIT),
    Kind("chain_sum", "arithmetic", 8, THREE_NUMBERS),
    Kind("letter_counting", "counting", 8, {"min_words": 4, "max_words": 7}),
    Kind("gcd", "number theory", 8, {"min_value": 2, "max_value": 60}),
    Kind("simple_equations", "algebra", 6, {}),
    Kind("syllogism", "logic", 5, {}),
    Kind("gsm_symbolic", "word problems", 5, {}),
)


def demo_seeds() -> list[dict[str, Any]]:
    """Rows for the bulk endpoint, in rising difficulty; every other one has its answer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # a library of reasoning-gym's has some
        # A SAT solver that only one task asks for, and that needs a C compiler to install.
        sys.modules.setdefault("pycosat", ModuleType("pycosat"))
        import reasoning_gym

    rows: list[dict[str, Any]] = []
    for place, kind in enumerate(KINDS):
        drawn = reasoning_gym.create_dataset(
            kind.task,
            seed=RANDOM_SEED + place,
            size=kind.seeds * DRAWN_FOR_ONE,
            **kind.settings,
        )
        distinct = {item["question"]: item["answer"] for item in drawn}
        for number, (prompt, answer) in enumerate(list(distinct.items())[: kind.seeds]):
            rows.append(
                {
                    "prompt": prompt,
                    "source": SOURCE,
                    "external_id": f"{place + 1}-{kind.task}-{number + 1}",
                    "domain": kind.domain,
                    "licence": "Apache-2.0",
                    "answer": answer if len(rows) % 2 else None,
                    "metadata": {"task": kind.task, "settings": kind.settings},
                }
            )
    return rows
