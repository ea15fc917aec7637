"""How fast a frozen version is exported, beside a bare write of the same table by pyarrow.

python -m benchmarks.export

A database of its own is filled with seeds whose traces are simulated: words by lot that compress
about as reasoning does (see `benchmarks.export_texts`), 10,000 to 30,000 characters, some 6,000
tokens on average. For a million rows of this length 75,000 different traces are kept, so that some
13 rows have the same one; nothing of what an export does is done once for them: each row is read,
made, looked through and written in full, and equal ones stand too far apart for a compressor to
know. A quarter of the version's rows are second copies, in which guidelines need not be looked for.

The version is exported twice, another one of a tenth of its rows once, each time by a process of
its own. Peak memory is the sum of the peaks of that process and of each that it started, pages that
they share counted as often as they are shared. `bare` is reading the finished files' tables into
memory and writing them again with the same settings, of which only the writing is timed, in the
same run. CPU time of a row is that of all processes, the database's too, which says more than
seconds do where others use the machine.

SEEDBED_BENCH_ROWS (1000000), SEEDBED_BENCH_SMALL_ROWS (a tenth), SEEDBED_BENCH_TRACES (75000) and
SEEDBED_BENCH_CHARACTERS (20000, of a trace on average) make it smaller.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from backend.embedded import postgres
from backend.embedded.folders import ROOT
from benchmarks.export_texts import Texts

ROWS: Final = int(os.environ.get("SEEDBED_BENCH_ROWS", "1000000"))
SMALL_ROWS: Final = int(os.environ.get("SEEDBED_BENCH_SMALL_ROWS", str(ROWS // 10)))
CHARACTERS: Final = int(os.environ.get("SEEDBED_BENCH_CHARACTERS", "20000"))
TRACES: Final = int(os.environ.get("SEEDBED_BENCH_TRACES", "75000"))
PROMPTS: Final = 20_000
PROMPT_CHARACTERS: Final = 400
# Of a row, as the version counts them.
TOKENS: Final = CHARACTERS * 3 // 10
# Of four rows three are first copies.
FIRST_COPIES: Final = 0.75

SEEDS: Final = """
    insert into user_account (name, role) values ('bench', 'curator');
    insert into source (name) select 'source ' || n from generate_series(1, 12) n;
    insert into endpoint (name, base_url, model, role, sampling)
    values ('teacher', 'http://127.0.0.1:9/v1', 'a-teacher', 'teacher', '{}');
    insert into seed_revision (id, seed_id, number, prompt, answer, content_hash, origin)
    select n, n, 1, 'Problem ' || n || ': ' || asked.prompt || '. What is it?', (n % 997)::text,
        sha256(convert_to(n::text, 'UTF8')), 'import'
    from generate_series(1, :seeds) n join asked on asked.number = n % :prompts;
    insert into seed (id, source_id, external_id, revision_id, content_hash, domain, licence,
        status, verdict)
    select n, 1 + n % 12, n::text, n, sha256(convert_to(n::text, 'UTF8')),
        (array['algebra', 'geometry', 'code', 'law', null])[1 + n % 5],
        (array['mit', 'cc-by', null])[1 + n % 3], 'accepted', 'teachable'
    from generate_series(1, :seeds) n;
    insert into mixture (name, recipe, created_by) values ('bench', '{}', 1);
"""
ASKED: Final = "copy asked (number, prompt) from stdin"
TAUGHT: Final = """
    copy sample (id, revision_id, endpoint_id, template_hash, settings_hash, sample_index,
        max_tokens, response, reasoning, prompt_tokens, completion_tokens, cost, latency_ms)
    from stdin
"""
VERSION: Final = """
    insert into mixture_version (id, mixture_id, number, recipe, created_by, rows_hash, frozen_at,
        figures)
    values (:id, 1, :id, '{"trace": "shortest"}', 1, 'bench', now(), cast(:figures as jsonb));
    insert into mixture_row (version_id, position, seed_id, revision_id, sample_id, copy, weight,
        split, tokens, family)
    select :id, at, seed, seed, 1 + seed % :traces, copy, 1.33, 'train', :tokens, seed
    from (
        select row_number() over (order by hashint8(at)) - 1 as at,
            1 + at % :firsts as seed, at / :firsts as copy
        from generate_series(0, :rows - 1) at
    ) placed;
    insert into mixture_seed (version_id, revision_id, domain, licence, verdict)
    select :id, seed_id, seed.domain, seed.licence, 'teachable'
    from (select distinct seed_id from mixture_row where version_id = :id) held
    join seed on seed.id = held.seed_id;
