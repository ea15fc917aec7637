"""From which checkpoint a run goes on."""

from pathlib import Path

import pytest

pytest.importorskip("transformers", reason="needs requirements/training.txt: make test-training")


def test_run_goes_on_from_its_newest_whole_checkpoint(tmp_path: Path) -> None:
    from training.checkpoints import WHOLE, last_checkpoint

    assert last_checkpoint(tmp_path / "nowhere") is None
    for step in (9, 10, 11):
        (tmp_path / f"checkpoint-{step}").mkdir()
        (tmp_path / f"checkpoint-{step}" / "trainer_state.json").write_text("{}")
    assert last_checkpoint(tmp_path) is None, "a kill left none of them whole"
    for step in (9, 10):
        (tmp_path / f"checkpoint-{step}" / WHOLE).touch()
    assert last_checkpoint(tmp_path) == str(tmp_path / "checkpoint-10")
