"""The demo's seeds, drawn in a process of their own: a library warns when it is compiled."""

import json
import subprocess
import sys
from collections import Counter

PROGRAM = (
    "import json; from backend.cli.demo_seeds import demo_seeds; print(json.dumps(demo_seeds()))"
)


def test_demo_seeds_are_sixty_of_many_kinds_and_half_have_their_answers() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, check=True, text=True
    )
    rows = json.loads(done.stdout)
    assert len(rows) == len({row["prompt"] for row in rows}) == 60
    assert len({row["external_id"] for row in rows}) == 60
    assert sum(row["answer"] is not None for row in rows) == 30
    kinds = Counter((row["metadata"]["task"], row["domain"]) for row in rows)
    assert len(kinds) >= 6
    assert {row["source"] for row in rows} == {"reasoning-gym demo"}
