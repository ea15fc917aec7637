"""The flags of a version of OpenRLHF, read from its source without running it.

python -m tests.training.openrlhf_flags PATH/openrlhf/cli/train_ppo_ray.py > openrlhf_flags.json
"""

import ast
import json
import sys
from pathlib import Path

Choices = list[str] | None


def flags_of(source: str) -> dict[str, Choices]:
    """Each flag that a program's parser knows, and what it may be, where that is said."""
    tree = ast.parse(source)
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For)]
    found: dict[str, Choices] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add_argument":
            for name in _names(node, loops):
                found[name] = _choices(node)
    return found


def _names(call: ast.Call, loops: list[ast.For]) -> list[str]:
    first = call.args[0]
    if isinstance(first, ast.Constant):
        return [str(first.value)]
    assert isinstance(first, ast.JoinedStr)
    [loop] = [one for one in loops if call in ast.walk(one)]
    return [
        "".join(value if not isinstance(part, ast.Constant) else str(part.value)
                for part in first.values)
        for value in ast.literal_eval(loop.iter)
    ]  # fmt: skip


def _choices(call: ast.Call) -> Choices:
    [*found] = [word.value for word in call.keywords if word.arg == "choices"]
    return [str(one) for one in ast.literal_eval(found[0])] if found else None


if __name__ == "__main__":
    sys.stdout.write(json.dumps(flags_of(Path(sys.argv[1]).read_text()), indent=0) + "\n")
