"""OpenAI's files and batches for tests: a provider that works when it is told to.

provider = FakeProvider(sums)
with FakeOpenAI(default=provider) as server:
    ...                      # files are uploaded, batches are created
    provider.work()          # all open batches are completed
"""

import re
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import orjson

from tests.workers.fake_openai import Request, Step, refuse

LINE = Callable[[Request], Step]


class FakeProvider:
    """Answers direct calls by `model`, and keeps files and batches.

    `batches` are in the form of the API, the newest last. Each step of `hindrances` is given once,
    to the next request whose method and path begin so, in place of the answer to it; where
    `carried_out`, the request is carried out all the same.
    """

    def __init__(self, model: LINE) -> None:
        self.model = model
        self.base_url = ""
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.direct: list[Request] = []
        self.hindrances: list[tuple[str, Step, bool]] = []
        self._numbers = count(1)

    def hinder(self, request: str, step: Step, *, carried_out: bool = False) -> None:
        self.hindrances.append((request, step, carried_out))

    def __call__(self, request: Request) -> Step:
        for hindrance in self.hindrances:
            begins, step, carried_out = hindrance
            if f"{request.method} {request.path}".startswith(begins):
                self.hindrances.remove(hindrance)
                if carried_out:
                    self._answer(request)
                return step
        return self._answer(request)

    def _answer(self, request: Request) -> Step:
        parts = request.path.partition("?")[0].removeprefix("/v1/").split("/")
        match request.method, parts:
            case "POST", ["chat", "completions"]:
                self.direct.append(request)
                return self.model(request)
            case "POST", ["files"]:
                return self._upload(request)
            case "GET", ["files", file_id, "content"] if file_id in self.files:
                return Step(self.files[file_id])
            case "POST", ["batches"]:
                return self._create(request.body)
            case "GET", ["batches"]:
                newest_first = list(reversed(self.batches.values()))
                return _json({"object": "list", "data": newest_first, "has_more": False})
            case "GET", ["batches", batch_id] if batch_id in self.batches:
                return _json(self.batches[batch_id])
            case "POST", ["batches", batch_id, "cancel"]:
                self.batches[batch_id]["status"] = "cancelling"
                return _json(self.batches[batch_id])
        return refuse(404, f"no {request.method} {request.path}")

    def _upload(self, request: Request) -> Step:
        boundary = re.search(r"boundary=(.+)", request.headers["content-type"])
        assert boundary is not None
        for part in request.content.split(b"--" + boundary[1].encode()):
            head, _, content = part.partition(b"\r\n\r\n")
            if b'name="file"' in head:
                return _json({"id": self._keep(content[:-2]), "object": "file"})
        return refuse(400, "no file")

    def _keep(self, content: bytes) -> str:
        file_id = f"file-{next(self._numbers)}"
        self.files[file_id] = content
        return file_id

    def _create(self, body: dict[str, Any]) -> Step:
        assert (body["endpoint"], body["completion_window"]) == ("/v1/chat/completions", "24h")
        batch_id = f"batch_{next(self._numbers)}"
        total = len(self.lines(body["input_file_id"]))
        self.batches[batch_id] = {
            "id": batch_id, "object": "batch", "status": "validating", "errors": None,
            "created_at": int(time.time()), "output_file_id": None, "error_file_id": None,
            "request_counts": {"total": total, "completed": 0, "failed": 0}, **body,
        }  # fmt: skip
        return _json(self.batches[batch_id])

    def lines(self, file_id: str) -> list[dict[str, Any]]:
        """The calls in a file."""
        return [orjson.loads(line) for line in self.files[file_id].splitlines()]

    def asked(self) -> list[dict[str, Any]]:
        """All lines of all batches."""
        return [
            line for batch in self.batches.values() for line in self.lines(batch["input_file_id"])
        ]

    def progress(self, done: int) -> None:
        """Say of all open batches that so many of their calls are done."""
        for batch in self._open():
            batch["status"] = "in_progress"
            batch["request_counts"]["completed"] = done

    def work(self, end: str = "completed", most: int | None = None) -> None:
        """End all open batches, with answers to all calls or to the first so many."""
        for batch in self._open():
            output, errors = [], []
            for number, line in enumerate(self.lines(batch["input_file_id"])):
                if most is not None and number >= most:
                    errors.append(_unanswered(line["custom_id"], end))
                    continue
                answer = self._made(line)
                good = answer["response"]["status_code"] == 200
                (output if good else errors).append(answer)
            batch["status"] = end
            batch["output_file_id"] = self._keep(_lines(output)) if output else None
            batch["error_file_id"] = self._keep(_lines(errors)) if errors else None

    def fail(self, message: str) -> None:
        """Let the validation of all open batches fail."""
        for batch in self._open():
            problem = {"code": "invalid", "message": message, "line": 1, "param": None}
            batch["status"] = "failed"
            batch["errors"] = {"object": "list", "data": [problem]}

    def _open(self) -> list[dict[str, Any]]:
        words = ("validating", "in_progress", "cancelling")
        return [batch for batch in self.batches.values() if batch["status"] in words]

    def _made(self, line: dict[str, Any]) -> dict[str, Any]:
        call = Request(line["url"], {}, line["body"], line["method"])
        step = self.model(call)
        content = step.content(call) if callable(step.content) else step.content
        assert content is not None
        response = {"status_code": step.status, "body": orjson.loads(content)}
        return {"custom_id": line["custom_id"], "response": response, "error": None}


def _unanswered(custom_id: str, end: str) -> dict[str, Any]:
    error = {"code": f"batch_{end}", "message": f"the batch has {end}"}
    return {"custom_id": custom_id, "response": None, "error": error}


def _lines(rows: list[dict[str, Any]]) -> bytes:
    # The order of answers is not that of the calls.
    return b"".join(orjson.dumps(row) + b"\n" for row in reversed(rows))


def _json(body: dict[str, Any]) -> Step:
    return Step(orjson.dumps(body))
