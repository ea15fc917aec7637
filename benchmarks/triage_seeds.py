"""Seeds by the million for `benchmarks.triage`, with all that the triage pane shows of one.

Most rows are made inside Postgres, from a few thousand texts that are sent there once. Indexes
that back no constraint are dropped meanwhile and made again at the end; foreign keys are unchecked.
"""

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from benchmarks.ingest import WORDS

SCRIPT: Final = Path(__file__).with_suffix(".sql")
BODIES: Final = 4000
# So many seeds, those of the highest attention, have their responses stored.
ANSWERED: Final = 50_000
ITEMS: Final = 2000
DOMAINS: Final = (
    "algebra", "geometry", "number theory", "combinatorics", "word problems", "logic", "physics",
    "chemistry", "code",
)  # fmt: skip
SOURCES: Final = tuple(f"collection {letter}" for letter in "abcdefghijkl")
VERDICTS: Final = ("teachable", "hard", "suspect", "easy", "unsettled")
_SYLLABLES: Final = "ba ce di fo gu ha ke li mo nu pa re si to va we xi yo zu tri".split()
_FORMULAS: Final = (
    r"$\frac{{{a}}}{{{b}}} + \sqrt{{{c}}}$", r"$x^2 - {a}x + {b} = 0$",
    r"$\sum_{{k=1}}^{{{c}}} k^{a}$",
    r"$\angle ABC = {c}^\circ$", r"$f(x) = {a}\sin({b}x)$", r"$n \equiv {a} \pmod{{{b}}}$",
    "\n\n$$\\int_0^{{{a}}} \\frac{{x^{b}}}{{1 + x^2}}\\,dx$$\n\n",
    "\n\n$$\\begin{{pmatrix}} {a} & {b} \\\\ {c} & 1 \\end{{pmatrix}}$$\n\n",
)  # fmt: skip
_TABLES: Final = (
    "seed", "seed_revision", "seed_text", "teachability", "sample", "judgment",
    "decontamination_hit", "decision",
)  # fmt: skip


def vocabulary() -> list[str]:
    """Words from common to rare: the text of seeds takes the n-th in proportion to 1 / n."""
    chance = random.Random(1)
    made = {"".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(2500)}
    return list(dict.fromkeys((*WORDS, *sorted(made, key=lambda _: chance.random()))))


def fill(url: str, seeds: int, curators: Sequence[int]) -> float:
    """Fill a migrated database; returns the seconds that it took.

    Args:
        url: of SQLAlchemy's form.
        seeds: how many.
        curators: numbers of the users who have decided before, and skipped.
    """
    begun = time.monotonic()
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("set synchronous_commit = off")
        connection.execute("set session_replication_role = replica")  # no foreign key is checked
        connection.execute("set maintenance_work_mem = '1GB'")
        connection.execute("select setseed(0.5)")
        _send_material(connection, seeds, curators)
        with _indexes_dropped(connection):
            connection.execute(SCRIPT.read_text(encoding="utf-8"))
        for table in _TABLES:
            connection.execute(f"vacuum analyze {table}")
        connection.execute("checkpoint")
    return time.monotonic() - begun


@contextmanager
def _indexes_dropped(connection: psycopg.Connection[Any]) -> Iterator[None]:
    found = connection.execute(
        "select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index "
        "where indrelid = any(%s::regclass[]) and not exists "
        "(select from pg_constraint where conindid = indexrelid)",
        [list(_TABLES)],
    ).fetchall()
    for name, _ in found:
        connection.execute(f"drop index {name}")
    yield
    for _, definition in found:
        connection.execute(definition)


def _send_material(
    connection: psycopg.Connection[Any], seeds: int, curators: Sequence[int]
) -> None:
    connection.execute(
        "create temp table plan as select %s::int as seeds, %s::int as answered, %s::int as items,"
        " %s::bigint[] as curators, %s::text[] as domains, %s::text[] as sources",
        [seeds, min(seeds, ANSWERED), ITEMS, list(curators), list(DOMAINS), list(SOURCES)],
    )
    chance = random.Random(2)
    words = vocabulary()
    weights = list(accumulate(1 / (rank + 10) for rank in range(len(words))))
    bodies = [_body(chance, words, weights) for _ in range(BODIES)]
    _copy(connection, "body (number int, text text)", enumerate(bodies))
    answers = [
        (number, key, f"{_body(chance, words, weights)} So the answer is $\\boxed{{{key}}}$.")
        for number, key in enumerate(chance.choices(("17", "12"), k=500))
    ]
    _copy(connection, "answer (number int, key text, text text)", answers)
    columns = "number int, verdict text, plurality jsonb, weak jsonb, agreement float8,"
    verdicts = (
        (number, *_verdict(chance, VERDICTS[number % len(VERDICTS)])) for number in range(100)
    )
    _copy(connection, f"verdict ({columns} reliability float8, odds float8[])", verdicts)


def _copy(connection: psycopg.Connection[Any], table: str, rows: Iterable[Any]) -> None:
    connection.execute(f"create temp table {table}")
    name = table.partition(" ")[0]
    with connection.cursor() as cursor, cursor.copy(f"copy {name} from stdin") as copy:
        for row in rows:
            copy.write_row(row)
    connection.execute(f"analyze {name}")


def _body(chance: random.Random, words: list[str], weights: list[float]) -> str:
    """A text of 150 to 1,450 characters, a formula in every third sentence or so."""
    length, sentences = chance.randint(150, 1450), [""]
    while sum(map(len, sentences)) < length:
        sentence = " ".join(
            chance.choices(words, cum_weights=weights, k=chance.randint(6, 16))
        ).capitalize()
        if chance.random() < 0.35:
            a, b, c = chance.randint(2, 99), chance.randint(2, 9), chance.randint(2, 120)
            sentence += " " + chance.choice(_FORMULAS).format(a=a, b=b, c=c)
        sentences.append(sentence + ".")
    return " ".join(sentences[1:])[:length]


def _verdict(chance: random.Random, verdict: str) -> tuple[Any, ...]:
    """What is stored of a verdict: the votes, and probabilities that add up to one."""
    matching = {"teachable": 4, "hard": 0, "suspect": 1, "easy": 8, "unsettled": 2}[verdict]
    right = chance.randint(2, 4)
    plurality = {
        "classes": [_class("17", right, 4, True), *([_class("12", 4 - right, 4)] * (right < 4))],
        "unanswered": 0, "total": 4, "tie": False, "share": right / 4, "margin": right / 2 - 1,
    }  # fmt: skip
    weak = {
        "endpoint": "weak", "model": "weak-1b", "matching": matching, "total": 8,
        "rate": matching / 8, "low": max(0.0, matching / 8 - 0.2),
        "high": min(1.0, matching / 8 + 0.2), "unanswered": 0,
        "classes": [
            *([_class("17", matching, 8, True)] * bool(matching)),
            *([_class("12", 8 - matching, 8)] * (matching < 8)),
        ],
    }  # fmt: skip
    surest = VERDICTS.index(verdict) % 4
    odds = [0.91 if place == surest else 0.03 for place in range(4)]
    return verdict, Jsonb(plurality), Jsonb([weak]), matching / 8, 0.5 + right / 10, odds


def _class(key: str, count: int, total: int, is_reference: bool = False) -> dict[str, Any]:
    return {
        "key": f"integer:{key}", "keys": [f"integer:{key}"], "answer": key, "count": count,
        "share": count / total, "is_reference": is_reference,
    }  # fmt: skip
