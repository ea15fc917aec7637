from typing import Any

from backend.science.mixture_plan import Cluster
from backend.science.mixture_warnings import warnings


def codes(**fields: Any) -> list[str]:
    sound: dict[str, Any] = {
        "sources": {"a": 30.0, "b": 30.0, "c": 30.0, "d": 10.0}, "epochs": {}, "too_long": 0,
        "context_tokens": 32768, "without_licence": 0, "lacks_validation": False,
    }  # fmt: skip
    return [warned.code for warned in warnings(**(sound | fields))]


def test_a_sound_mixture_has_none() -> None:
    assert codes() == []


def test_each_doubt_is_said() -> None:
    assert codes(sources={"a": 31.0, "b": 69.0}) == ["one_source", "one_source"]
    assert codes(epochs={Cluster("maths", "high"): 4.0}) == []
    assert codes(epochs={Cluster("maths", "high"): 4.01}) == ["repeated"]
    assert codes(sources={}, lacks_validation=True) == ["empty", "no_validation"]


def test_warnings_say_what_and_how_much() -> None:
    found = warnings(
        sources={"gsm8k": 3.0, "b": 1.0}, epochs={Cluster(None, "low"): 6.0}, too_long=1,
        context_tokens=4096, without_licence=1200, lacks_validation=False,
    )  # fmt: skip
    assert [warned.message for warned in found] == [
        "gsm8k is 75% of all tokens.",
        "no domain, low is seen 6 times.",
        "1 row is longer than the context of 4,096 tokens.",
        "1,200 rows are of unknown licence.",
    ]
