"""An OpenAI-compatible server for tests, in a thread of this process.

    with FakeOpenAI(refuse(429, retry_after=1), answer("42")) as server:
        ...  # base_url=server.base_url
    assert len(server.requests) == 2

Each request takes the next scripted step; when the script is used up, `default` answers. A step may
be a function of the request, which makes replies depend on what was asked.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import orjson


@dataclass(frozen=True)
class Request:
    """What arrived: `body` is its JSON, where it is some; header names are in lower case."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    method: str = "POST"
    content: bytes = b""

    @property
    def prompt(self) -> str:
        return "\n".join(message["content"] for message in self.body["messages"])


@dataclass(frozen=True)
class Step:
    """One reaction. `content` None closes the connection without an answer."""

    content: bytes | Callable[[Request], bytes] | None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0


Script = Step | Callable[[Request], Step]


def answer(
    *texts: str | None,
    finish_reason: str = "stop",
    reasoning: str | None = None,
    usage: dict[str, Any] | str | None = "all",
    delay: float = 0.0,
) -> Step:
    """A completion. One text is given to each of the `n` choices asked for; several stand as they
    are. `usage` is "all" (10 for the prompt, one token for each 4 characters of all choices),
    "first" (of the first choice only, as llama.cpp counts), a dict as it stands, or None."""

    def content(request: Request) -> bytes:
        said = list(texts) if len(texts) > 1 else list(texts) * int(request.body.get("n") or 1)
        message = {"role": "assistant"} | ({"reasoning_content": reasoning} if reasoning else {})
        choices = [
            {"index": index, "finish_reason": finish_reason, "message": message | {"content": text}}
            for index, text in enumerate(said)
        ]
        counted = said[:1] if usage == "first" else said
        tokens = sum(max(1, len(text or "") // 4) for text in counted)
        used = {"prompt_tokens": 10, "completion_tokens": tokens}
        body = {"object": "chat.completion", "model": request.body["model"], "choices": choices}
        return orjson.dumps(body | {"usage": used if isinstance(usage, str) else usage})

    return Step(content, delay=delay)


def refuse(
    status: int,
    message: str = "refused",
    *,
    code: str | None = None,
    param: str | None = None,
    retry_after: str | int | None = None,
) -> Step:
    """An HTTP error in OpenAI's form."""
    error = {"message": message, "code": code, "param": param}
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    return Step(orjson.dumps({"error": error}), status, headers)


def raw(content: bytes, status: int = 200, content_type: str = "application/json") -> Step:
    """A body as it stands."""
    return Step(content, status, {"content-type": content_type})


def drop() -> Step:
    """The connection is closed without an answer."""
    return Step(None)


def hang(seconds: float = 60.0) -> Step:
    """No answer for a while, then the connection is closed."""
    return Step(None, delay=seconds)


class FakeOpenAI:
    """The server; `requests` holds what arrived, `most_in_flight` how many were open at once."""

    def __init__(self, *script: Script, default: Script | None = None) -> None:
        self.default = default or answer(r"The answer is \boxed{42}.")
        self.requests: list[Request] = []
        self.in_flight = self.most_in_flight = 0
        self.most_connections = 0
        self._script = list(script)
        self._connections: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake-openai")

    def script(self, *steps: Script) -> None:
        """Add steps."""
        self._script += steps

    def __enter__(self) -> Self:
        self._thread.start()
        starting = asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**24, backlog=1024)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self.port}/v1"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        self.most_connections = max(self.most_connections, len(self._connections))
        try:
            while await self._one_request(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client or the test is done
        finally:
            self._connections.discard(task)
            writer.close()

    async def _one_request(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        request = await _read(reader)
        self.requests.append(request)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            step = self._script.pop(0) if self._script else self.default
            step = step if isinstance(step, Step) else step(request)
            await asyncio.sleep(step.delay)
        finally:
            self.in_flight -= 1
        if step.content is None:
            return False
        content = step.content if isinstance(step.content, bytes) else step.content(request)
        headers = {"content-type": "application/json", "content-length": str(len(content))}
        lines = [f"{name}: {value}" for name, value in (headers | step.headers).items()]
        writer.write(f"HTTP/1.1 {step.status} X\r\n".encode())
        writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        await writer.drain()
        return True


async def _read(reader: asyncio.StreamReader) -> Request:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    content = await reader.readexactly(int(headers.get("content-length", 0)))
    is_json = headers.get("content-type", "").startswith("application/json")
    body = orjson.loads(content) if content and is_json else {}
    method, path, _ = first.split(" ")
    return Request(path, headers, body, method, content)
