"""Which loaded names are recognised as which benchmark of the reports."""

import shlex

import pytest

from backend.cli.app import loaded
from backend.decontamination.named import NAMED, how_to_load, recognised


def test_all_23_of_the_report_are_there_once() -> None:
    assert len({named.name for named in NAMED}) == len(NAMED) == 23


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("gsm8k_test", "GSM8k"),
        ("openai/gsm8k", "GSM8k"),
        ("math_500", "MATH"),
        ("gpqa_diamond", "GPQA"),
        ("arc_easy_test", "ARC-Easy"),
        ("ARC-Challenge", "ARC-Challenge"),
        ("aime_2024", "AIME-2024"),
        ("commonsenseqa_dev", "CommonsenseQA"),
        ("agieval_lsat-ar", "AGIEval"),
        ("swe_bench_verified", "SWE-Bench Verified"),
        ("aime_2025", "AIME-2025"),
        ("aime_2023", None),
        ("aime_1983_2024", None),
        ("college_math", None),
        ("math_perturb_hard", None),
        ("minerva_math", None),
        ("test", None),
        ("", None),
    ],
)
def test_names_are_recognised(called: str, name: str | None) -> None:
    found = recognised(called)
    assert (found.name if found else None) == name


def test_each_recognises_itself() -> None:
    assert [recognised(named.name) for named in NAMED] == list(NAMED)


def test_every_way_to_load_is_a_command_that_exists() -> None:
    known = {
        option for parameter in loaded("benchmarks").commands["load"].params
        for option in parameter.opts
    }  # fmt: skip
    commands = [shlex.split(command) for named in NAMED if (command := how_to_load(named))]
    assert len(commands) > 15
    for words in commands:
        assert words[:3] == ["seedbed", "benchmarks", "load"]
        assert {word for word in words if word.startswith("--")} <= known


def test_what_cannot_be_loaded_by_a_command_has_a_note() -> None:
    assert all(named.note for named in NAMED if how_to_load(named) is None)
