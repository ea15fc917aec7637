import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.science.mixture_plan import (
    Cap,
    CapsCannotHold,
    Cell,
    Cluster,
    PartRules,
    part_epochs,
    safety_epochs,
    tokens_of,
)

MATHS, CODE = Cluster("maths", "high"), Cluster("code", "high")
CELLS = st.lists(
    st.builds(
        Cell,
        st.sampled_from([MATHS, CODE]),
        st.sampled_from("abcd"),
        st.sampled_from([None, "mit", "cc"]),
        st.integers(1, 100),
        st.integers(1, 10_000),
    ),
    min_size=1,
    max_size=8,
)
CAPS = st.dictionaries(
    st.sampled_from("abcd*"), st.builds(Cap, st.none() | st.floats(0.05, 1.0), st.none())
)
RULES = st.builds(
    PartRules,
    st.dictionaries(st.sampled_from([MATHS, CODE]), st.floats(0, 5)),
    st.floats(0, 3),
    CAPS,
    st.dictionaries(
        st.sampled_from(["", "mit", "cc"]), st.builds(Cap, st.floats(0.3, 1.0), st.none())
    ),
    st.none() | st.floats(1, 1e6),
)


def cell(source: str, tokens: int, cluster: Cluster = MATHS, licence: str | None = None) -> Cell:
    return Cell(cluster, source, licence, 10, tokens)


def test_share_of_a_source_is_of_what_is_left() -> None:
    """By hand: 100 of 400 may be 10% of all, so x / (300 + x) = 1/10 and x = 33.3."""
    cells = [cell("a", 100), cell("b", 300)]
    found = part_epochs(cells, PartRules({}, 1.0, {"a": Cap(0.1)}))
    assert found == pytest.approx([1 / 3, 1.0])


def test_a_cap_for_every_source_reaches_those_that_come_over_it_later() -> None:
    """By hand: c at most 30% of all; then b stands at 40 of 100, over 30% too: both are 30 of 100.

    a + rest = 40 are 40% of the whole, so the whole is 100, and a (20) and d (20) stay below.
    """
    cells = [cell("a", 20), cell("b", 40), cell("c", 900), cell("d", 20)]
    found = part_epochs(cells, PartRules({}, 1.0, {"*": Cap(0.3)}))
    assert found == pytest.approx([1.0, 30 / 40, 30 / 900, 1.0])


def test_cap_on_examples_counts_their_copies() -> None:
    rules = PartRules({MATHS: 2.0}, 1.0, {"a": Cap(None, 5)})
    assert part_epochs([cell("a", 100), cell("b", 100)], rules) == pytest.approx([0.5, 2.0])


def test_budget_brings_all_down_alike() -> None:
    rules = PartRules({MATHS: 2.0, CODE: 1.0}, budget_tokens=250)
    cells = [cell("a", 100), cell("a", 300, CODE)]
    assert part_epochs(cells, rules) == pytest.approx([1.0, 0.5])


def test_caps_that_leave_nothing_are_named() -> None:
    caps = {"*": Cap(0.3), "b": Cap(0.3)}
    with pytest.raises(CapsCannotHold, match=r"sources a, b .* 60%") as refused:
        part_epochs([cell("a", 10), cell("b", 20)], PartRules({}, 1.0, caps))
    assert (refused.value.what, refused.value.caps) == ("sources", ["*", "b"])


def test_safety_is_its_share_of_all() -> None:
    """By hand: 90 tokens of all else and 5% safety are 90/95*5 tokens of it."""
    cells = [cell("s", 100), cell("t", 300)]
    found = safety_epochs(cells, 90, 0.05)
    assert found == pytest.approx([90 / 95 * 5 / 400] * 2)
    assert tokens_of(cells, found) / (90 + tokens_of(cells, found)) == pytest.approx(0.05)
    assert safety_epochs([], 90, 0.05) == []


@given(CELLS, RULES)
def test_caps_and_budget_hold_and_nothing_is_raised(cells: list[Cell], rules: PartRules) -> None:
    try:
        found = part_epochs(cells, rules)
    except CapsCannotHold:
        assume(False)
    asked = [rules.epochs.get(one.cluster, rules.default_epochs) for one in cells]
    assert all(0 <= one <= most + 1e-9 for one, most in zip(found, asked, strict=True))
    total = tokens_of(cells, found)
    if rules.budget_tokens is not None:
        assert total <= rules.budget_tokens * (1 + 1e-9)
    for source in {one.source for one in cells}:
        cap = rules.source_caps.get(source) or rules.source_caps.get("*")
        mine = sum(o.tokens * e for o, e in zip(cells, found, strict=True) if o.source == source)
        if cap is not None and cap.share is not None:
            assert mine <= cap.share * total * (1 + 1e-6)


@given(CELLS, RULES)
def test_the_order_of_cells_makes_no_difference(cells: list[Cell], rules: PartRules) -> None:
    try:
        found = part_epochs(cells, rules)
    except CapsCannotHold:
        assume(False)
    assert part_epochs(cells[::-1], rules)[::-1] == pytest.approx(found)


def test_caps_that_cannot_hold_together_are_refused() -> None:
    """Half of all may be a, 30% y: the other half is b, whose licence is y."""
    cells = [cell("a", 10, licence="x"), cell("b", 20, licence="y")]
    rules = PartRules({}, 1.0, {"a": Cap(0.5)}, {"y": Cap(0.3)})
    with pytest.raises(CapsCannotHold, match="together"):
        part_epochs(cells, rules)
