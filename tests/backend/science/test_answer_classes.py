from hypothesis import given
from hypothesis import strategies as st

from backend.science.answer_classes import linked_keys
from backend.science.answer_keys import AnswerKey
from backend.science.answers import canonical_key
from backend.science.equivalence import decided_by_rules
from backend.science.plurality import answer_classes, plurality


def keys_of(*answers: str) -> list[AnswerKey | None]:
    return [canonical_key(answer) for answer in answers]


def near(first: AnswerKey, second: AnswerKey) -> bool:
    """Symmetric and not transitive: neighbours only."""
    return abs(int(first.value) - int(second.value)) <= 1


def by_rules(first: AnswerKey, second: AnswerKey) -> bool:
    return decided_by_rules(first, second) is True


def test_answer_classes_chain_is_not_joined_at_its_ends() -> None:
    # 5 says the same as 5 cm and as 5 m, which differ; it goes with the more frequent one.
    classes = answer_classes(keys_of("5 m", "5 cm", "5 m", "5"), by_rules)
    assert [(str(found.key), found.count) for found in classes] == [
        ("quantity:5 m", 3),
        ("quantity:5 cm", 1),
    ]
    assert classes[0].indices == (0, 2, 3)
    assert {str(key) for key in classes[0].keys} == {"quantity:5 m", "integer:5"}


def test_answer_classes_fifty_fifty_percent_and_a_half_stay_apart() -> None:
    assert len(answer_classes(keys_of("50", "50%", "0.5"), by_rules)) == 3


def test_plurality_counts_classes_rather_than_keys() -> None:
    keys = keys_of("18", "$18", "18 dollars", "20", "20")
    assert plurality(keys).winner != canonical_key("18")
    votes = plurality(keys, by_rules)
    assert votes.winner == canonical_key("$18")
    assert votes.share == 3 / 5


def test_linked_keys_asks_only_about_kinds_that_could_agree() -> None:
    asked = []

    def note(first: AnswerKey, second: AnswerKey) -> bool:
        asked.append((first, second))
        return False

    keys = keys_of("A", "yes", "5%", "Paris", "x+1", "1+x", "5", "5")
    linked_keys([*keys, None], note)
    assert {frozenset(map(str, pair)) for pair in asked} == {
        frozenset({"expression:x+1", "expression:1+x"}),
        frozenset({"integer:5", "expression:1+x"}),
        frozenset({"integer:5", "expression:x+1"}),
    }


NUMBERS = st.lists(st.integers(0, 6).map(lambda number: AnswerKey("integer", str(number))))


@given(NUMBERS, st.randoms())
def test_answer_classes_order_of_responses_changes_nothing(keys: list, random) -> None:
    shuffled = random.sample(keys, len(keys))
    first, second = answer_classes(keys, near), answer_classes(shuffled, near)
    assert {(c.key, c.keys, c.count) for c in first} == {(c.key, c.keys, c.count) for c in second}


@given(NUMBERS)
def test_answer_classes_all_members_are_equivalent_and_counted_once(keys: list) -> None:
    classes = answer_classes(keys, near)
    assert all(near(a, b) for found in classes for a in found.keys for b in found.keys)
    indices = sorted(index for found in classes for index in found.indices)
    assert indices == list(range(len(keys)))
    assert all({keys[i] for i in found.indices} == found.keys for found in classes)
