"""An example as a row of each format, and the columns that the row has. The rest is lineage."""

from typing import Final

import pyarrow as pa

from backend.exports.columns import MESSAGES
from backend.exports.examples import Example
from backend.exports.formats.lineage import FIELDS, lineage
from backend.exports.rows import Row, conversation, question, reference_of, trace_of
from backend.science.thinking import as_training_text

_TEXT: Final = pa.string()
UNKNOWN_ABILITY: Final = "unknown"
_REWARD: Final = pa.struct([("style", _TEXT), ("ground_truth", _TEXT)])

TRL_SFT: Final = pa.schema([("messages", MESSAGES), ("reference_answer", _TEXT), *FIELDS])
TRL_GRPO: Final = pa.schema([("prompt", MESSAGES), ("ground_truth", _TEXT), *FIELDS])
OPENRLHF_SFT: Final = pa.schema(
    [("prompt", _TEXT), ("response", _TEXT), ("reference_answer", _TEXT), *FIELDS]
)
OPENRLHF_RL: Final = pa.schema(
    [("prompt", MESSAGES), ("ground_truth", _TEXT), ("datasource", _TEXT), *FIELDS]
)
VERL: Final = pa.schema([
    ("data_source", _TEXT), ("prompt", MESSAGES), ("ability", _TEXT), ("reward_model", _REWARD),
    ("extra_info", pa.struct([("index", pa.int64()), *FIELDS])),
])  # fmt: skip
DATASETS: Final = pa.schema(
    [("prompt", _TEXT), ("thinking", _TEXT), ("response", _TEXT), ("answer", _TEXT), *FIELDS]
)


def trl_sft(example: Example) -> Row | None:
    """Messages of user and assistant; the thinking stands in `<think>` before the answer."""
    said = _said(example)
    if said is None:
        return None
    return {
        "messages": conversation(example.seed, said),
        "reference_answer": reference_of(example.seed),
        **lineage(example),
    }


def trl_grpo(example: Example) -> Row | None:
    """The prompt as messages; TRL hands every other column to the reward functions."""
    reference = reference_of(example.seed)
    if reference is None:
        return None
    return {
        "prompt": question(example.seed),
        "ground_truth": reference,
        **lineage(example),
    }


def openrlhf_sft(example: Example) -> Row | None:
    """Two texts, which OpenRLHF makes a conversation of by the chat template."""
    said = _said(example)
    if said is None:
        return None
    return {
        "prompt": example.seed.prompt,
        "response": said,
        "reference_answer": reference_of(example.seed),
        **lineage(example),
    }


def openrlhf_rl(example: Example) -> Row | None:
    """As for GRPO, and `datasource`, by which OpenRLHF tells its figures apart."""
    row = trl_grpo(example)
    return None if row is None else {**row, "datasource": example.seed.source}


def verl(example: Example) -> Row | None:
    """What verl's data set and its reward managers read; the lineage is in `extra_info`."""
    reference = reference_of(example.seed)
    if reference is None:
        return None
    return {
        "data_source": example.seed.source,
        "prompt": question(example.seed),
        "ability": example.seed.domain or UNKNOWN_ABILITY,
        "reward_model": {"style": "rule", "ground_truth": reference},
        "extra_info": {"index": example.position, **lineage(example)},
    }


def datasets(example: Example) -> Row:
    """Each part in a column of its own; null where there is no trace, or no reference answer."""
    trace = trace_of(example.seed)
    return {
        "prompt": example.seed.prompt,
        "thinking": None if trace is None else trace.thinking,
        "response": None if trace is None else trace.answer,
        "answer": reference_of(example.seed),
        **lineage(example),
    }


def _said(example: Example) -> str | None:
    trace = trace_of(example.seed)
    return None if trace is None else as_training_text(trace)
