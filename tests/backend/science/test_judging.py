import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.judging import difficulty_gap, disagreement, doubts
from backend.science.rubric import Verdict

LEVEL = st.none() | st.integers(1, 5)
VERDICT = st.builds(
    Verdict, st.integers(1, 100), st.integers(1, 5), st.just(""), LEVEL, LEVEL, LEVEL
)


def test_disagreement_known_values() -> None:
    # Steps 2 and 8: 6/8; difficulty 1 and 5: 4/4; the mean of both.
    assert disagreement([Verdict(2, 1, ""), Verdict(8, 5, "")]) == pytest.approx(0.875)
    # Five things rated, one level apart in one of them: (1/4) / 5.
    first, second = Verdict(3, 2, "", 4, 5, 5), Verdict(3, 2, "", 3, 5, 5)
    assert disagreement([first, second]) == pytest.approx(0.05)


def test_disagreement_needs_two_judges() -> None:
    assert disagreement([]) == 0
    assert disagreement([Verdict(7, 3, "")]) == 0


def test_disagreement_does_not_grow_with_the_number_of_judges() -> None:
    # 4 steps against 8: 1/2, and like difficulty: 1/4 in the mean. One outlier of four lies apart
    # in 3 of 6 pairs: 1/8.
    alike, apart = Verdict(4, 2, ""), Verdict(8, 2, "")
    assert disagreement([alike, apart]) == pytest.approx(0.25)
    assert disagreement([alike] * 3 + [apart]) == pytest.approx(0.125)


def test_disagreement_leaves_out_what_one_of_two_did_not_rate() -> None:
    # Of rubric 1 and rubric 2 together only steps and difficulty are compared.
    assert disagreement([Verdict(4, 2, ""), Verdict(4, 2, "", 1, 1, 1)]) == 0


@given(st.lists(VERDICT, max_size=6))
def test_disagreement_is_a_share_and_does_not_depend_on_the_order(judged: list[Verdict]) -> None:
    assert 0 <= disagreement(judged) <= 1
    assert disagreement(judged) == pytest.approx(disagreement(judged[::-1]))


@pytest.mark.parametrize(
    ("levels", "doubted"), [([2], True), ([3], False), ([1, 5, 5], False), ([1, 2, 5], True)]
)
def test_doubts_are_the_median_judges(levels: list[int], doubted: bool) -> None:
    judged = [Verdict(3, 2, "", 3, level, 5) for level in levels]
    assert doubts(judged) == ["judges doubt that exactly one answer follows"] * doubted


def test_doubts_of_what_is_not_rated_are_none() -> None:
    assert doubts([Verdict(3, 2, "")]) == []
    assert doubts([]) == []


def test_difficulty_gap_known_values() -> None:
    # Level 5 is 1, and a model that always agrees finds it 0 difficult.
    assert difficulty_gap([Verdict(3, 5, "")], 1.0) == 1.0
    # Level 2 is 1/4; three of four answers agree, so the model finds it 1/4 difficult too.
    assert difficulty_gap([Verdict(3, 2, "")], 0.75) == 0.0
    # Levels 2 and 4 are 3 in the mean, which is 1/2; the model never agrees: 1.
    assert difficulty_gap([Verdict(3, 2, ""), Verdict(9, 4, "")], 0.0) == pytest.approx(0.5)


def test_difficulty_gap_needs_a_judge_and_an_agreement() -> None:
    assert difficulty_gap([], 0.5) is None
    assert difficulty_gap([Verdict(3, 2, "")], None) is None


@given(st.lists(VERDICT, min_size=1, max_size=6), st.floats(0, 1))
def test_difficulty_gap_is_between_0_and_1(verdicts: list[Verdict], agreement: float) -> None:
    gap = difficulty_gap(verdicts, agreement)
    assert gap is not None
    assert 0 <= gap <= 1
