"""Real problems as honest rewrites, and models' recorded answers to them as votes.

A data folder holds `problems*.jsonl.gz`, `responses_multi*.jsonl.gz` and `seeds*.jsonl.gz`. A part
of the problems is kept aside: nobody looks at them, or at what is planted into them, before figures
are taken.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from backend.endpoints.schemas import Sampling
from backend.science.answer_extraction import extract_answer
from backend.science.answers import canonical_key
from backend.science.rewrite_rules import Wording
from backend.science.stopping import Role
from backend.scoring.line_up import LineUpEntry
from backend.scoring.verdicts import Answer
from benchmarks.decontamination import read_jsonl

PROBLEMS: Final = ("gsm8k", "math", "asdiv", "date")
SEEDS: Final = (
    "math_train", "gsm8k_train", "svamp", "mawps", "aime_train_rllm", "college_math", "gsm_hard",
)  # fmt: skip
EVERY_NTH_ASIDE: Final = 4
REFERENCE, SECOND, WEAK = 1, 2, 3
# By data set: who is the reference, the second one, and the weak model.
MODELS: Final = {
    "gsm8k": (
        "gpt-4 (MoT-cascade)", "gpt-4-program (MoT-cascade)", "llama2-13b-program (MoT-cascade)",
    ),
    "date": ("gpt-4 (MoT-cascade)", "gpt-3.5-turbo (MoT-cascade)", "llama2-13b (MoT-cascade)"),
    "math": (
        "DeepSeek-R1-Distill-Llama-8B+QwQ-32B hybrid (ATTS)", "",
        "DeepSeek-R1-Distill-Llama-8B (ATTS)",
    ),
}  # fmt: skip


class Honest(NamedTuple):
    """A real problem with its answer, where it is from, and whether it is kept aside."""

    id: str
    group: str
    wording: Wording
    aside: bool


def is_aside(number: str) -> bool:
    """Whether a problem is kept aside: a hash is a fair draw that comes out the same each time."""
    return hashlib.sha256(number.encode()).digest()[0] % EVERY_NTH_ASIDE == 0


def honest_problems(data: Path) -> Iterator[Honest]:
    """The problems whose answer is known, and seeds of a few sources."""
    for row in _rows(data, "problems*.jsonl.gz"):
        group = row["id"].split("-")[0]
        if group in PROBLEMS and row["gold"]:
            yield _honest(row, group)
    for row in _rows(data, "seeds*.jsonl.gz"):
        if row["source"] in SEEDS and row["gold"]:
            yield _honest(row, row["source"])


def _honest(row: Mapping[str, Any], group: str) -> Honest:
    return Honest(row["id"], group, Wording(row["prompt"], str(row["gold"])), is_aside(row["id"]))


def recorded_votes(data: Path) -> dict[str, dict[int, list[Answer]]]:
    """The independent answers to each problem that its reference has answered, by endpoint."""
    votes: dict[str, dict[int, list[Answer]]] = defaultdict(lambda: defaultdict(list))
    for row in _rows(data, "responses_multi*.jsonl.gz"):
        models = MODELS.get(row["problem_id"].split("-")[0], ())
        if row["sampling"] == "sampled" and row["model"] in models:
            endpoint = (REFERENCE, SECOND, WEAK)[models.index(row["model"])]
            votes[row["problem_id"]][endpoint].append(_answer(row))
    return {number: dict(said) for number, said in votes.items() if REFERENCE in said}


def line_up(data_set: str) -> list[LineUpEntry]:
    """Who has answered the problems of a data set."""
    roles: tuple[Role, ...] = ("reference", "second_reference", "weak")
    named = zip((REFERENCE, SECOND, WEAK), MODELS[data_set], roles, strict=True)
    return [_entry(endpoint, model, role) for endpoint, model, role in named if model]


def _entry(endpoint: int, model: str, role: Role) -> LineUpEntry:
    sampling = Sampling(temperature=0.7, max_tokens=1024)
    return LineUpEntry(
        endpoint_id=endpoint, name=model, model=model, role=role, samples=32, sampling=sampling,
        template_hash="", settings_hash="",
    )  # fmt: skip


def _answer(row: Mapping[str, Any]) -> Answer:
    # What a program printed is not in its text: its recorded result stands for running it.
    ran = row["kind"] == "program"
    text = row["final_answer_extracted"] if ran else extract_answer(row["response"])
    return Answer(text, canonical_key(text))


def _rows(data: Path, pattern: str) -> Iterator[dict[str, Any]]:
    for path in sorted(data.glob(pattern)):
        yield from read_jsonl(path)
