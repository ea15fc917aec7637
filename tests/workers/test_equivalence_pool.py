import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from backend.science.answer_keys import AnswerKey
from backend.science.answers import canonical_key
from backend.science.plurality import plurality
from workers.equivalence_pool import EquivalencePool

# Numerically equal, and more than SymPy simplifies in the time that the tests allow.
ENDLESS = (
    AnswerKey("expression", "sin(x)^40cos(x)^40sin(y)^30"),
    AnswerKey("expression", "sin(2x)^40sin(y)^30/2^40"),
)
ENDS_WITHIN_SECONDS = 30


def key(text: str) -> AnswerKey:
    found = canonical_key(text)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def pool() -> Iterator[EquivalencePool]:
    pool = EquivalencePool(processes=1, pair_seconds=30)
    yield pool
    pool.close()


def test_decide_asks_algebra_where_rules_do_not_tell(pool: EquivalencePool) -> None:
    assert pool.decide(key("x^2-1"), key("(x-1)(x+1)")) is True
    assert pool.decide(key("x^2-1"), key("(x-1)(x+2)")) is False
    assert pool.killed == 0


def test_equivalent_many_at_once_on_an_event_loop(pool: EquivalencePool) -> None:
    async def ask() -> list[bool | None]:
        pairs = [(key(f"x+{n}"), key(f"{n}+x")) for n in range(1, 9)]
        return await asyncio.gather(*(pool.equivalent(*pair) for pair in pairs))

    assert asyncio.run(ask()) == [True] * 8


def test_pool_is_a_relation_for_plurality_and_decides_several_pairs_at_once(
    pool: EquivalencePool,
) -> None:
    keys = [key(text) for text in ("x+1", "1+x", "2x", "$5", "5")] + [None]
    assert [found.count for found in plurality(keys, pool).classes] == [2, 2, 1]
    pairs = [(key("x+1"), key("1+x")), (key("x+1"), key("2x"))]
    assert asyncio.run(pool.decisions(pairs)) == [True, False]


def test_decide_endless_pair_is_unknown_counted_and_not_tried_again() -> None:
    pool = EquivalencePool(processes=1, pair_seconds=0.5)
    try:
        assert pool.decide(*ENDLESS) is None
        assert pool.killed == 1
        assert pool.decide(*reversed(ENDLESS)) is None
        assert pool(*ENDLESS) is False
        assert pool.killed == 1
        # The place of the killed process is taken by a new one.
        assert pool.decide(key("x+1"), key("1+x")) in (True, None)
    finally:
        pool.close()


def test_decide_used_up_process_is_replaced() -> None:
    pool = EquivalencePool(processes=1, pair_seconds=30, pairs_per_process=1)
    try:
        assert pool.decide(key("x+1"), key("1+x")) is True
        assert pool.decide(key("x+2"), key("2+x")) is True
        assert pool.killed == 0
    finally:
        pool.close()


IN_A_DAEMONIC_PROCESS = """
import multiprocessing, sys
from workers.equivalence_pool import EquivalencePool
from backend.science.answer_keys import AnswerKey

def work(pipe):
    pool = EquivalencePool(processes=1, pair_seconds=60)
    same = pool.decide(AnswerKey("expression", "x+1"), AnswerKey("expression", "1+x"))
    children = open(f"/proc/self/task/{multiprocessing.current_process().pid}/children").read()
    pipe.send((same, children.strip()))
    pool.decide(*(AnswerKey("expression", value) for value in sys.argv[1:]))

if __name__ == "__main__":
    receiving, sending = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(
        target=work, args=(sending,), daemon=True
    )
    process.start()
    same, child = receiving.recv()
    print(same, child, flush=True)
    process.kill()
    process.join()
"""


def test_pool_works_in_a_daemonic_process_and_dies_with_it() -> None:
    run = subprocess.run(
        [sys.executable, "-c", IN_A_DAEMONIC_PROCESS, *(key.value for key in ENDLESS)],
        capture_output=True, text=True, check=True, cwd=os.getcwd(), timeout=200,
    )  # fmt: skip
    same, child = run.stdout.split()
    assert same == "True"
    deadline = time.monotonic() + ENDS_WITHIN_SECONDS
    while _lives(int(child)):
        assert time.monotonic() < deadline, "the child outlives its parent"
        time.sleep(0.1)


def _lives(process_id: int) -> bool:
    try:
        with open(f"/proc/{process_id}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
