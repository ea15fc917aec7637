"""How often a checkpoint answers the prompts of an export right, with its uncertainty.

    python -m training.evaluate checkpoints/tiny-sft exports/tiny-test --samples 2

Prints one line of JSON. The error is that of the mean over prompts, so that several samples of one
prompt do not count as independent. Small models and quick looks: on vLLM for anything larger.
"""

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, Final, NamedTuple

from backend.science.reward import boxed_answer, has_think_block
from training.answer_pool import AnswerPool
from training.data import rl_rows
from training.exports import BadExport, Row, open_export

BATCH: Final = 100


class Evaluation(NamedTuple):
    """What came of all samples.

    Attributes:
        prompts: how many there were.
        samples: of each.
        accuracy: share of right answers.
        error: standard error of that share, over prompts; None of one prompt.
        formed: share of responses with their one block of thinking.
        ended: share of responses that ended by themselves.
        tokens: mean length.
    """

    prompts: int
    samples: int
    accuracy: float
    error: float | None
    formed: float
    ended: float
    tokens: float


class Response(NamedTuple):
    """One response, and the place of its prompt."""

    prompt: int
    text: str
    tokens: int
    ended: bool


def evaluate(
    model: str, rows: Sequence[Row], samples: int, temperature: float, longest: int
) -> Evaluation:
    """Sample responses and hold their answers against the keys."""
    return summarised(_sampled(model, rows, samples, temperature, longest), rows, samples)


def summarised(responses: Sequence[Response], rows: Sequence[Row], samples: int) -> Evaluation:
    """What responses came to."""
    answers = AnswerPool()
    right = [
        answers.is_correct(boxed_answer(one.text), rows[one.prompt]["ground_truth"])
        for one in responses
    ]
    answers.close()
    shares = [fmean(right[at : at + samples]) for at in range(0, len(right), samples)]
    error = stdev(shares) / math.sqrt(len(shares)) if len(shares) > 1 else None
    return Evaluation(
        len(rows), samples, fmean(right), error,
        fmean(has_think_block(one.text) for one in responses),
        fmean(one.ended for one in responses), fmean(one.tokens for one in responses),
    )  # fmt: skip


def _sampled(
    model: str, rows: Sequence[Row], samples: int, temperature: float, longest: int
) -> list[Response]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model, padding_side="left")
    loaded = AutoModelForCausalLM.from_pretrained(model, dtype="auto").eval()
    torch.manual_seed(0)
    found: list[Response] = []
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        texts = [
            tokenizer.apply_chat_template(
                row["prompt"], tokenize=False, add_generation_prompt=True
            )
            for row in batch
        ]  # fmt: skip
        asked = tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False)
        asked.pop("token_type_ids", None)
        with torch.no_grad():
            given = loaded.generate(
                **asked, max_new_tokens=longest, num_return_sequences=samples,
                **_sampling(temperature), pad_token_id=tokenizer.pad_token_id,
            )  # fmt: skip
        for place, ids in enumerate(given[:, asked["input_ids"].shape[1] :].tolist()):
            found.append(_response(tokenizer, ids, start + place // samples))
    return found


def _sampling(temperature: float) -> dict[str, Any]:
    if not temperature:
        return {"do_sample": False}
    return {"do_sample": True, "temperature": temperature, "top_k": 0, "top_p": 1.0}


def _response(tokenizer: Any, ids: list[int], prompt: int) -> Response:
    end: int = tokenizer.eos_token_id
    ended = end in ids
    kept = ids[: ids.index(end)] if ended else ids
    return Response(prompt, tokenizer.decode(kept, skip_special_tokens=True), len(kept), ended)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model")
    parser.add_argument("export", type=Path, help="Of layout rl.")
    parser.add_argument(
        "--side", choices=["train", "validation"], default="train", help="Of a version's export."
    )
    parser.add_argument("--samples", type=int, default=1, help="Of each prompt.")
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--longest", type=int, default=1024, help="Tokens of a response.")
    wanted = parser.parse_args()
    try:
        rows = rl_rows(open_export(wanted.export, "rl"), wanted.side)
    except BadExport as error:
        sys.exit(str(error))
    found = evaluate(wanted.model, rows, wanted.samples, wanted.temperature, wanted.longest)
    sys.stdout.write(json.dumps(found._asdict()) + "\n")


if __name__ == "__main__":
    main()
