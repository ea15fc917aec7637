"""Token counts: single samples as reported, several by estimates scaled to what servers count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.token_count import completion_tokens, divided, estimated_tokens

SHORT = "The answer is 12."
LONG = "We add the two numbers, carry the one, and find that the answer is twelve in all."


# Counts of the vocabulary cl100k_base, as OpenAI's guide to counting tokens gives them.
@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("tiktoken is great!", 6),
        ("2 + 2 = 4", 7),
        ("お誕生日おめでとう", 9),
        ("", 0),
    ],
)
def test_estimate_is_near_the_count_of_a_vocabulary(text: str, tokens: int) -> None:
    assert abs(estimated_tokens(text) - tokens) <= 0.35 * tokens


def test_one_sample_has_what_the_server_reports() -> None:
    assert completion_tokens([SHORT], 77) == [77]


def test_one_sample_without_usage_is_estimated() -> None:
    assert completion_tokens([SHORT], None) == [estimated_tokens(SHORT)]


def test_server_that_counts_all_samples_is_taken_at_its_word() -> None:
    estimates = [estimated_tokens(text) for text in (SHORT, LONG, SHORT, LONG)]
    counts = completion_tokens([SHORT, LONG, SHORT, LONG], round(sum(estimates) * 1.2))
    assert sum(counts) == round(sum(estimates) * 1.2)
    assert counts[1] > counts[0]


def test_server_that_counts_the_first_sample_scales_the_others() -> None:
    # llama.cpp: 8 tokens reported for four choices of 8 tokens each.
    first = estimated_tokens(SHORT)
    counts = completion_tokens([SHORT] * 4, first + 2)
    assert counts == [first + 2] * 4


def test_usage_that_fits_no_reading_is_not_believed() -> None:
    estimates = [estimated_tokens(text) for text in (SHORT, LONG)]
    assert completion_tokens([SHORT, LONG], 5000) == estimates
    assert completion_tokens([LONG, LONG], 0) == [estimated_tokens(LONG)] * 2


def test_hidden_reasoning_is_divided_evenly() -> None:
    shown = 2 * estimated_tokens(SHORT)
    counts = completion_tokens([SHORT, SHORT], shown + 1000, hidden_reasoning=1000)
    assert counts == [estimated_tokens(SHORT) + 500] * 2


@given(
    texts=st.lists(st.text(max_size=200), min_size=1, max_size=8),
    reported=st.none() | st.integers(0, 10_000),
    hidden=st.integers(0, 10_000),
)
def test_counts_are_never_negative_and_one_a_sample(
    texts: list[str], reported: int | None, hidden: int
) -> None:
    counts = completion_tokens(texts, reported, hidden)
    assert len(counts) == len(texts)
    assert min(counts) >= 0


@given(total=st.integers(0, 10_000), parts=st.integers(1, 50))
def test_division_loses_nothing_and_is_even(total: int, parts: int) -> None:
    shares = divided(total, parts)
    assert sum(shares) == total
    assert max(shares) - min(shares) <= 1
