"""How fast do seeds come in, beside a raw COPY of the same rows, and once many are stored?

    python -m benchmarks.ingest [--rows 100000] [--preload 100000]

Real Postgres and API, one upload of NDJSON at a time from this process, on the same machine; each
begins once the seeds of the one before are searched for near-duplicates.

    empty table      the rows into a new database
    the same again   all of them are known
    raw COPY         the same rows, parsed beforehand, into one table with a unique key: no checks,
                     no revisions, no lists, no answer; the better of two
    full table       as many other rows, after the preload

The last line is JSON: rows_per_second (empty table), ratio_raw_copy (over the raw COPY),
ratio_when_full (full over empty table), reimport_created (must be 0), peak_mb (of the API).
"""

import argparse
import hashlib
import json
import random
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import psycopg
from psycopg.types.json import Jsonb

from backend.embedded import postgres
from benchmarks.services import Services, running_services, wait_until

PIECE = 2**16
SEARCH_SECONDS = 3600.0
WORDS = (
    "the a of and to in is train boat garden number apples every hour total first second price "
    "cost half twice as many more than fewer left remaining walks sells buys after before each "
    "how find what value integer positive sum product ratio speed distance area triangle circle"
).split()

Row = dict[str, Any]


def realistic_rows(first: int, count: int) -> Iterator[Row]:
    """Word problems of some 600 characters, with an answer and a little metadata."""
    for number in range(first, first + count):
        chance = random.Random(number)
        text = " ".join(chance.choices(WORDS, k=chance.randint(60, 150)))
        yield {
            "prompt": f"Problem {number}: {text} {chance.randint(2, 999)}?",
            "source": f"source-{number % 7}",
            "external_id": f"problem-{number}",
            "domain": chance.choice(["algebra", "geometry", "number theory", "word problems"]),
            "answer": str(chance.randint(1, 10_000)),
            "licence": "MIT",
            "metadata": {"level": chance.randint(1, 5), "year": 2000 + number % 25},
        }


def write_lines(path: Path, first: int, count: int) -> Path:
    """The rows as a file of NDJSON."""
    with path.open("wb") as file:
        file.writelines(orjson.dumps(row) + b"\n" for row in realistic_rows(first, count))
    return path


def upload(services: Services, path: Path) -> tuple[float, Row]:
    """Seconds that an import took, and its answer."""

    def pieces() -> Iterator[bytes]:
        with path.open("rb") as file:
            yield from iter(lambda: file.read(PIECE), b"")

    headers = {"Content-Type": "application/x-ndjson", "Content-Length": str(path.stat().st_size)}
    begun = time.perf_counter()
    response = services.api.post(
        "/v1/seeds:bulk?results=rejected", content=pieces(), headers=headers, timeout=None
    )
    seconds = time.perf_counter() - begun
    if response.is_error:
        raise RuntimeError(response.text)
    return seconds, response.json()


def wait_for_search(services: Services) -> None:
    """Until every seed is searched."""
    while job := services.get("/v1/duplicates/search")["job"]:
        wait_until(partial(_has_ended, services, job["id"]), "the search", SEARCH_SECONDS)
    if due := services.get("/v1/duplicates/search")["due"]:
        raise RuntimeError(f"the search has left {due:,} seeds")


def _has_ended(services: Services, job_id: int) -> bool:
    return services.get(f"/v1/jobs/{job_id}")["state"] in ("done", "failed")


def raw_copy(url: str, path: Path) -> float:
    """Seconds for a COPY of the rows, parsed beforehand, into a table with a unique key."""
    with path.open("rb") as file:
        rows = [_copied(orjson.loads(line)) for line in file]
    types = ["bytea", *["text"] * 6, "jsonb"]
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("drop table if exists raw_copy")
        connection.execute(
            "create table raw_copy (content_hash bytea unique, prompt text, source text, "
            "external_id text, domain text, answer text, licence text, metadata jsonb)"
        )
        connection.commit()
        begun = time.perf_counter()
        with (
            connection.cursor() as cursor,
            cursor.copy("copy raw_copy from stdin (format binary)") as copy,
        ):
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)
        connection.commit()
        seconds = time.perf_counter() - begun
        connection.execute("drop table raw_copy")
    return seconds


def _copied(row: Row) -> tuple[Any, ...]:
    digest = hashlib.sha256(row["prompt"].encode()).digest()
    texts = ("prompt", "source", "external_id", "domain", "answer", "licence")
    return (digest, *(row[name] for name in texts), Jsonb(row["metadata"]))


def main() -> None:
    """Run, print the table, and as the last line one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--preload", type=int, default=100_000)
    options = parser.parse_args()
    rows: int = options.rows

    with running_services() as services:
        first = write_lines(services.folder / "first.jsonl", 0, rows)
        print(f"{rows:,} rows, {first.stat().st_size / 1e6:.0f} MB of NDJSON\n")
        empty, _ = upload(services, first)
        wait_for_search(services)
        again, answer = upload(services, first)
        url = postgres.url(services.folder / "postgres")
        copied = min(raw_copy(url, first) for _ in range(2))
        upload(services, write_lines(services.folder / "more.jsonl", rows, options.preload))
        wait_for_search(services)
        last = write_lines(services.folder / "last.jsonl", rows + options.preload, rows)
        full, _ = upload(services, last)
        peak = services.peak_mb("api")

    for name, seconds in {
        "empty table": empty, "the same again": again, "raw COPY": copied,
        f"full table ({rows + options.preload:,} stored)": full,
    }.items():  # fmt: skip
        print(f"{name:35} {seconds:7.2f} s {rows / seconds:9,.0f} rows/s")
    print()
    figures = {
        "rows_per_second": rows / empty,
        "ratio_raw_copy": copied / empty,
        "ratio_when_full": empty / full,
        "reimport_created": answer["created"],
        "peak_mb": peak,
    }
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
