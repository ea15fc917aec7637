"""Signatures and buckets are those that datasketch gives, one text at a time."""

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given
from hypothesis import strategies as st

from backend.science.minhash import Banding, band_keys, inputs, signatures, whole_text_keys
from backend.science.shingles import ShingleSets, shingle_sets
from backend.science.word_hashes import hashed_words

BANDING = Banding()
# Few words, so that texts share shingles often.
TEXTS = st.lists(
    st.lists(st.sampled_from("one two three four 5 6.5 seven ünì 八".split()), max_size=12).map(
        " ".join
    ),
    max_size=8,
)


def sets_of(texts: list[str]) -> ShingleSets:
    return shingle_sets(hashed_words(texts))


def minhash_of(sets: ShingleSets, text: int, banding: Banding) -> MinHash:
    made = MinHash(num_perm=banding.permutations, seed=banding.random_seed, hashfunc=int)
    made.update_batch(inputs(sets)[sets.starts[text] : sets.starts[text + 1]])
    return made


@given(TEXTS, st.sampled_from([BANDING, Banding(permutations=16, random_seed=7)]))
def test_signatures_are_those_of_datasketch(texts: list[str], banding: Banding) -> None:
    sets = sets_of(texts)
    signed = signatures(sets, banding)
    assert signed.shape == (len(texts), banding.permutations)
    for text in range(len(texts)):
        assert (signed[text] == minhash_of(sets, text, banding).hashvalues).all()


@given(TEXTS)
def test_texts_share_a_key_where_they_share_a_bucket_of_datasketch(texts: list[str]) -> None:
    sets = sets_of(texts)
    keys = band_keys(signatures(sets, BANDING), BANDING)
    index = MinHashLSH(
        threshold=BANDING.threshold, num_perm=BANDING.permutations, weights=BANDING.weights
    )
    for text in range(len(texts)):
        index.insert(text, minhash_of(sets, text, BANDING))
    assert keys.shape == (len(texts), index.b)
    for one in range(len(texts)):
        for other in range(len(texts)):
            theirs = zip(index.keys.get(one), index.keys.get(other), strict=True)
            assert (keys[one] == keys[other]).tolist() == [left == right for left, right in theirs]


def test_same_values_in_another_band_are_another_bucket() -> None:
    signed = np.tile(np.arange(6, dtype=np.uint32), (1, 21))[:, :128]
    assert len(set(band_keys(signed, Banding())[0].tolist())) == 20


def test_documented_probabilities_follow_from_bands_and_rows() -> None:
    # datasketch 2.0.0 chooses 20 bands of 6 rows for 0.7, 128 numbers and weights 0.1 and 0.9.
    assert (BANDING.bands, BANDING.rows) == (20, 6)
    # 1 - (1 - 0.7^6)^20 = 1 - 0.882351^20
    expected = {0.3: 0.0145, 0.5: 0.2702, 0.6: 0.6154, 0.7: 0.9182, 0.8: 0.9977, 0.9: 1.0}
    for similarity, probability in expected.items():
        assert BANDING.probability(similarity) == pytest.approx(probability, abs=1e-4)


@given(TEXTS)
def test_whole_text_keys_are_shared_by_the_same_words_in_the_same_order(texts: list[str]) -> None:
    keys = whole_text_keys(hashed_words(texts)).tolist()
    for one, key in zip(texts, keys, strict=True):
        for other, other_key in zip(texts, keys, strict=True):
            assert (key == other_key) == (one.split() == other.split())
