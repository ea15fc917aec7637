import dataclasses

import pytest

from backend.science.policy_presets import POLICY_PRESETS
from backend.science.teachability_policy import Policy


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("Phi-4", 0.2, 0.8),
        ("Qwen2.5-Math", 0.25, 0.625),
        ("Skywork-OR1", 0.0625, 0.9375),
        ("POLARIS", 0.0, 0.9),
        ("Olmo 3", 0.0, 0.625),
        ("LIMO", 0.03125, 0.09375),
    ],
)
def test_policy_presets_have_the_published_bands(name: str, low: float, high: float) -> None:
    (found,) = [preset for preset in POLICY_PRESETS if preset.name == name]
    assert (found.policy.low, found.policy.high) == (low, high)
    assert dataclasses.replace(found.policy, low=0.1, high=0.8) == Policy()
    assert found.source
    assert found.rule
