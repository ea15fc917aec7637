"""What the pages ask the API about benchmarks."""

from collections.abc import Mapping
from typing import IO, Any, cast

import httpx

from dashboard import rows

# A folder is unpacked, and all of its rows are checked, before the answer comes.
LOADING = httpx.Timeout(600.0, connect=3.0)


class BenchmarkRequests:
    """The part of `dashboard.api.Api` that is about benchmarks."""

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        raise NotImplementedError

    def _get(self, path: str, **query: Any) -> Any:
        raise NotImplementedError

    def _post(self, path: str, body: Any = None, **options: Any) -> Any:
        raise NotImplementedError

    def benchmarks(self) -> rows.Page[rows.Benchmark]:
        """The loaded benchmarks."""
        return cast(rows.Page[rows.Benchmark], self._get("/v1/benchmarks", limit=1000))

    def named_benchmarks(self) -> list[rows.NamedBenchmark]:
        """The benchmarks that reports name, and how much of each is loaded."""
        return cast(list[rows.NamedBenchmark], self._get("/v1/benchmarks/registry"))

    def load_benchmark(
        self, file: IO[bytes], filename: str, fields: Mapping[str, Any]
    ) -> rows.BenchmarkLoad:
        """Load a benchmark from a file; fields that are empty are left out."""
        given = {name: value for name, value in fields.items() if value not in (None, "", [])}
        response = self._send(
            "POST", "/v1/benchmarks", files={"file": (filename, file)}, data=given, timeout=LOADING
        )
        return cast(rows.BenchmarkLoad, response.json())

    def change_benchmark(self, benchmark_id: int, changes: Mapping[str, Any]) -> rows.Benchmark:
        """Correct what is said of a benchmark."""
        response = self._send("PATCH", f"/v1/benchmarks/{benchmark_id}", json=dict(changes))
        return cast(rows.Benchmark, response.json())

    def remove_benchmark(self, benchmark_id: int) -> None:
        """Remove a benchmark with its items and hits."""
        self._send("DELETE", f"/v1/benchmarks/{benchmark_id}")
