import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.text import words_with_offsets
from backend.science.word_hashes import hashed_words

# Pieces that the fast way has to read as the careful one does, in every order.
PIECES = [
    "a", "B", "9", "12", "1,000", "3.5", ".", ",", "{,}", ",\\!", "\\", "\\frac", "\\alpha",
    "\\begin{align*}", " ", "_", "²", "½", "é", "e\u0301", "\u00ad", "鸭", "’", "—", "×", "\x01",
    "\ud800", "\n", "İ", "٣", "𝟑",
]  # fmt: skip


def hash_of_word(word: str) -> int:
    """The hash of one normalised word that stands alone."""
    [hashed] = hashed_words([word]).hashes.tolist()
    return int(hashed)


def words_of(text: str) -> list[str]:
    return [word.text for word in words_with_offsets(text)]


@given(st.lists(st.lists(st.sampled_from(PIECES)).map("".join) | st.text(), max_size=6))
def test_hashed_words_are_those_of_the_careful_way(texts: list[str]) -> None:
    hashed = hashed_words(texts)
    for number, text in enumerate(texts):
        assert hashed.of(number).tolist() == [hash_of_word(word) for word in words_of(text)]


def test_hashed_words_differ_where_words_differ() -> None:
    words = sorted({f"{number:x}" for number in range(50_000)} | {"a" * n for n in range(1, 900)})
    assert len(set(hashed_words(words).hashes.tolist())) == len(words)


@pytest.mark.parametrize("texts", [[], [""], ["", "?!", ""]])
def test_hashed_words_of_nothing_are_none(texts: list[str]) -> None:
    hashed = hashed_words(texts)
    assert hashed.hashes.tolist() == []
    assert hashed.starts.tolist() == [0] * (len(texts) + 1)


def test_hashed_words_of_a_text_longer_than_a_batch_are_all_there() -> None:
    hashed = hashed_words(["duck", "egg duck " * 100_000, "egg"])
    assert hashed.starts.tolist() == [0, 1, 200_001, 200_002]
    assert hashed.of(1).tolist() == [hash_of_word("egg"), hash_of_word("duck")] * 100_000
