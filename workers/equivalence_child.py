"""The process that does the algebra for `equivalence_pool`: pairs in, verdicts out, as JSON lines.

Each request is `{"first": key, "second": key, "seconds": limit}`, each reply `true` or `false`;
`"ready"` is said once. It ends with its parent: at the end of its input when idle, and when busy
because a thread watches for it; in a C loop, where threads wait, once the CPU time for the pair is
used up, which the kernel sees to.
"""

import json
import math
import os
import resource
import sys
import threading
import time

from backend.science.answer_keys import AnswerKey
from backend.science.equivalence import equivalent

MEMORY_BYTES = 2 * 1024**3
WATCH_SECONDS = 0.5


def main() -> None:
    """Answer until the input ends."""
    replies = sys.stdout
    sys.stdout = sys.stderr  # whatever a library prints is no reply
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    _warm_up()
    print('"ready"', file=replies, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        _limit_cpu(request["seconds"])
        pair = [AnswerKey.parse(request[name]) for name in ("first", "second")]
        print(json.dumps(_verdict(*pair)), file=replies, flush=True)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(1)


def _verdict(first: AnswerKey, second: AnswerKey) -> bool | None:
    try:
        return equivalent(first, second)
    except (MemoryError, RecursionError):
        return None


def _warm_up() -> None:
    """Import the algebra before the first pair's time runs."""
    equivalent(AnswerKey("expression", "x+y"), AnswerKey("expression", "y+x"))


def _limit_cpu(seconds: float) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = usage.ru_utime + usage.ru_stime
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used + seconds) + 1, hard))


if __name__ == "__main__":
    main()
