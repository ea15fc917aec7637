"""Training runs and checkpoints in words: every cause, states, targets, thinking."""

from typing import get_args

import pytest

from backend.training_runs.schemas import State, Where
from backend.training_runs.tables import CAUSES as KNOWN_CAUSES
from dashboard.training_fields import changes
from dashboard.training_words import (
    CAUSES,
    PLACES,
    STATES,
    main_metric,
    manifest_of,
    serve_command,
    size_words,
    split_thinking,
    state_words,
    target_words,
)
from tests.dashboard.fake_training_rows import checkpoint, run


def test_every_cause_state_and_place_has_words() -> None:
    assert set(CAUSES) == set(KNOWN_CAUSES)
    assert set(STATES) == set(get_args(State))
    assert set(PLACES) == set(get_args(Where))


def test_run_that_is_to_end_is_cancelling_until_it_has() -> None:
    of = run(1, "tiny_sft", state="running", cancel_asked_at="2026-11-26T10:00:00+00:00")
    assert state_words(of) == "cancelling"
    assert state_words({**of, "state": "cancelled"}) == "cancelled"


def test_target_says_nodes_where_there_are_more() -> None:
    assert target_words({"where": "slurm", "nodes": 4, "devices": 8}) == (
        "Slurm, 4 nodes with 8 devices each"
    )
    assert target_words({"where": "local", "nodes": 1, "devices": 1}).endswith(", 1 device")


@pytest.mark.parametrize(
    ("text", "thinking", "answer"),
    [
        ("<think>a\nb</think> c", "a\nb", "c"),
        ("a</think>c", "a", "c"),  # where the template has opened it
        ("<think>it never ends", "it never ends", ""),
        ("an answer alone", "", "an answer alone"),
        ("<think></think>c", "", "c"),
    ],
)
def test_thinking_is_parted_from_the_answer(text: str, thinking: str, answer: str) -> None:
    assert split_thinking(text) == (thinking, answer)


def test_main_metric_is_the_reward_of_reinforcement_and_else_the_loss() -> None:
    values = {"train": {"reward": 0.5, "loss": 0.1}, "validation": {"eval_loss": 0.2}}
    assert main_metric("grpo", values) == "reward 0.500"
    assert main_metric("sft", values) == "loss 0.100, validation 0.200"
    assert main_metric("sft", {}) == "–"


def test_sizes_are_in_the_unit_that_fits() -> None:
    assert [size_words(n) for n in (1, 2048, 5 * 2**20, 3 * 2**30)] == [
        "1 byte", "2.0 KiB", "5.0 MiB", "3.0 GiB",
    ]  # fmt: skip


def test_paths_with_spaces_are_quoted_in_commands() -> None:
    of = run(1, "tiny_sft", path="/a home/1-run", handle={"manifest": "kubernetes.yaml"})
    assert manifest_of(of) == "/a home/1-run/kubernetes.yaml"
    made = serve_command(checkpoint(3, of))
    assert made == "vllm serve '/a home/1-run/output' --served-model-name seedbed-3"


def test_changes_are_nested_and_hold_only_what_is_otherwise() -> None:
    def field(name: str, value: object) -> dict[str, object]:
        return {"name": name, "value": value}

    chosen = [
        (field("batch", 32), 32), (field("steps", 450), 10), (field("reward.longest", 48), 40),
        (field("server", "a"), None), (field("liger", None), None),
    ]  # fmt: skip
    assert changes(chosen) == {
        "steps": 10, "reward": {"longest": 40}, "server": None,
    }  # fmt: skip
