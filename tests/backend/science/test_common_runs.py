from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.common_runs import common_subsequence, longest_common_run

WORDS = st.text("abc", max_size=12)


def subsequence_by_table(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """The recurrence of Wagner and Fischer (1974), cell by cell."""
    table = [[0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for i, left in enumerate(ours):
        for j, right in enumerate(theirs):
            table[i + 1][j + 1] = (
                table[i][j] + 1 if left == right else max(table[i][j + 1], table[i + 1][j])
            )
    return table[-1][-1]


@given(WORDS, WORDS)
def test_common_subsequence_is_that_of_the_table(ours: str, theirs: str) -> None:
    assert common_subsequence(ours, theirs) == subsequence_by_table(ours, theirs)


@given(WORDS, WORDS)
def test_longest_common_run_is_the_longest_substring(ours: str, theirs: str) -> None:
    runs = (ours[i:j] for i in range(len(ours)) for j in range(i + 1, len(ours) + 1))
    assert longest_common_run(ours, theirs) == max(
        (len(run) for run in runs if run in theirs), default=0
    )


@given(WORDS, WORDS)
def test_common_subsequence_sides_may_change_places(ours: str, theirs: str) -> None:
    assert common_subsequence(ours, theirs) == common_subsequence(theirs, ours)
    assert longest_common_run(ours, theirs) == longest_common_run(theirs, ours)
    assert longest_common_run(ours, theirs) <= common_subsequence(ours, theirs)


@pytest.mark.parametrize(
    ("ours", "theirs", "subsequence", "run"),
    [
        ("the duck eats an egg", "the duck eats an egg", 5, 5),
        ("the duck eats an egg", "the duck never eats egg", 4, 2),
        ("a b c", "c b a", 1, 1),
        ("a b c", "x y z", 0, 0),
        ("a a a", "a", 1, 1),
        ("", "a", 0, 0),
    ],
)
def test_common_runs_known_values(ours: str, theirs: str, subsequence: int, run: int) -> None:
    assert common_subsequence(ours.split(), theirs.split()) == subsequence
    assert longest_common_run(ours.split(), theirs.split()) == run


def test_common_subsequence_of_sequences_longer_than_a_machine_word() -> None:
    assert common_subsequence(range(1000), range(0, 1000, 7)) == 143  # 0, 7, ... 994
