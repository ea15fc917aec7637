"""What follows from settings: the hash under which samples are stored, and prices."""

from decimal import Decimal
from typing import Any

import pytest

from backend.endpoints.settings import cost, is_local, sampling_of, settings_hash
from backend.endpoints.tables import Endpoint


def _hash(**sampling: Any) -> str:
    return settings_hash(Endpoint(sampling=sampling))


def test_hash_is_known() -> None:
    # sha256 of {"temperature":0.8}: stored samples are found by it, so it may never change for the
    # same settings.
    assert _hash(temperature=0.8, max_tokens=64) == (
        "4f6a87b0b7199c542fcb246fcb5db9e4950832746ca129892ae8287b86788ca5"
    )


def test_hash_ignores_order_nulls_and_defaults_written_out() -> None:
    known = _hash(temperature=0.8, max_tokens=1024)
    assert _hash() == known
    assert _hash(top_p=None, max_tokens=1024, temperature=0.8, reasoning_effort=None) == known


def test_hash_ignores_the_token_limit_which_each_sample_keeps_itself() -> None:
    assert _hash(max_tokens=64) == _hash(max_tokens=4096)


def test_hash_ignores_the_template_which_has_its_own() -> None:
    assert _hash(template="answer_only") == _hash()


@pytest.mark.parametrize(
    "change",
    [
        {"temperature": 0.7}, {"temperature": None}, {"top_p": 0.9},
        {"reasoning_effort": "low"},
    ],
)  # fmt: skip
def test_hash_differs_with_each_setting(change: dict[str, Any]) -> None:
    assert _hash(**change) != _hash()


def test_whole_and_broken_numbers_of_the_same_value_hash_alike() -> None:
    assert _hash(temperature=1) == _hash(temperature=1.0)


def test_sampling_fills_in_what_the_stored_settings_leave_out() -> None:
    sampling = sampling_of(Endpoint(sampling={"temperature": 0.2}))
    assert (sampling.temperature, sampling.max_tokens, sampling.top_p) == (0.2, 1024, None)


def test_cost_is_exact_in_prices_per_million() -> None:
    endpoint = Endpoint(input_price=Decimal("0.15"), output_price=Decimal("0.6"))
    # (1,000 * 0.15 + 500 * 0.60) / 1,000,000 = (150 + 300) / 1,000,000
    assert cost(endpoint, 1000, 500) == Decimal("0.00045")


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://127.8.8.8/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://localhost:8000/v1", True),
        ("vllm:", True),
        ("https://api.openai.com/v1", False),
        ("http://10.0.0.7:8000/v1", False),
        ("http://localhost.example.org/v1", False),
        ("http://127.0.0.1.example.org/v1", False),
        ("http://0.0.0.0:8000/v1", False),
    ],
)
def test_only_this_machine_is_local(url: str, local: bool) -> None:
    assert is_local(Endpoint(base_url=url)) == local
