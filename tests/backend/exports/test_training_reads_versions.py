"""What versions are exported as is what training reads: order, copies, sides, keys."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from tests import version_exports as versions
from tests.mixtures import rows, taught
from training.data import Split, rl_rows
from training.exports import open_export


@pytest.mark.parametrize("kind", ["parquet", "jsonl.zst"])
def test_training_reads_a_version_as_it_was_frozen(
    session: Session, client: TestClient, woken: list[int], kind: str
) -> None:
    for number in range(20):
        taught(session, prompt=f"What is {number} plus {number}?", answer=str(2 * number))
    session.commit()
    version_id = versions.frozen_version(
        client, woken, validation_share=0.3, parts=[{"default_epochs": 1.5}]
    )
    frozen = rows(client, version_id)
    of = {split: [row["seed_id"] for row in frozen if row["split"] == split]
          for split in ("train", "validation")}  # fmt: skip
    assert len(set(of["train"])) < len(of["train"])

    written = versions.folder_of(
        versions.exported(client, woken, version_id, kind=kind, shard_tokens=1000)
    )
    export = open_export(written, "sft")
    assert len(export.files) > 2
    split = Split(export, None, random_seed=0)
    assert split.holds_out
    assert [row["seed_id"] for row in split.rows("train")] == of["train"]
    assert [row["seed_id"] for row in split.rows("validation")] == of["validation"]
    first = next(iter(split.rows("train")))
    assert [message["role"] for message in first["messages"]] == ["user", "assistant"]
    assert first["messages"][1]["content"].startswith("<think>")

    prompts = versions.folder_of(
        versions.exported(client, woken, version_id, kind=kind, format="trl-grpo")
    )
    found = rl_rows(open_export(prompts, "rl"))
    assert [row["seed_id"] for row in found] == of["train"]
    assert all(row["ground_truth"].isdigit() for row in found)
