"""The model client beside the bare openai client and bare aiohttp: calls a second, CPU a call.

    python -m benchmarks.model_client [--calls 3000] [--server-script FILE]

All three ask the same server (the replay server's `--echo`, which answers at once) with the same
number of calls in flight; they take turns, and medians over the rounds are compared. What is left
out: queueing, retries and storing, which need a server that is slow or that fails.
"""

import argparse
import asyncio
import contextlib
import json
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

import aiohttp
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionUserMessageParam

from benchmarks.replay_server import add_script_option, replay_server, skip_without
from workers.model_client import EndpointConfig, ModelClient

MODEL = "echo"
QUESTION = "What is 6 times 7? Please reason step by step."
MAX_TOKENS = 64
TEMPERATURE = 0.8

Call = Callable[[], Awaitable[object]]


class Speed(NamedTuple):
    """One client's calls a second, and CPU seconds of this process for 1,000 calls."""

    calls_per_second: float
    cpu_per_1000: float


async def speed(call: Call, calls: int, in_flight: int) -> Speed:
    """Make the calls, `in_flight` at a time."""
    numbers = iter(range(calls))

    async def caller() -> None:
        for _ in numbers:
            await call()

    started, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(caller() for _ in range(in_flight)))
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    return Speed(calls / seconds, cpu_seconds / calls * 1000)


@contextlib.asynccontextmanager
async def ours(url: str, in_flight: int) -> AsyncIterator[Call]:
    """The product's client: limits, retries, token counts."""
    config = EndpointConfig(base_url=url, model=MODEL, max_in_flight=in_flight)
    messages = [{"role": "user", "content": QUESTION}]
    async with ModelClient(config) as client:
        yield lambda: client.ask(messages, max_tokens=MAX_TOKENS)


@contextlib.asynccontextmanager
async def openai_client(url: str, in_flight: int) -> AsyncIterator[Call]:
    """The openai client as it comes."""
    message: ChatCompletionUserMessageParam = {"role": "user", "content": QUESTION}
    async with AsyncOpenAI(api_key="none", base_url=url, max_retries=0) as client:
        yield lambda: client.chat.completions.create(
            model=MODEL, messages=[message], max_tokens=MAX_TOKENS, temperature=TEMPERATURE
        )


@contextlib.asynccontextmanager
async def bare_aiohttp(url: str, in_flight: int) -> AsyncIterator[Call]:
    """Nothing but HTTP and JSON: about the most that Python does."""
    body = {
        "model": MODEL, "messages": [{"role": "user", "content": QUESTION}],
        "max_tokens": MAX_TOKENS, "temperature": TEMPERATURE,
    }  # fmt: skip
    connector = aiohttp.TCPConnector(limit=in_flight)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def call() -> object:
            async with session.post(f"{url}/chat/completions", json=body) as response:
                return (await response.json())["choices"][0]["message"]["content"]

        yield call


CLIENTS = {"seedbed": ours, "openai client": openai_client, "aiohttp": bare_aiohttp}


async def measure(url: str, calls: int, in_flight: int, rounds: int) -> dict[str, list[Speed]]:
    """Every client in turn, `rounds` times."""
    found: dict[str, list[Speed]] = {name: [] for name in CLIENTS}
    for _ in range(rounds):
        for name, client in CLIENTS.items():
            async with client(url, in_flight) as call:
                await call()  # connections and imports are not what is measured
                found[name].append(await speed(call, calls, in_flight))
    return found


def report(found: dict[str, list[Speed]]) -> None:
    """The table, and one JSON object as the last line."""
    medians = {
        name: Speed(*(statistics.median(values) for values in zip(*speeds, strict=True)))
        for name, speeds in found.items()
    }
    print(f"{'client':<15}{'calls/s':>10}{'CPU s/1000':>12}   runs, calls/s")
    for name, median in medians.items():
        runs = " ".join(f"{speed.calls_per_second:.0f}" for speed in found[name])
        print(f"{name:<15}{median.calls_per_second:>10.0f}{median.cpu_per_1000:>12.2f}   {runs}")
    mine = medians["seedbed"]
    print(
        json.dumps(
            {
                "calls_per_second": round(mine.calls_per_second, 1),
                "ratio_openai_client": round(
                    mine.calls_per_second / medians["openai client"].calls_per_second, 3
                ),
                "ratio_aiohttp": round(
                    mine.calls_per_second / medians["aiohttp"].calls_per_second, 3
                ),
                "cpu_s_per_1000": round(mine.cpu_per_1000, 3),
            }
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed of the model client.")
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--in-flight", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    add_script_option(parser)
    options = parser.parse_args()
    skip_without(options.server_script)
    with replay_server(options.server_script, "--echo") as server:
        report(
            asyncio.run(measure(server.base_url, options.calls, options.in_flight, options.rounds))
        )


if __name__ == "__main__":
    main()
