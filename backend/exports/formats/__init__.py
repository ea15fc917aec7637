"""The formats of exports, by name: pure conversions, and the texts that lie beside the data."""

from collections.abc import Callable
from typing import Final, Literal

from backend.exports.examples import Example, ExportFormat, FormatName, VersionFacts
from backend.exports.formats import layouts, loading
from backend.exports.formats.card import Style, card
from backend.exports.formats.croissant import croissant
from backend.exports.rows import Row

_PROMPT: Final = {
    "prompt": "what the user asks, as messages",
    "role": "who speaks",
    "content": "what is said",
}
_KEY: Final = {"ground_truth": "the reference answer, always a text"}
_FOR_SFT: Final = "Meant for supervised fine-tuning on verified traces."
_FOR_RL: Final = "Meant for reinforcement learning with verifiable rewards."


def _format(
    name: FormatName,
    layout: Literal["sft", "rl", "any"],
    row: Callable[[Example], Row | None],
    style: Style,
) -> ExportFormat:
    def companions(facts: VersionFacts) -> dict[str, str]:
        described = croissant(facts, style.schema, style.title, dict(style.about))
        return {"README.md": card(facts, style), "croissant.json": described}

    return ExportFormat(name, style.title, layout, style.schema, row, companions)


_ALL: Final = (
    _format("trl-sft", "sft", layouts.trl_sft, Style(
        "Supervised fine-tuning with TRL", layouts.TRL_SFT,
        {
            "messages": "user and assistant, the thinking in <think> before the answer",
            "reference_answer": "the key of the prompt, null where there is none",
            "role": "who speaks", "content": "what is said",
        },
        ["trl", "sft"], loading.trl_sft, _FOR_SFT,
    )),
    _format("trl-grpo", "rl", layouts.trl_grpo, Style(
        "Reinforcement learning with TRL's GRPO", layouts.TRL_GRPO,
        _PROMPT | _KEY, ["trl", "grpo", "rl"], loading.trl_grpo, _FOR_RL,
    )),
    _format("openrlhf-sft", "sft", layouts.openrlhf_sft, Style(
        "Supervised fine-tuning with OpenRLHF", layouts.OPENRLHF_SFT,
        {
            "prompt": "what the user asks",
            "response": "what is learned: the thinking in <think>, then the answer",
            "reference_answer": "the key of the prompt, null where there is none",
        },
        ["openrlhf", "sft"], loading.openrlhf_sft, _FOR_SFT,
    )),
    _format("openrlhf-rl", "rl", layouts.openrlhf_rl, Style(
        "Reinforcement learning with OpenRLHF", layouts.OPENRLHF_RL,
        _PROMPT | _KEY | {"datasource": "the source, by which figures are told apart"},
        ["openrlhf", "rl"], loading.openrlhf_rl, _FOR_RL,
    )),
    _format("verl", "rl", layouts.verl, Style(
        "Reinforcement learning with verl", layouts.VERL,
        _PROMPT | _KEY | {
            "data_source": "the source, by which verl chooses a reward",
            "ability": "the domain",
            "reward_model": "how the answer is judged",
            "style": "always rule: by the key",
            "extra_info": "the lineage of the row",
            "index": "the position",
        },
        ["verl", "rl"], loading.verl, _FOR_RL,
    )),
    _format("datasets", "any", layouts.datasets, Style(
        "Plain columns for Hugging Face datasets", layouts.DATASETS,
        {
            "prompt": "what the user asks",
            "thinking": "how the teacher finds the answer, null without a trace",
            "response": "what it then says, null without a trace",
            "answer": "the reference answer, null where there is none",
        },
        ["datasets"], loading.datasets,
        "Meant to be looked through, counted, and turned into rows of a form of your own.",
    )),
)  # fmt: skip

FORMATS: Final[dict[FormatName, ExportFormat]] = {one.name: one for one in _ALL}
