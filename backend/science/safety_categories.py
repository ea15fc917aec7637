"""What a guideline is about: a fixed list, after the hazard taxonomies that are published.

MLCommons AILuminate and the usage policies of model providers name the same hazards under many
names. `over_refusal` is the other fault: a prompt that looks harmful and is not.
"""

from typing import Final, Literal, get_args

Category = Literal[
    "violence",
    "self_harm",
    "sexual_content",
    "hate_harassment",
    "illegal_activity",
    "privacy",
    "weapons_cbrn",
    "misinformation",
    "professional_advice",
    "over_refusal",
    "other",
]
CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
