"""A few completions as a run goes on, for whoever wants to see what the model writes.

`samples.jsonl` has a line each: `{"step", "prompt", "text", "reward"}`; the reward is null in
fine-tuning. A step that is done again after a kill has its lines twice.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

SAMPLES: Final = "samples.jsonl"


class Sample(NamedTuple):
    """A completion: what was asked last, and what the model wrote."""

    prompt: str
    text: str
    reward: float | None


def append_samples(folder: Path, step: int, samples: Iterable[Sample]) -> None:
    """Add completions of a step; lines are written whole."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"step": step, **one._asdict()}, ensure_ascii=False) for one in samples]
    with (folder / SAMPLES).open("a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))


def greedy(
    model: Any, tokenizer: Any, prompts: Sequence[Sequence[dict[str, str]]], longest: int
) -> list[Sample]:
    """What the model writes to each prompt at temperature 0, one after another.

    Args:
        model: with all of its weights on this process.
        prompts: conversations that end with a user.
        longest: tokens of a completion.
    """
    import torch

    found = []
    for prompt in prompts:
        asked = tokenizer.apply_chat_template(
            list(prompt), add_generation_prompt=True, return_tensors="pt", return_dict=True
        ).to(model.device)
        with torch.no_grad():
            given = model.generate(
                input_ids=asked["input_ids"], attention_mask=asked["attention_mask"],
                max_new_tokens=longest, do_sample=False, pad_token_id=tokenizer.pad_token_id,
                eos_token_id=tokenizer.eos_token_id, synced_gpus=False,
            )  # fmt: skip
        written = given[0, asked["input_ids"].shape[1] :]
        text = tokenizer.decode(written, skip_special_tokens=True)
        found.append(Sample(prompt[-1]["content"], text, None))
    return found
