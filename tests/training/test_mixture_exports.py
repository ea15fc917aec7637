"""Exports of mixture versions go into TRL's trainers as their cards say."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import pytest

from backend.exports.formats import FORMATS
from tests.format_examples import BITING_KEYS, biting
from tests.written_exports import written
from training import tiny
from training.prepare_model import TEMPLATE

# The libraries of training are in an environment of their own.
transformers = pytest.importorskip("transformers")
trl = pytest.importorskip("trl")

# Trainers warn of what their own libraries do.
pytestmark = pytest.mark.filterwarnings("default")

EXAMPLES = [
    one for one in biting() if len(one.seed.prompt) + len(one.seed.reasoning or "") < 1000
]  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.prepared_model(tmp_path_factory.mktemp("model") / "tiny", tiny.sums(50))


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    datasets.disable_progress_bars()
    yield
    datasets.enable_progress_bars()


@pytest.mark.parametrize("kind", ["parquet", "jsonl.zst"])
@pytest.mark.parametrize("template", [tiny.TEMPLATE, TEMPLATE.read_text("utf-8")])
def test_loss_is_on_exactly_what_the_assistant_says(
    kind: Any, template: str, model: Path, tmp_path: Path
) -> None:
    rows = written(tmp_path / "export", FORMATS["trl-sft"], kind, EXAMPLES)["train"]
    loaded = datasets.load_dataset(str(tmp_path / "export"), cache_dir=str(tmp_path / "cache"))
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    tokenizer.chat_template = template
    trainer = trl.SFTTrainer(
        model=str(model),
        args=trl.SFTConfig(
            output_dir=str(tmp_path / "out"), assistant_only_loss=True, max_length=None,
            report_to="none", use_cpu=True, bf16=False, per_device_train_batch_size=len(rows),
        ),
        train_dataset=loaded["train"],
        eval_dataset=loaded["validation"],
        processing_class=tokenizer,
    )  # fmt: skip
    batch = next(iter(trainer.get_eval_dataloader(trainer.train_dataset)))
    for ids, labels, row in zip(batch["input_ids"], batch["labels"], rows, strict=True):
        said = row["messages"][1]["content"]
        assert said.startswith("<think>\n")
        assert tokenizer.decode(ids[labels != -100]) == f"{said}<|im_end|>"
        learnt = (labels != -100).nonzero().flatten().tolist()
        assert learnt == list(range(learnt[0], learnt[-1] + 1))


def test_keys_reach_reward_functions_as_they_are(model: Path, tmp_path: Path) -> None:
    written(tmp_path / "export", FORMATS["trl-grpo"], "parquet", EXAMPLES)
    loaded = datasets.load_dataset(str(tmp_path / "export"), cache_dir=str(tmp_path / "cache"))
    seen: dict[int, str] = {}
    columns: set[str] = set()

    def reward(completions: list[Any], ground_truth: list[str], **given: Any) -> list[float]:
        seen.update(zip(given["seed_id"], ground_truth, strict=True))
        columns.update(given)
        return [float(len(key)) for key in ground_truth]

    trainer = trl.GRPOTrainer(
        model=str(model),
        reward_funcs=reward,
        args=trl.GRPOConfig(
            output_dir=str(tmp_path / "out"), num_generations=2, max_completion_length=2,
            per_device_train_batch_size=2 * len(loaded["train"]), max_steps=1, report_to="none",
            use_cpu=True, bf16=False, save_strategy="no", logging_strategy="no",
        ),
        train_dataset=loaded["train"],
        processing_class=transformers.AutoTokenizer.from_pretrained(model, padding_side="left"),
    )  # fmt: skip
    trainer.train()
    keys = {one.seed.seed_id: one.seed.answer for one in EXAMPLES if one.split == "train"}
    assert seen == keys
    assert {"007", "1e5", "true"} < set(keys.values()) < set(BITING_KEYS)
    assert {"source", "licence", "position", "weight", "family"} <= columns
