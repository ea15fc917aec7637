"""Limits: never over the rate in any minute, in order, and as many at once as the server takes."""

import asyncio
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from workers.limits import MINUTE, AdaptiveLimit, InFlight, Pacer, RateWindow


class FakeTime:
    """A clock that `sleep` moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


def most_in_a_minute(admitted: Sequence[tuple[float, int]]) -> int:
    """The largest sum over half-open windows of a minute; it begins at an admission."""
    return max(
        sum(amount for at, amount in admitted if start <= at < start + MINUTE)
        for start, _ in admitted
    )


calls = st.lists(
    st.tuples(st.floats(0, 90, allow_nan=False), st.integers(1, 40)), min_size=1, max_size=60
)


@given(limit=st.integers(40, 200), calls=calls)
def test_rate_window_admits_no_more_than_the_limit_in_any_minute(
    limit: int, calls: list[tuple[float, int]]
) -> None:
    window, now, admitted = RateWindow(limit), 0.0, []
    for pause, amount in calls:
        now += pause
        now += window.wait(amount, now)
        assert window.wait(amount, now) == 0
        window.charge(amount, now)
        admitted.append((now, amount))
    assert most_in_a_minute(admitted) <= limit


@given(limit=st.integers(40, 200), calls=calls)
def test_rate_window_waits_no_longer_than_needed(
    limit: int, calls: list[tuple[float, int]]
) -> None:
    window, now, admitted = RateWindow(limit), 0.0, []
    for pause, amount in calls:
        now += pause
        wait = window.wait(amount, now)
        if wait > 0:
            just_before = now + wait - 0.001
            recent = sum(a for at, a in admitted if at + MINUTE > just_before)
            assert recent + amount > limit
        now += wait
        window.charge(amount, now)
        admitted.append((now, amount))


def test_amount_above_the_limit_is_admitted_alone() -> None:
    window = RateWindow(100)
    window.charge(1, 0.0)
    assert window.wait(500, 10.0) == 50.0
    assert window.wait(500, 60.0) == 0.0


def test_settled_call_frees_what_it_did_not_take() -> None:
    window = RateWindow(100)
    charge = window.charge(100, 0.0)
    assert window.wait(60, 1.0) == 59.0
    window.settle(charge, 30, 1.0)
    assert window.wait(60, 1.0) == 0.0


def test_settling_after_the_minute_changes_nothing() -> None:
    window = RateWindow(100)
    late = window.charge(100, 0.0)
    window.charge(100, 60.0)
    window.settle(late, 5, 61.0)
    assert window.wait(1, 61.0) == 59.0


def test_pacer_keeps_both_limits_and_the_order() -> None:
    async def run() -> list[tuple[int, float]]:
        time = FakeTime()
        pacer = Pacer(RateWindow(3), RateWindow(100), time, time.sleep)
        admitted: list[tuple[int, float]] = []

        async def one(number: int, tokens: int) -> None:
            await pacer.admit(tokens)
            admitted.append((number, time() - 1000))

        await asyncio.gather(*(one(n, tokens) for n, tokens in enumerate([90, 20, 1, 1, 1])))
        return admitted

    admitted = asyncio.run(run())
    assert [number for number, _ in admitted] == [0, 1, 2, 3, 4]
    # 90 + 20 tokens do not fit one minute; the third and fourth request of a minute wait with it.
    assert [round(at) for _, at in admitted] == [0, 60, 60, 60, 120]


def test_adaptive_limit_halves_when_all_are_congested_and_recovers() -> None:
    limit = AdaptiveLimit(64)
    for _ in range(64):
        limit.record(congested=True)
    assert limit.allowed == 32
    for _ in range(3000):
        limit.record(congested=False)
    assert limit.allowed == 64


def test_adaptive_limit_stays_between_one_and_its_most() -> None:
    limit = AdaptiveLimit(4)
    for _ in range(50):
        limit.record(congested=True)
    assert limit.allowed == 1
    for _ in range(50):
        limit.record(congested=False)
    assert limit.allowed == 4


def test_adaptive_limit_finds_what_the_server_takes() -> None:
    limit, takes = AdaptiveLimit(128), 20
    for _ in range(200):
        allowed = limit.allowed
        for place in range(allowed):
            limit.record(congested=place >= takes)
    assert takes <= limit.allowed <= takes + 8


def test_adaptive_limit_is_not_closed_by_single_faults() -> None:
    limit = AdaptiveLimit(64)
    for number in range(5000):
        limit.record(congested=number % 20 == 0)
    assert limit.allowed >= 32


async def _hold(gate: InFlight, log: list[str], name: str, until: asyncio.Event) -> None:
    async with gate:
        log.append(name)
        await until.wait()


def test_gate_admits_in_order_and_no_more_than_allowed() -> None:
    async def run() -> None:
        gate, log, until = InFlight(AdaptiveLimit(2)), [], asyncio.Event()
        tasks = [asyncio.create_task(_hold(gate, log, name, until)) for name in "abcd"]
        await asyncio.sleep(0)
        assert log == ["a", "b"]
        until.set()
        await asyncio.gather(*tasks)
        assert log == ["a", "b", "c", "d"]

    asyncio.run(run())


def test_cancelled_callers_leave_the_gate_open() -> None:
    async def run() -> None:
        gate, log, until = InFlight(AdaptiveLimit(1)), [], asyncio.Event()
        tasks = [asyncio.create_task(_hold(gate, log, name, until)) for name in "abc"]
        await asyncio.sleep(0)
        tasks[1].cancel()  # waiting for its place
        await asyncio.sleep(0)
        tasks[0].cancel()  # holding the place, which goes to c
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert log == ["a", "c"]
        until.set()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(run())


def test_place_given_in_the_moment_of_cancellation_is_passed_on() -> None:
    async def run() -> None:
        gate, log, until = InFlight(AdaptiveLimit(1)), [], asyncio.Event()
        first, second, third = (
            asyncio.create_task(_hold(gate, log, name, until)) for name in "abc"
        )
        await asyncio.sleep(0)
        until.set()
        await first  # gives its place to b, which has not run yet
        second.cancel()
        await asyncio.wait_for(third, 5)
        assert log[0] == "a"
        assert log[-1] == "c"
        await asyncio.gather(second, return_exceptions=True)

    asyncio.run(run())