"""


def main() -> None:
    """Fill, export, compare, and print the figures; the last line is JSON."""
    print(
        f"{ROWS:,} rows, traces of {CHARACTERS:,} characters on average (simulated, see docstring)"
    )
    with tempfile.TemporaryDirectory() as folder:
        server = Path(folder) / "postgres"
        url = postgres.start(server, settings=postgres.SCRATCH_SETTINGS).url()
        os.environ |= {
            "SEEDBED_DATABASE_URL": url, "SEEDBED_BROKER_URL": "memory://",
            "SEEDBED_HOME": str(Path(folder) / "home"),
        }  # fmt: skip
        try:
            figures = _measured(Path(folder) / "home" / "exports", server)
        finally:
            postgres.stop(server)
    for name, value in figures.items():
        print(f"{name:<30}{value:>14,}")
    print(json.dumps(figures))


def _measured(exports: Path, server: Path) -> dict[str, Any]:
    begun = time.monotonic()
    _fill()
    filled = time.monotonic() - begun
    load = os.getloadavg()[0]
    small, large = _export(1, server), _export(2, server)
    again = _export(2, server)
    bare = _bare_seconds(exports / large["folder"])
    identical = _contents(exports / large["folder"]) == _contents(exports / again["folder"])
    seconds = min(large["seconds"], again["seconds"])
    return {
        "rows": ROWS, "processes": large["processes"],
        "fill_seconds": round(filled, 1), "export_seconds": round(seconds, 1),
        "rows_per_second": round(ROWS / seconds), "table_mb": round(bare["bytes"] / 1e6, 1),
        "mb_per_second": round(bare["bytes"] / 1e6 / seconds, 1),
        "bare_seconds": round(bare["seconds"], 2),
        "bare_rows_per_second": round(ROWS / bare["seconds"]),
        "ratio_pyarrow": round(bare["seconds"] / seconds, 3),
        "cpu_microseconds_of_row": round(min(large["cpu"], again["cpu"]) / ROWS * 1e6),
        "bare_cpu_microseconds_of_row": round(bare["cpu"] / ROWS * 1e6),
        "load_before": round(load, 1), "load_after": round(os.getloadavg()[0], 1),
        "peak_mb_100k": round(small["peak_mb"], 1), "peak_mb_1m": round(large["peak_mb"], 1),
        "memory_ratio": round(large["peak_mb"] / small["peak_mb"], 3),
        "bytes_identical": identical,
    }  # fmt: skip


def _fill() -> None:
    from backend.database import engine

    command.upgrade(Config(ROOT / "alembic.ini"), "head")
    firsts = {1: round(SMALL_ROWS * FIRST_COPIES), 2: round(ROWS * FIRST_COPIES)}
    traces = min(TRACES, firsts[1])
    values = {"seeds": firsts[2], "prompts": PROMPTS}
    with engine().begin() as connection:
        connection.execute(text("set session_replication_role = replica"))
        _copy_texts(connection, traces)
        _run(connection, SEEDS, **values)
        for number, rows in ((1, SMALL_ROWS), (2, ROWS)):
            _run(
                connection, VERSION, id=number, rows=rows, firsts=firsts[number],
                tokens=TOKENS, traces=traces, figures=json.dumps(_figures(rows)),
            )  # fmt: skip
    with engine().connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("vacuum analyze"))
    engine().dispose()


def _figures(rows: int) -> dict[str, Any]:
    """What the card says of a version; of little weight here."""
    side = {"seeds": rows, "examples": rows, "rows": rows, "tokens": rows * TOKENS}
    nothing = dict.fromkeys(side, 0)
    names = ("clusters", "lengths", "sources", "licences", "left_out", "warnings")
    lists: dict[str, list[Any]] = {name: [] for name in names}
    return {"train": side, "validation": nothing, **lists}


def _copy_texts(connection: Any, traces: int) -> None:
    texts = Texts(random_seed=5)
    connection.execute(text("create unlogged table asked (number bigint primary key, prompt text)"))
    cursor = connection.connection.cursor()
    with cursor.copy(ASKED) as copy:
        for number in range(PROMPTS):
            copy.write_row((number, texts.of_length(PROMPT_CHARACTERS)))
    with cursor.copy(TAUGHT) as copy:
        for number in range(1, traces + 1):
            said = f"The answer is \\boxed{{{number % 997}}}."
            thought = texts.of_length(CHARACTERS)
            copy.write_row((number, number, 1, "t", "s", 0, 1, said, thought, 1, 1, 0, 1))
    connection.execute(text("analyze asked"))


def _run(connection: Any, script: str, **values: Any) -> None:
    for statement in script.split(";\n"):
        if statement.strip():
            wanted = {name: each for name, each in values.items() if f":{name}" in statement}
            connection.execute(text(statement), wanted)


def _export(version_id: int, server: Path) -> dict[str, Any]:
    """Export in a process of its own; what it prints, and its CPU time and the server's."""
    command = [sys.executable, "-m", "benchmarks.export", "--version", str(version_id)]
    before = _cpu_seconds(server)
    said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found | {"cpu": _cpu_seconds(server) - before}


