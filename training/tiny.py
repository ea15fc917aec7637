"""A model of the Phi-4 architecture small enough to learn to add on a CPU, and exports for it.

    python -m training.tiny          makes checkpoints/tiny, exports/tiny-sft and exports/tiny-rl

With them `training/recipes/tiny_sft.yaml` and `tiny_grpo.yaml` can be followed on any machine.
"""

import hashlib
import json
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# Phi-4's form without its long system message, which would be nearly all that a tiny model reads.
TEMPLATE = (
    "{% for m in messages %}{% if m['role'] == 'assistant' %}"
    "{{ '<|im_start|>assistant<|im_sep|>' }}{% generation %}{{ m['content'] + '<|im_end|>' }}"
    "{% endgeneration %}{% else %}"
    "{{ '<|im_start|>' + m['role'] + '<|im_sep|>' + m['content'] + '<|im_end|>' }}"
    "{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant<|im_sep|>' }}{% endif %}"
)

Problem = tuple[str, str, str]
"""Question, how it is worked out, answer."""


def sums(count: int, random_seed: int = 0) -> list[Problem]:
    """Different sums of two numbers of two digits, worked out digit by digit."""
    pairs = [(a, b) for a in range(10, 100) for b in range(10, 100)]
    random.Random(random_seed).shuffle(pairs)
    return [(f"{a} + {b} =", _worked_out(a, b), str(a + b)) for a, b in pairs[:count]]


def _worked_out(a: int, b: int) -> str:
    ones = a % 10 + b % 10
    carry = ones // 10
    tens = a // 10 + b // 10 + carry
    return (
        f"{a % 10}+{b % 10}={ones} c{carry}; {a // 10}+{b // 10}+{carry}={tens}; {tens}|{ones % 10}"
    )


def sft_export(folder: Path, problems: Sequence[Problem]) -> Path:
    """An export of layout sft, as Seedbed writes it."""
    rows = [
        {
            "messages": [
                {"role": "user", "content": question},
                {"role": "assistant", "content": f"<think>{steps}</think>\\boxed{{{answer}}}"},
            ],
            "seed_id": number,
        }
        for number, (question, steps, answer) in enumerate(problems, start=1)
    ]
    return write_export(folder, "sft", rows)


def rl_export(folder: Path, problems: Sequence[Problem]) -> Path:
    """An export of layout rl, as Seedbed writes it."""
    rows = [
        {
            "prompt": [{"role": "user", "content": question}],
            "ground_truth": answer,
            "seed_id": number,
        }
        for number, (question, _, answer) in enumerate(problems, start=1)
    ]
    return write_export(folder, "rl", rows)


def write_export(folder: Path, layout: str, rows: Sequence[dict[str, Any]]) -> Path:
    """Rows with the manifest that training asks for."""
    folder.mkdir(parents=True)
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    (folder / "data.jsonl").write_bytes(content)
    entry = {"name": "data.jsonl", "sha256": hashlib.sha256(content).hexdigest()}
    manifest = {"layout": layout, "rows": len(rows), "files": [entry], "export": 1, "name": "tiny"}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def tiny_model(folder: Path, problems: Sequence[Problem], positions: int = 64) -> Path:
    """An untrained model with Phi-4's tokens, its placeholders still unnamed."""
    import torch
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import Phi3Config, Phi3ForCausalLM, PreTrainedTokenizerFast

    special = ["<|endoftext|>", "<|im_start|>", "<|im_sep|>", "<|im_end|>"]
    special += ["<|dummy_85|>", "<|dummy_86|>", "<|dummy_87|>"]
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    corpus = [" ".join(problem) + " \\boxed{}" for problem in problems] + ["user assistant system"]
    bpe.train_from_iterator(
        corpus,
        trainers.BpeTrainer(
            vocab_size=400, special_tokens=special,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        ),
    )  # fmt: skip
    bpe.add_special_tokens([AddedToken(token, special=True) for token in special])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe, eos_token="<|im_end|>", pad_token="<|dummy_85|>",
        bos_token="<|endoftext|>", model_max_length=1024,
    )  # fmt: skip
    torch.manual_seed(0)
    config = Phi3Config(
        vocab_size=len(tokenizer), hidden_size=160, intermediate_size=480, num_hidden_layers=4,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=positions,
        original_max_position_embeddings=positions,
        pad_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.eos_token_id,
        bos_token_id=tokenizer.bos_token_id, tie_word_embeddings=True,
        resid_pdrop=0.0, embd_pdrop=0.0, attention_dropout=0.0,
    )  # fmt: skip
    Phi3ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def prepared_model(folder: Path, problems: Sequence[Problem]) -> Path:
    """The same model made ready for reasoning."""
    from training.prepare_model import prepare

    with tempfile.TemporaryDirectory() as draft:
        template = Path(draft) / "tiny.jinja"
        template.write_text(TEMPLATE, "utf-8")
        prepare(str(tiny_model(Path(draft) / "raw", problems)), folder, 128, template)
    return folder


def main() -> None:
    problems = sums(8000)
    prepared_model(Path("checkpoints/tiny"), problems)
    sft_export(Path("exports/tiny-sft"), problems[:6000])
    rl_export(Path("exports/tiny-rl"), problems[6000:7600])


if __name__ == "__main__":
    main()
