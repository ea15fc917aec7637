"""Trainers as recipes make them, without processes: in what order rows come, what is too long."""

import json
from pathlib import Path

import pytest

from tests.training.test_recipes import changed
from tests.training.version_exports import sft_row, version_export
from training import tiny
from training.exports import BadExport, open_export
from training.recipes import SFTRecipe, read_recipe

for library in ("torch", "trl", "deepspeed"):
    pytest.importorskip(library, reason="needs requirements/training.txt: make test-training")

PROBLEMS = tiny.sums(200)
SEEDS = [9, 4, 9, 1, 7, 2, 3, 8]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model, ready."""
    return tiny.prepared_model(tmp_path_factory.mktemp("model") / "ready", PROBLEMS)


def test_rows_of_a_version_are_trained_on_in_their_order(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.sft import build

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    rows = [sft_row(seed, place) for place, seed in enumerate(SEEDS)]
    export = open_export(version_export(tmp_path / "v", "sft", rows), "sft")
    recipe = read_recipe(
        changed(tmp_path, "tiny_sft.yaml", model=str(model), data=str(tmp_path / "v"),
                output=str(tmp_path / "out"), zero=0, batch=2, device_batch=2, validation=None)
    )  # fmt: skip
    assert isinstance(recipe, SFTRecipe)
    trainer, examples = build(recipe, export, devices=1)
    assert len(examples) == len(SEEDS)
    texts = [
        trainer.processing_class.decode(sequence)
        for batch in trainer.get_train_dataloader()
        for sequence in batch["input_ids"]
    ]
    assert all(
        f"user<|im_sep|>seed {seed}<" in text for seed, text in zip(SEEDS, texts, strict=True)
    )
    assert all(f"\\boxed{{{seed}}}" in text for seed, text in zip(SEEDS, texts, strict=True))


def test_prompts_that_are_too_long_are_left_out_and_counted(model: Path) -> None:
    from transformers import AutoTokenizer

    from training.grpo import short_enough

    tokenizer = AutoTokenizer.from_pretrained(model)
    rows = [{"prompt": [{"role": "user", "content": text}]} for text in ("1 + 1 =", "1 + " * 100)]
    kept, longer = short_enough(rows, tokenizer, 64)
    assert (kept, longer) == (rows[:1], 1)
    with pytest.raises(BadExport, match="all 2 prompts are longer than 2 tokens"):
        short_enough(rows, tokenizer, 2)


def test_place_in_the_order_is_taken_up_from_a_checkpoint(tmp_path: Path) -> None:
    from training.grpo_trainer import PLACE, Trainer

    trainer = object.__new__(Trainer)
    trainer._place = None
    trainer.go_on_from(None)
    trainer.go_on_from(str(tmp_path))
    assert trainer._place is None
    (tmp_path / PLACE).write_text(json.dumps({"next": 42}))
    trainer.go_on_from(str(tmp_path))
    assert trainer._place == 42
