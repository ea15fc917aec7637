"""Load benchmarks from a file: good rows are kept, broken ones reported by row and field."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final, NamedTuple

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.config import settings
from backend.decontamination.contents import Contents, opened
from backend.decontamination.item_text import checked_text, item_text, value_at
from backend.decontamination.schemas import BenchmarkOut, LoadOptions, LoadResult, RejectedRow
from backend.decontamination.service import enqueue_check, stored_benchmark
from backend.decontamination.tables import Benchmark, BenchmarkItem
from backend.errors import Invalid
from backend.seeds.rows import MAX_EXTERNAL_ID, MAX_NAME, RowRejected

ID_FIELD: Final = "id"
REJECTED_SHOWN: Final = 1000
_BATCH: Final = 2000
_LOADING_LOCK: Final = 7_217_733_002

_UPSERT = text("""
    insert into benchmark_item (benchmark_id, external_id, text)
    select * from unnest(
        cast(:benchmark_ids as bigint[]), cast(:external_ids as text[]), cast(:texts as text[])
    )
    on conflict (benchmark_id, external_id) do update
        set text = excluded.text, version = nextval('benchmark_item_version_seq')
    where benchmark_item.text <> excluded.text
    returning benchmark_id, xmax = 0 as created
""")


class _Item(NamedTuple):
    """A valid row."""

    benchmark: str
    external_id: str
    text: str


class _Load:
    """One file on its way into the database."""

    def __init__(self, session: Session, options: LoadOptions, contents: Contents) -> None:
        self._session = session
        self._options = options
        self._contents = contents
        self._benchmarks: dict[str, int] = {}
        self._changed: set[int] = set()
        self._seen: dict[tuple[str, str], int] = {}
        self.counts: Counter[str] = Counter()
        self.rejected: list[RejectedRow] = []

    def read(self) -> None:
        """Check and store all rows."""
        batch: list[_Item] = []
        for item in self._checked(self._contents.rows):
            batch.append(item)
            if len(batch) == _BATCH:
                self._store(batch)
                batch.clear()
        self._store(batch)

    def benchmarks(self) -> list[BenchmarkOut]:
        """The benchmarks that the file speaks of, counted anew."""
        ids = list(self._benchmarks.values())
        items = select(func.count()).where(BenchmarkItem.benchmark_id == Benchmark.id)
        count = update(Benchmark).values(item_count=items.scalar_subquery())
        self._session.execute(count.where(Benchmark.id.in_(ids)))
        change = update(Benchmark).values(changed_at=func.clock_timestamp())
        self._session.execute(change.where(Benchmark.id.in_(self._changed)))
        wanted = select(Benchmark).where(Benchmark.id.in_(ids)).order_by(Benchmark.name)
        found = self._session.scalars(wanted, execution_options={"populate_existing": True})
        return [BenchmarkOut.model_validate(benchmark) for benchmark in found]

    def _checked(self, rows: Iterable[Any]) -> Iterator[_Item]:
        for number, row in enumerate(rows, start=1):
            try:
                item = self._check(row, number)
                self._refuse_repeated(item, number)
            except RowRejected as error:
                self._reject(number, error)
            else:
                yield item

    def _check(self, row: Any, number: int) -> _Item:
        if isinstance(row, RowRejected):
            raise row
        if not isinstance(row, dict):
            raise RowRejected("not_an_object", None, "a row must be an object")
        options = self._options
        named = options.name
        if options.benchmark_field is not None:
            named = _required(row, options.benchmark_field, MAX_NAME)
        return _Item(
            str(named),
            self._id_of(row, number),
            item_text(row, options.text_field, settings().max_prompt_characters),
        )

    def _id_of(self, row: dict[Any, Any], number: int) -> str:
        if self._options.id_field is None and ID_FIELD not in row:
            numbered = f"{self._contents.origin}-{number}"
            return checked_text(numbered, ID_FIELD, MAX_EXTERNAL_ID)
        return _required(row, self._options.id_field or ID_FIELD, MAX_EXTERNAL_ID)

    def _refuse_repeated(self, item: _Item, number: int) -> None:
        first = self._seen.setdefault(item[:2], number)
        if first != number:
            field = self._options.id_field or ID_FIELD
            raise RowRejected("repeated", field, f"row {first} has the same {field}")

    def _reject(self, number: int, error: RowRejected) -> None:
        self.counts["rejected"] += 1
        if len(self.rejected) < REJECTED_SHOWN:
            self.rejected.append(
                RejectedRow(row=number, field=error.field, code=error.code, message=error.message)
            )

    def _store(self, batch: list[_Item]) -> None:
        if not batch:
            return
        written = self._session.execute(
            _UPSERT,
            {
                "benchmark_ids": [self._benchmark_id(item.benchmark) for item in batch],
                "external_ids": [item.external_id for item in batch],
                "texts": [item.text for item in batch],
            },
        ).all()
        created = sum(row.created for row in written)
        self.counts["created"] += created
        self.counts["updated"] += len(written) - created
        self.counts["unchanged"] += len(batch) - len(written)
        self._changed.update(row.benchmark_id for row in written)

    def _split(self) -> str:
        return self._contents.split or self._options.split or "test"

    def _benchmark_id(self, name: str) -> int:
        if name not in self._benchmarks:
            options, contents = self._options, self._contents
            self._benchmarks[name] = stored_benchmark(
                self._session,
                (name, options.version or contents.version or "1", self._split()),
                licence=options.licence or contents.licence,
                gated=options.gated,
                stands_for=options.stands_for,
            )
        return self._benchmarks[name]


def load(
    session: Session, user: User, file: BinaryIO, filename: str, options: LoadOptions
) -> LoadResult:
    """Add a file's items to their benchmarks, and have all seeds checked against them.

    Items of the same benchmark, version and split are told apart by their id: loading a file again
    changes nothing but the texts that differ.

    Raises:
        Invalid: the file is empty, broken as a whole, or of an unknown format.
    """
    # One load at a time: two files that name the same benchmarks never wait in a circle, and items
    # are committed in the order of their versions, so that no check overlooks one.
    session.execute(select(func.pg_advisory_xact_lock(_LOADING_LOCK)))
    limit = settings().max_upload_bytes
    with opened(file, filename, limit, config=options.config, split=options.split) as contents:
        loading = _Load(session, options, contents)
        loading.read()
    if not loading.counts:
        raise Invalid(f"{filename} holds no rows", field="file", code="empty")
    benchmarks = loading.benchmarks()
    job = enqueue_check(session, user)
    return LoadResult(
        benchmarks=benchmarks,
        created=loading.counts["created"],
        updated=loading.counts["updated"],
        unchanged=loading.counts["unchanged"],
        rejected_count=loading.counts["rejected"],
        rejected=loading.rejected,
        job_id=job and job.id,
    )


def _required(row: dict[Any, Any], field: str, limit: int) -> str:
    value = value_at(row, field)
    # Item numbers are numbers in many files.
    return checked_text(str(value) if type(value) is int else value, field, limit)
