"""Runs programs of a run's seeds on their tests, and has the outcomes stored."""

import asyncio
from collections.abc import Mapping

from backend.runs.pending import Program
from backend.science.code_tests import passed_of, pattern_key
from backend.science.stopping import Call
from backend.scoring.code_tests import NewTestRun, SeedTests
from workers import sandbox
from workers.open_seed import OpenSeed
from workers.sample_writer import SampleWriter


class ProgramTests:
    """Tests the programs of one job, each once.

    Args:
        writer: stores outcomes.
    """

    def __init__(self, writer: SampleWriter) -> None:
        self._writer = writer
        self._refusal: asyncio.Task[str | None] | None = None

    async def problem(self, tests: SeedTests) -> str | None:
        """Why a seed with these tests cannot be judged here; None where it can."""
        if tests.problem is not None:
            return tests.problem
        if self._refusal is None:
            self._refusal = asyncio.create_task(asyncio.to_thread(sandbox.refusal))
        return await self._refusal

    async def run(self, seed: OpenSeed, programs: Mapping[Call, Program]) -> None:
        """Run programs of a seed that has tests; its calls are answered by how they did."""
        await asyncio.gather(*(self._run(seed, call, found) for call, found in programs.items()))

    async def _run(self, seed: OpenSeed, call: Call, program: Program) -> None:
        tests = seed.seed.tests
        assert tests is not None
        outcomes = await sandbox.run_tests(program.text, tests.tests)
        self._writer.tested(NewTestRun(program.identity, tests.hash, outcomes))
        seed.answered(call, pattern_key(outcomes), passed_of(outcomes))
