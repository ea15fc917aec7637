"""Speed between two lines of metrics, and the share of a peak that it is."""

import pytest

from training.throughput import Throughput, peak_of


def test_throughput_counts_what_came_between() -> None:
    speed = Throughput(1e9, devices=2, peak=peak_of("NVIDIA H100 80GB HBM3"))
    assert speed.measured(500, now=10.0) == {"tokens_per_second": None, "mfu": None}
    found = speed.measured(100_500, now=12.0)
    assert found["tokens_per_second"] == 50_000
    # 6 operations of each of 1e9 parameters and 50,000 tokens a second, of 2 x 989e12.
    assert found["mfu"] == pytest.approx(3e14 / 1.978e15)
    unknown = Throughput(1e9, 1, peak_of(None))
    unknown.measured(0, now=0.0)
    assert unknown.measured(10, now=1.0) == {"tokens_per_second": 10.0, "mfu": None}
