"""Bands of published recipes, as policies to start from.

All of them drop what a model always or never solves; none is backed by an ablation of its edges.
A count of samples is read as the accuracy that it estimates: two of eight as .25. A recipe that
keeps what was never solved has `low` 0, so that nothing is hard; a key without a certificate is
still suspect by the mixture.
"""

from typing import NamedTuple

from backend.science.teachability_policy import Policy


class PolicyPreset(NamedTuple):
    """A published rule.

    Attributes:
        name: of the recipe.
        policy: its band, the rest by default.
        samples: answers of the weak model that the recipe takes of each prompt; None where it does
            not say.
        rule: what it keeps, in its own terms.
        source: where it is stated.
    """

    name: str
    policy: Policy
    samples: int | None
    rule: str
    source: str


POLICY_PRESETS: tuple[PolicyPreset, ...] = (
    PolicyPreset(
        "Phi-4",
        Policy(low=0.2, high=0.8),
        None,
        "0.2 to 0.8: the band of its pivotal token search, the only one published in this line",
        "Phi-4 Technical Report, arXiv 2412.08905",
    ),
    PolicyPreset(
        "Qwen2.5-Math",
        Policy(low=2 / 8, high=5 / 8),
        8,
        "2 to 5 right of 8",
        "Qwen2.5-Math Technical Report, arXiv 2409.12122",
    ),
    PolicyPreset(
        "Skywork-OR1",
        Policy(low=1 / 16, high=15 / 16),
        16,
        "1 to 15 right of 16",
        "Skywork Open Reasoner 1, arXiv 2505.22312, and its published code",
    ),
    PolicyPreset(
        "POLARIS",
        Policy(low=0.0, high=0.9),
        8,
        "at most 0.9; sampled from the model that is trained, again in each phase",
        "POLARIS, a post-training recipe for scaling RL on advanced reasoning models, 2025",
    ),
    PolicyPreset(
        "Olmo 3",
        Policy(low=0.0, high=0.625),
        8,
        "at most 5 right of 8, at temperature 1",
        "Olmo 3 technical report, 2025",
    ),
    PolicyPreset(
        "LIMO",
        Policy(low=1 / 32, high=3 / 32),
        32,
        "1 to 3 right of 32 by R1-Distill-Qwen-32B, of what Qwen2.5-Math-7B has not solved",
        "LIMO: Less is More for Reasoning, arXiv 2502.03387",
    ),
)
