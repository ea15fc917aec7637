"""Devices that share a sequence: two CPU processes of DeepSpeed's Ulysses, for real."""

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.training.test_recipes import changed
from tests.training.test_runs import PROBLEMS, finished, losses, model
from training import tiny
from training.metrics import read_metrics

for library in ("torch", "trl", "deepspeed"):
    pytest.importorskip(library, reason="needs requirements/training.txt: make test-training")

__all__ = ["model"]  # a fixture
STEPS = 6


def of_one_length(trained: Path) -> list[tiny.Problem]:
    """Eleven problems whose conversations have as many tokens: Gloo exchanges no others."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(trained)

    def length(problem: tiny.Problem) -> int:
        said = f"<think>{problem[1]}</think>\\boxed{{{problem[2]}}}"
        messages = [{"role": "user", "content": problem[0]}, {"role": "assistant", "content": said}]
        return len(tokenizer.apply_chat_template(messages)["input_ids"])

    lengths = [length(problem) for problem in PROBLEMS]
    [(common, _)] = Counter(each for each in lengths if each % 2).most_common(1)
    return [
        problem for problem, each in zip(PROBLEMS, lengths, strict=True) if each == common
    ][:11]  # fmt: skip


def trained(folder: Path, model: Path, **changes: Any) -> dict[float, float]:
    """The losses of a run with two sequences a step, which goes through its data twice."""
    if not (folder / "sft").exists():
        tiny.sft_export(folder / "sft", of_one_length(model))
    recipe = changed(
        folder, "tiny_sft.yaml", model=str(model), data=str(folder / "sft"),
        output=str(folder / "out"), steps=STEPS, warmup_steps=1, save_every=1, keep=STEPS,
        validate_every=STEPS, log_every=1, batch=2, device_batch=1, validation=0.2, **changes,
    )  # fmt: skip
    finished(recipe, folder / "log")
    return losses(folder / "out")


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """The folder of a run whose two devices shared each sequence."""
    folder = tmp_path_factory.mktemp("pairs")
    trained(folder, model, sequence_parallel=2)
    return folder


def test_pairs_train_as_single_devices_do(tmp_path: Path, model: Path, pairs: Path) -> None:
    """The same two sequences a step: one after the other by both devices, or each by one."""
    single, shared = trained(tmp_path, model), losses(pairs / "out")
    assert shared.keys() == single.keys() == set(range(1, STEPS + 1))
    assert shared == pytest.approx(single, rel=1e-3)
    assert shared[STEPS] < shared[1] - 0.2
    validated = [
        row["eval_loss"]
        for folder in (tmp_path, pairs)
        for row in read_metrics(folder / "out")
        if "eval_loss" in row
    ]
    assert validated[1] == pytest.approx(validated[0], rel=1e-3)


def test_pairs_go_on_where_they_were(tmp_path: Path, model: Path, pairs: Path) -> None:
    shutil.copytree(pairs / "out/checkpoint-2", tmp_path / "out/checkpoint-2")
    rest = trained(tmp_path, model, sequence_parallel=2)
    whole = losses(pairs / "out")
    assert rest == pytest.approx({step: whole[step] for step in range(3, STEPS + 1)}, abs=1e-3)


def test_packed_batches_can_be_cut_and_tell_where_examples_begin() -> None:
    """Cut by tokens between two devices: every tensor has as many as there are, an even number."""
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

    from training.sequence_parallel import Cuttable

    collate = DataCollatorForLanguageModeling(
        pad_token_id=0, padding_free=True, return_position_ids=True, pad_to_multiple_of=2
    )
    packed = {"input_ids": [5, 6, 7, 8, 9], "labels": [5, -100, 7, 8, 9], "seq_lengths": [2, 3]}
    batch = {name: tensor.tolist() for name, tensor in Cuttable(collate)([packed]).items()}
    assert batch == {
        "input_ids": [[5, 6, 7, 8, 9, 0]],
        "position_ids": [[0, 1, 0, 1, 2, 0]],
        "labels": [[-100, -100, -100, 8, 9, -100]],
    }
