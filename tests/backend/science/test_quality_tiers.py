import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.quality_tiers import (
    TIERS,
    VERDICTS,
    WEIGHTS,
    QualityEvidence,
    Shown,
    quality,
    quality_parts,
    tier,
)

NOTHING = Shown(0, 0)
SHOWN = st.integers(0, 50).flatmap(lambda of: st.builds(Shown, st.integers(0, of), st.just(of)))
EVIDENCE = st.builds(
    QualityEvidence,
    st.none() | st.sampled_from(sorted(VERDICTS)),
    st.none() | st.floats(1, 5),
    SHOWN,
    SHOWN,
)


def test_weights_make_a_mean() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


def test_quality_known_values() -> None:
    """By hand: .4 of 1, .2 of 3/4, .25 of 3/4, .15 of 9/12; all halves where nothing is known."""
    known = QualityEvidence("teachable", 4.0, Shown(2, 2), Shown(8, 10))
    assert quality_parts(known) == {"verdict": 1, "judges": 0.75, "traces": 0.75, "source": 0.75}
    assert quality(known) == pytest.approx(0.4 + 0.15 + 0.1875 + 0.1125)
    assert tier(known) == "high"
    unknown = QualityEvidence(None, None, NOTHING, NOTHING)
    assert quality(unknown) == pytest.approx(0.5)
    assert tier(unknown) == "medium"
    assert tier(QualityEvidence("easy", 1.0, Shown(0, 4), NOTHING)) == "low"


def test_a_suspect_key_is_never_good() -> None:
    best = QualityEvidence("suspect", 5.0, Shown(50, 50), Shown(50, 50))
    assert quality(best) > 0.45
    assert tier(best) == "low"


@given(EVIDENCE)
def test_quality_stays_between_0_and_1(evidence: QualityEvidence) -> None:
    assert 0 <= quality(evidence) <= 1


@given(EVIDENCE, SHOWN)
def test_one_more_kept_trace_never_lowers_the_tier(evidence: QualityEvidence, shown: Shown) -> None:
    before = evidence._replace(traces=shown)
    after = evidence._replace(traces=Shown(shown.good + 1, shown.of + 1))
    assert TIERS.index(tier(after)) <= TIERS.index(tier(before))


@given(EVIDENCE, st.sampled_from(TIERS))
def test_a_tag_has_the_last_word(evidence: QualityEvidence, wanted: str) -> None:
    assert tier(evidence, ["algebra", f"tier:{wanted}"]) == wanted
    assert tier(evidence, ["tier:unheard of"]) == tier(evidence)
    assert tier(evidence, ["tier:high", "tier:low"]) == "low"
