"""Recorded answers as votes: what the pipeline may see, and what only the truth may.

A data folder holds `problems*.jsonl.gz` and `responses_multi*.jsonl.gz`. Only independent samples
are used; greedy reruns and prompt variants are no samples. A response is right where the recording
says so or where its answer is equivalent to the gold answer (recordings miss other ways of
writing); the pipeline sees its answer class alone.
"""

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from backend.science.answer_classes import linked_keys
from backend.science.answer_extraction import extract_answer
from backend.science.answer_keys import AnswerKey
from backend.science.answers import canonical_key
from workers.equivalence_pool import EquivalencePool

_GPT_4 = "gpt-4 (MoT-cascade)"
_GPT_4_PROGRAM = "gpt-4-program (MoT-cascade)"
_GPT_35 = "gpt-3.5-turbo (MoT-cascade)"
_LLAMA = "llama2-13b (MoT-cascade)"
_LLAMA_PROGRAM = "llama2-13b-program (MoT-cascade)"
_R1 = "DeepSeek-R1-Distill-Llama-8B (ATTS)"
_R1_HYBRID = "DeepSeek-R1-Distill-Llama-8B+QwQ-32B hybrid (ATTS)"


class LineUp(NamedTuple):
    """Who answers: the reference, the model to be taught, another family to ask about the key."""

    name: str
    data_set: str
    reference: str
    weak: str
    second: str | None = None


LINE_UPS = (
    LineUp("date gpt-4/gpt-3.5", "date", _GPT_4, _GPT_35, _LLAMA),
    LineUp("date gpt-4/llama2", "date", _GPT_4, _LLAMA, _GPT_35),
    LineUp("date gpt-3.5/llama2", "date", _GPT_35, _LLAMA, _GPT_4),
    LineUp("gsm8k gpt-4/llama2", "gsm8k", _GPT_4, _LLAMA_PROGRAM, _GPT_4_PROGRAM),
    LineUp("gsm8k gpt-4-program/llama2", "gsm8k", _GPT_4_PROGRAM, _LLAMA_PROGRAM, _GPT_4),
    LineUp("math hybrid/r1-8b", "math", _R1_HYBRID, _R1),
    LineUp("aiw o1-preview/o1-mini", "aiw", "o1-preview", "o1-mini"),
)


class Votes(NamedTuple):
    """A model's answers to one problem, in the order of recording.

    Attributes:
        classes: number of the answer class, -1 without an answer.
        texts: the same for answers that are the same text.
        right: against gold.
    """

    classes: npt.NDArray[np.int64]
    texts: npt.NDArray[np.int64]
    right: npt.NDArray[np.bool_]


class Problem(NamedTuple):
    """A problem with the votes of each model; `half` is 0 or 1, by its id."""

    id: str
    data_set: str
    half: int
    votes: dict[str, Votes]


class _Response(NamedTuple):
    text: str | None
    key: AnswerKey | None
    right: bool


def read_problems(data: Path) -> list[Problem]:
    """All problems that a model of a line-up has answered, in the order of their ids."""
    gold = {row["id"]: canonical_key(row["gold"]) for row in _rows(data, "problems*.jsonl.gz")}
    models = {(line_up.data_set, model) for line_up in LINE_UPS for model in line_up[2:] if model}
    responses: defaultdict[str, defaultdict[str, list[_Response]]]
    responses = defaultdict(lambda: defaultdict(list))
    for row in _rows(data, "responses_multi*.jsonl.gz"):
        place = (_data_set(row["problem_id"]), row["model"])
        if row["sampling"] == "sampled" and place in models and row["problem_id"] in gold:
            responses[row["problem_id"]][row["model"]].append(_response(row))
    pool = EquivalencePool(processes=1)
    try:
        return [_problem(name, responses[name], gold[name], pool) for name in sorted(responses)]
    finally:
        pool.close()


def _rows(data: Path, pattern: str) -> Iterator[dict[str, Any]]:
    for path in sorted(data.glob(pattern)):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _data_set(problem_id: str) -> str:
    return problem_id.split("-")[0]


def _response(row: dict[str, Any]) -> _Response:
    # What a program printed is not in its text: its recorded result stands for running it.
    ran = row["kind"] == "program"
    text = row["final_answer_extracted"] if ran else extract_answer(row["response"])
    return _Response((text or "").strip() or None, canonical_key(text), bool(row["correct"]))


def _problem(
    name: str, responses: dict[str, list[_Response]], gold: AnswerKey | None, pool: EquivalencePool
) -> Problem:
    keys = [response.key for given in responses.values() for response in given]
    linked = linked_keys([*keys, gold], pool)
    classes: dict[AnswerKey, int] = {}
    texts: dict[str, int] = {}
    votes = {}
    for model, given in responses.items():
        votes[model] = Votes(
            np.array([_number(classes, r.key and linked[r.key]) for r in given]),
            np.array([_number(texts, r.text) for r in given]),
            np.array([r.right or _same(linked, r.key, gold) for r in given]),
        )
    half = hashlib.sha256(name.encode()).digest()[0] % 2
    return Problem(name, _data_set(name), half, votes)


def _same(
    linked: dict[AnswerKey, AnswerKey], key: AnswerKey | None, gold: AnswerKey | None
) -> bool:
    return key is not None and gold is not None and linked[key] == linked[gold]


def _number(known: dict[Any, int], value: object) -> int:
    return -1 if value is None else known.setdefault(value, len(known))
