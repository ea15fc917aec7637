"""What GPUs do is told with each line of metrics; `nvidia-smi` is a stand-in that answers alike."""

from pathlib import Path

import pytest

from training.gpu_use import ask_cards, gpu_use


@pytest.fixture
def smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return tmp_path / "nvidia-smi"


def answer(smi: Path, text: str, status: int = 0) -> None:
    smi.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\nexit {status}\n")
    smi.chmod(0o755)


def test_use_of_all_cards_of_the_machine(smi: Path) -> None:
    answer(smi, "80, 40000, 80000, 500.5\n100, 60000, 80000, 600.5")
    assert gpu_use() == {"gpu/utilisation": 0.9, "gpu/memory_share": 0.75, "gpu/watts": 1101.0}


def test_cards_of_other_runs_are_left_out(smi: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    smi.write_text('#!/bin/sh\n[ "$1" = --id=2,3 ] && echo "80, 40000, 80000, 500.5"\n')
    smi.chmod(0o755)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,3")
    assert gpu_use()["gpu/utilisation"] == 0.8


def test_what_a_card_does_not_tell_is_left_out(smi: Path) -> None:
    answer(smi, "[N/A], 20000, 80000, [Not Supported]")
    assert gpu_use() == {"gpu/memory_share": 0.25}


def test_machine_without_gpus_tells_nothing(smi: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(smi.parent))
    assert gpu_use() == {}
    answer(smi, "NVIDIA-SMI has failed", status=9)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("PATH", str(smi.parent), prepend=":")
    assert ask_cards("name") == []
