"""The process that does the algebra for `training.answer_pool`: pairs in, verdicts out.

A plain program, for a child of `multiprocessing` imports what its parent was started with: of a
trainer that is torch and TRL, which takes longer than a pair may. Each line that it reads is a list
of two keys, in JSON, each reply `true` or `false`; `"ready"` is said once. It ends with its input.
"""

import json
import sys

from backend.science.answer_keys import AnswerKey
from backend.science.equivalence import equivalent


def main() -> None:
    replies = sys.stdout
    sys.stdout = sys.stderr  # whatever a library prints is no reply
    # What algebra imports is imported before the first pair's time runs.
    equivalent(AnswerKey("expression", "x+y"), AnswerKey("expression", "y+x"))
    replies.write('"ready"\n')
    replies.flush()
    for line in sys.stdin:
        first, second = map(AnswerKey.parse, json.loads(line))
        replies.write(f"{json.dumps(_verdict(first, second))}\n")
        replies.flush()


def _verdict(first: AnswerKey, second: AnswerKey) -> bool:
    try:
        return equivalent(first, second)
    except (MemoryError, RecursionError):
        return False


if __name__ == "__main__":
    main()
