import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.whole_texts import WholeMatch, WholeTexts
from backend.science.word_hashes import HashedTexts, hashed_words

TEXTS = st.lists(st.lists(st.sampled_from("abc"), max_size=5).map(" ".join), max_size=5)


def found(documents: list[str], texts: list[str], extra_words: int) -> list[WholeMatch]:
    return WholeTexts(hashed_words(documents)).find(hashed_words(texts), extra_words)


def naively(documents: list[str], texts: list[str], extra_words: int) -> list[WholeMatch]:
    return [
        WholeMatch(number, document, start)
        for number, text in enumerate(map(str.split, texts))
        for document, words in enumerate(map(str.split, documents))
        for start in range(len(text))
        if words and text[start : start + len(words)] == words
        if len(text) - len(words) <= extra_words
    ]


@given(TEXTS, TEXTS, st.integers(0, 4))
def test_find_is_what_a_search_word_by_word_finds(
    documents: list[str], texts: list[str], extra_words: int
) -> None:
    assert sorted(found(documents, texts, extra_words)) == naively(documents, texts, extra_words)


@pytest.mark.parametrize(
    ("text", "extra_words", "starts"),
    [
        ("what is 2+2", 0, [0]),
        ("WHAT is 2 + 2?", 0, [0]),
        ("Q: what is 2+2", 0, []),
        ("Q: what is 2+2", 1, [1]),
        ("Q: what is 2+2, then", 1, []),
        ("Q: what is 2+2, then", 2, [1]),
        ("2+2 is what", 4, []),
        ("", 4, []),
    ],
)
def test_find_counts_the_words_around(text: str, extra_words: int, starts: list[int]) -> None:
    assert [match.start for match in found(["What is 2+2?"], [text], extra_words)] == starts


def test_find_document_without_a_word_is_in_no_text() -> None:
    assert found(["", "?!"], ["", "?!", "a"], 2) == []
    assert found([], ["a"], 2) == []


def test_find_equal_documents_are_all_found() -> None:
    assert {match.document for match in found(["a b", "c", "A, b!"], ["a b"], 0)} == {0, 2}


def test_find_passages_of_one_hash_are_compared_word_by_word() -> None:
    # The hash of a passage is the sum of word i times m^i, so (m, 0) and (0, 1) have the same.
    multiplier = 0x9E3779B97F4A7C15
    one, other = (
        HashedTexts(hashes, hashes, np.array([0, 2]))
        for hashes in (np.array([multiplier, 0], np.uint64), np.array([0, 1], np.uint64))
    )
    assert WholeTexts(one).find(other, 0) == []
    assert WholeTexts(one).find(one, 0) == [WholeMatch(0, 0, 0)]


def test_find_document_of_a_million_words_is_found() -> None:
    long = "egg duck " * 500_000
    assert found([long, "egg"], [f"{long} egg"], 1) == [WholeMatch(0, 0, 0)]
