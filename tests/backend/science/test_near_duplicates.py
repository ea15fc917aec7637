"""Who joins which group."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.near_duplicates import Match, Membership, join_groups, numbers_in
from backend.science.text import words_with_offsets

NONE: frozenset[int] = frozenset()


def joined(
    count: int,
    matches: dict[int, list[tuple[int, float]]],
    numbers: list[str],
    variants: frozenset[int] = NONE,
) -> list[Membership]:
    return join_groups(
        count,
        {text: [Match(*found) for found in each] for text, each in matches.items()},
        {place: (number,) for place, number in enumerate(numbers)},
        variants,
    )


def test_chain_is_no_group() -> None:
    # 1 is like 0, and 2 is like 1 only: 2 leads.
    assert joined(3, {1: [(0, 0.8)], 2: [(1, 0.8)]}, ["", "", ""]) == [
        Membership(1, "copies", 0, 0.8)
    ]


def test_most_similar_leader_is_joined_and_the_first_of_equals() -> None:
    matches = {2: [(0, 0.8), (1, 0.9)], 3: [(0, 0.7), (1, 0.7)]}
    assert joined(4, matches, [""] * 4) == [
        Membership(2, "copies", 1, 0.9),
        Membership(3, "copies", 0, 0.7),
    ]


def test_copy_is_preferred_to_a_more_similar_variant() -> None:
    assert joined(3, {2: [(0, 0.9), (1, 0.8)]}, ["7", "5", "5"]) == [
        Membership(2, "copies", 1, 0.8)
    ]


def test_variant_leads_copies_and_no_variants() -> None:
    # 1 is a variant of 0; 2 has the numbers of 1; 3 others again, and is like 1 only.
    matches = {1: [(0, 0.8)], 2: [(1, 0.9)], 3: [(1, 0.8)]}
    assert joined(4, matches, ["1", "2", "2", "3"]) == [
        Membership(1, "variants", 0, 0.8),
        Membership(2, "copies", 1, 0.9),
    ]


def test_stored_variant_leads_copies_only() -> None:
    assert joined(1, {0: [(1, 0.9)]}, ["1", "2"], frozenset({1})) == []
    assert joined(1, {0: [(1, 0.9)]}, ["1", "1"], frozenset({1})) == [
        Membership(0, "copies", 1, 0.9)
    ]


@given(
    st.lists(st.lists(st.booleans(), min_size=8, max_size=8), min_size=8, max_size=8),
    st.lists(st.sampled_from("12"), min_size=8, max_size=8),
)
def test_members_match_leaders_that_follow_nobody(
    similar: list[list[bool]], numbers: list[str]
) -> None:
    matches = {
        text: [(other, 0.8) for other in range(text) if similar[text][other]] for text in range(8)
    }
    memberships = joined(8, matches, numbers)
    copies = {each.text for each in memberships if each.kind == "copies"}
    variants = {each.text for each in memberships if each.kind == "variants"}
    assert len(memberships) == len({each.text for each in memberships})
    for each in memberships:
        assert similar[each.text][each.leader]
        assert each.leader not in copies
        assert (numbers[each.text] == numbers[each.leader]) == (each.kind == "copies")
        assert each.kind == "copies" or each.leader not in variants


@given(st.text(st.sampled_from("aB1 2.,_-xX²½٣é八\u0301one two\\frac{}%$"), max_size=40))
def test_numbers_are_the_words_with_a_digit_or_their_names(text: str) -> None:
    words = [word.text for word in words_with_offsets(text)]
    named = ("one", "two")
    expected = [word for word in words if word in named or re.search(r"\d", word)]
    assert numbers_in(text) == tuple(expected)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Tom has 3 apples and two pears.", ("3", "two")),
        ("1,000 euros at 3.5%", ("1000", "3.5")),
        ("x2 and 10th", ("x2", "10th")),
        ("None at all", ()),
        ("٣ and ½", ("٣", "1", "2")),
    ],
)
def test_numbers_are_found_in_order(text: str, numbers: tuple[str, ...]) -> None:
    assert numbers_in(text) == numbers
