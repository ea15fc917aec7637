import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.contamination import DecontaminationPolicy
from backend.science.copies import Copy, CopyIndex, Run
from backend.science.word_hashes import hashed_words

POLICY = DecontaminationPolicy(ngram_words=3, ngram_coverage=0.5, extra_words=1)
WORDS = [f"w{number}" for number in range(20)]
ITEM = " ".join(WORDS[:10])


def copies(items: list[str], texts: list[str]) -> list[Copy]:
    return CopyIndex(hashed_words(items), POLICY).find(hashed_words(texts))


def test_find_item_in_one_piece_is_whole_wherever_it_stands() -> None:
    assert copies(["x y z", ITEM], ["q", f"a b {ITEM} c"]) == [
        Copy(text=1, item=1, runs=[Run(2, 0, 10)], is_whole=True)
    ]


def test_find_changed_word_leaves_two_runs() -> None:
    text = ITEM.replace("w4", "other")
    assert copies([ITEM, "x y z"], [text]) == [
        Copy(0, 0, [Run(0, 0, 4), Run(5, 5, 5)], is_whole=False)
    ]


@pytest.mark.parametrize(("shared", "count"), [(4, 0), (6, 1)])
def test_find_half_of_the_item_must_be_there(shared: int, count: int) -> None:
    # One item: its ten words weigh the same.
    assert len(copies([ITEM], [" ".join(WORDS[:shared])])) == count


def test_find_passage_that_repeats_in_the_text_counts_once() -> None:
    index = CopyIndex(hashed_words([ITEM]), POLICY)
    assert index.coverage(0, [Run(0, 0, 4), Run(7, 0, 4), Run(20, 2, 4)]) == pytest.approx(0.6)
    assert copies([ITEM], ["w0 w1 w2 w3 and w0 w1 w2 w3 and w0 w1 w2 w3"]) == []


def test_find_whole_behind_a_beginning_of_it_is_found() -> None:
    # The text's first "w0 w1 w2" is not where the item stands.
    [copy] = copies([ITEM], [f"w0 w1 w2 q {ITEM}"])
    assert (copy.runs, copy.is_whole) == ([Run(4, 0, 10)], True)


def test_find_item_shorter_than_an_ngram_must_be_nearly_all_of_the_text() -> None:
    assert copies(["a b"], ["a b"]) == [Copy(0, 0, [Run(0, 0, 2)], is_whole=True)]
    assert copies(["a b"], ["q a b"]) == [Copy(0, 0, [Run(1, 0, 2)], is_whole=True)]
    assert copies(["a b"], ["q a b q"]) == []


def test_coverage_of_item_without_weight_counts_words_alike() -> None:
    index = CopyIndex(hashed_words(["a b"]), POLICY)
    assert index.coverage(0, [Run(0, 0, 1)]) == 0.5
    assert index.coverage(0, []) == 0


def test_coverage_counts_rare_words_more() -> None:
    # "a b c" is in both items of two and weighs ln 1.2, "d e f" in one and weighs ln 2; the two
    # n-grams between weigh ln 2 too, so a weighs .182, b and c less than the .693 of d, e and f.
    index = CopyIndex(hashed_words(["a b c d e f", "a b c x y z"]), POLICY)
    assert index.coverage(0, [Run(0, 0, 3)]) < 0.5 < index.coverage(0, [Run(0, 3, 3)])


@pytest.mark.parametrize("texts", [[], [""], ["?!", "\ud800"]])
@pytest.mark.parametrize("items", [[], [""], [ITEM], ["", ITEM]])
def test_find_nothing_in_nothing(items: list[str], texts: list[str]) -> None:
    assert copies(items, texts) == []


ITEMS = st.lists(st.lists(st.sampled_from("abc"), max_size=10).map(" ".join), max_size=4)


@given(ITEMS, ITEMS)
def test_find_runs_are_the_same_words_on_both_sides(items: list[str], texts: list[str]) -> None:
    index = CopyIndex(hashed_words(items), POLICY)
    for copy in index.find(hashed_words(texts)):
        text, item = texts[copy.text].split(), items[copy.item].split()
        for run in copy.runs:
            ours, theirs = text[run.seed :][: run.length], item[run.item :][: run.length]
            assert ours == theirs
            assert len(ours) == run.length
        assert copy.is_whole == (copy.runs[0].length == len(item))
        assert copy.is_whole or index.coverage(copy.item, copy.runs) >= POLICY.ngram_coverage


@given(st.lists(st.sampled_from("abc"), min_size=3, max_size=9), st.text("abc ", max_size=30))
def test_find_item_in_any_surrounding_is_whole(item: list[str], around: str) -> None:
    words = " ".join(item)
    [copy] = copies([words], [f"{around} {words} {around}"])
    assert copy.is_whole
