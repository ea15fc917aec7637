"""A process that writes data files of a version for `shard_writers`: shards in, hashes out.

python -m backend.exports.shard_process

JSON lines. The first is an `Order`, each further one a shard and its draft; replies are the rows so
far, and at last what was written or why it was refused. It ends where its input does, in the midst
of a file too, since nobody waits for that then.
"""

import os
import queue
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import IO, Any

import orjson

from backend.database import session_scope
from backend.errors import Conflict
from backend.exports.shard_writing import Order, Task, write_shard
from backend.exports.shards import Shard


def main() -> None:
    """Write what is asked for until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the parent decides
    replies = sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever a library prints is no reply
    asked: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(asked,), daemon=True).start()
    try:
        task = Task.of(Order.parse(asked.get()))
        while True:
            wanted = asked.get()
            _say(replies, _written(task, Shard(**wanted["shard"]), Path(wanted["draft"]), replies))
    except BaseException:
        traceback.print_exc()
        os._exit(1)  # the thread that reads is not to be waited for


def _read(asked: "queue.SimpleQueue[dict[str, Any]]") -> None:
    for line in sys.stdin.buffer:
        asked.put(orjson.loads(line))
    os._exit(0)


def _written(task: Task, shard: Shard, draft: Path, replies: IO[bytes]) -> dict[str, Any]:
    try:
        with session_scope() as session:
            written = write_shard(
                session, task, shard, draft, lambda rows: _say(replies, {"rows": rows})
            )
    except Conflict as error:
        return {"refused": error.message, "code": error.problem_code}
    return {"written": written._asdict()}


def _say(replies: IO[bytes], reply: dict[str, Any]) -> None:
    replies.write(orjson.dumps(reply, option=orjson.OPT_APPEND_NEWLINE))
    replies.flush()


if __name__ == "__main__":
    main()
