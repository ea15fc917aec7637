"""What the categories of guidelines are called, and what they are about."""

from typing import Final

from dashboard.wording import name

CATEGORIES: Final = {
    "violence": "Violence",
    "self_harm": "Self-harm",
    "sexual_content": "Sexual content",
    "hate_harassment": "Hate and harassment",
    "illegal_activity": "Illegal activity",
    "privacy": "Privacy",
    "weapons_cbrn": "Weapons, chemical to nuclear",
    "misinformation": "Misinformation",
    "professional_advice": "Professional advice",
    "over_refusal": "Over-refusal: harmless prompts that look harmful",
    "other": "Other",
}


def category_words(category: str) -> str:
    """A category as a reader has it."""
    return CATEGORIES.get(category, name(category))