def _cpu_seconds(server: Path) -> float:
    """Of all that this process has started and that has ended, and of the server's processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    number = next(server.rglob("postmaster.pid")).read_text().split()[0]
    fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    ticks = sum(map(int, fields[11:15]))  # own and waited for, user and system; see proc(5)
    return used.ru_utime + used.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def export_version(version_id: int) -> None:
    """What the exporting process does: as a worker does it, timed, and its peak memory."""
    from backend.accounts.tables import User
    from backend.config import settings
    from backend.database import session_scope
    from backend.exports.schemas import VersionExportCreate
    from backend.exports.shard_writers import writer_count
    from backend.exports.version_service import create_version_export
    from backend.jobs.service import claim
    from workers.tasks.exports import write_version

    with session_scope() as session:
        wanted = VersionExportCreate(name="bench", format="trl-sft")
        user = session.get_one(User, 1)
        export = create_version_export(session, user, version_id, wanted)
    job = claim(export.job_id or 0, 3600, "bench/1")
    assert job is not None
    pa.array([""])  # loads what pyarrow converts with, once a process
    begun = time.monotonic()
    write_version(job)
    seconds = time.monotonic() - begun
    files = len(list((settings().home / "exports" / str(export.folder) / "data").iterdir()))
    processes = writer_count(files)
    own, largest = (
        resource.getrusage(whose).ru_maxrss / 1024
        for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    peak = own + (processes * largest if processes > 1 else 0)
    said = {"folder": export.folder, "seconds": seconds, "peak_mb": peak, "processes": processes}
    print(json.dumps(said))


def _bare_seconds(folder: Path) -> dict[str, float]:
    """Seconds to write the tables of all files once more, from memory, one after the other."""
    from backend.exports.table_files import GROUP_ROWS, parquet_options

    seconds, cpu, size = 0.0, 0.0, 0
    with tempfile.TemporaryDirectory() as target:
        for path in sorted((folder / "data").glob("*.parquet")):
            table = pq.read_table(path)
            size += table.nbytes
            begun, used = time.monotonic(), time.process_time()
            pq.write_table(
                table, Path(target) / path.name, row_group_size=GROUP_ROWS,
                **parquet_options(table.schema),
            )  # fmt: skip
            seconds += time.monotonic() - begun
            cpu += time.process_time() - used
            (Path(target) / path.name).unlink()
    return {"seconds": seconds, "cpu": cpu, "bytes": size}


def _contents(folder: Path) -> list[tuple[str, str]]:
    """Path and hash of each file but the manifest."""
    from backend.exports.files import sha256_of

    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        (str(path.relative_to(folder)), sha256_of(path))
        for path in paths
        if path.name != "manifest.json"
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--version"]:
        export_version(int(sys.argv[2]))
    else:
        main()
