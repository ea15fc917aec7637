"""Pure: mixtures in words."""

from collections.abc import Mapping
from typing import Any, Final

TIERS: Final = ("high", "medium", "low")
LEFT_OUT: Final = {
    "taken_down": "taken down",
    "hit": "a benchmark hit that waits or was confirmed",
    "difficulty": "easier or harder than the limits",
    "no_difficulty": "no known difficulty",
    "no_trace": "no trace that was kept",
    "no_copies": "no row left by epochs, caps or the budget",
}
WHYS: Final = {
    **LEFT_OUT,
    "imported_since": "imported since",
    "taken_back": "its import was taken back",
    "not_meant": "not accepted, or not within the recipe's filter",
    "wording": "another wording",
    "trace": "another trace",
    "weight": "another number of copies",
    "split": "on the other side of the split",
}
TAKEDOWN_REASONS: Final = {
    "licence": "licence",
    "request": "request of the owner",
    "privacy": "privacy",
    "other": "another reason",
}
TRACE_RULES: Final = {
    "shortest": "The shortest",
    "random": "One by lot",
    "judge": "The one that a judge rates best",
    "all": "All of them",
    "none": "None: prompts alone, for RL",
}


def cluster_words(cluster: Mapping[str, Any]) -> str:
    """What people call a cluster."""
    part = "" if cluster["part"] == "all" else f"{cluster['part']}: "
    return f"{part}{cluster['domain'] or 'no domain'}, {cluster['tier']}"
