"""Orders of prompts, and which groups of completions a step keeps."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from training.prompt_order import Order, PromptOrder
from training.varied_groups import Drawn, VariedGroups, repeated


def row(seed_id: int, **more: Any) -> dict[str, Any]:
    return {"seed_id": seed_id, "score": None, "verdict": None, **more}


def seeds(
    rows: list[dict[str, Any]], order: Order, count: int, *, is_ordered: bool = False
) -> list[int]:
    found = PromptOrder(rows, order, 3, is_ordered=is_ordered).rows(0, count)
    return [one["seed_id"] for one in found]


def test_order_of_a_version_is_kept_and_gone_through_again() -> None:
    rows = [row(seed) for seed in (9, 4, 9, 1)]
    assert seeds(rows, "given", 7, is_ordered=True) == [9, 4, 9, 1, 9, 4, 9]


def test_prompts_without_an_order_come_at_random_each_time_anew() -> None:
    rows = [row(seed) for seed in range(50)]
    found = seeds(rows, "given", 100)
    assert sorted(found[:50]) == sorted(found[50:]) == list(range(50))
    assert found[:50] != found[50:]
    assert found[:50] != list(range(50))


def test_rows_asked_for_in_parts_and_again_are_the_same() -> None:
    rows = [row(seed) for seed in range(7)]
    whole = PromptOrder(rows, "given", 3, is_ordered=False).rows(0, 40)
    parts = PromptOrder(rows, "given", 3, is_ordered=False)
    assert parts.rows(11, 9) == whole[11:20]
    assert parts.rows(0, 12) == whole[:12]


def test_teachable_prompts_first() -> None:
    rows = [row(1, score=0.2), row(2), row(3, score=0.9), row(4, score=0.2), row(5, score=0.0)]
    assert seeds(rows, "teachable_first", 6) == [3, 1, 4, 5, 2, 3]


def test_easy_prompts_first() -> None:
    """Among easy ones a low score is easier, among hard ones a low score is harder."""
    rows = [
        row(1, verdict="hard", score=0.1), row(2, verdict="easy", score=0.4),
        row(3, verdict="easy", score=0.1), row(4, verdict="hard", score=0.4),
        row(5, verdict="teachable", score=0.8), row(6), row(7, verdict="suspect", score=0.1),
        row(8, verdict="unsettled", score=0.6),
    ]  # fmt: skip
    assert seeds(rows, "easy_first", 8) == [3, 2, 5, 8, 4, 1, 7, 6]


def drawn(seed: int, outcomes: str) -> list[Drawn]:
    """A group: `+` is a right completion, `-` a wrong one."""
    return [Drawn(row(seed), [], [], None, None, outcome == "+") for outcome in outcomes]


def test_groups_that_vary_are_kept_and_the_others_replaced() -> None:
    groups = VariedGroups(2, 2)
    groups.add([*drawn(1, "++"), *drawn(2, "+-")])
    assert not groups.is_full
    groups.add([*drawn(3, "--"), *drawn(4, "-+")])
    assert groups.is_full
    assert [one.row["seed_id"] for one in groups.chosen()] == [2, 2, 4, 4]
    assert groups.counts() == {
        "rounds": 2, "drawn": 4, "skipped_right": 1, "skipped_wrong": 1, "surplus": 0,
        "kept_without_variance": 0,
    }  # fmt: skip


def test_step_is_filled_up_where_too_few_vary() -> None:
    groups = VariedGroups(3, 2)
    groups.add([*drawn(1, "++"), *drawn(2, "+-"), *drawn(3, "++")])
    groups.add([*drawn(4, "--"), *drawn(5, "++"), *drawn(6, "++")])
    assert [one.row["seed_id"] for one in groups.chosen()] == [2, 2, 4, 4, 1, 1]
    counts = groups.counts()
    assert (counts["skipped_right"], counts["skipped_wrong"]) == (3, 0)
    assert counts["kept_without_variance"] == 2


@given(st.lists(st.lists(st.text("+-", min_size=3, max_size=3), min_size=4, max_size=4),
                min_size=1, max_size=4))  # fmt: skip
def test_every_group_that_is_drawn_is_accounted_for(rounds: list[list[str]]) -> None:
    groups = VariedGroups(4, 3)
    for number, outcomes in enumerate(rounds):
        groups.add(
            [one for at, text in enumerate(outcomes) for one in drawn(4 * number + at, text)]
        )
    counts = groups.counts()
    assert len(groups.chosen()) == 4 * 3
    skipped = counts["skipped_right"] + counts["skipped_wrong"] + counts["surplus"]
    assert counts["drawn"] == 4 * len(rounds) == skipped + 4
    assert min(counts.values()) >= 0


def test_groups_lie_one_after_another() -> None:
    assert repeated([row(1), row(2)], 2) == [row(1), row(1), row(2), row(2)]
