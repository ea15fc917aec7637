"""Pure: the rubric and its figures as people read them."""

from dashboard.rows import Dimension
from dashboard.wording import escaped

DIMENSIONS = {
    "steps": "Steps",
    "difficulty": "Difficulty",
    "multi_step": "Multi-step",
    "well_posed": "Well-posed",
    "verifiable": "Verifiable",
}
# Krippendorff's bounds for alpha.
RELIABLE = 0.8
TENTATIVE = 0.667


def reliability(alpha: float | None) -> str:
    """What an alpha is worth, in a word; a dash where it is undefined."""
    if alpha is None:
        return "–"
    if alpha >= RELIABLE:
        return "reliable"
    return "tentative" if alpha >= TENTATIVE else "not reliable"


def anchors_help(dimension: Dimension) -> str:
    """The question and what each level means, as Markdown."""
    levels = [
        f"- **{anchor['level']}**: {escaped(anchor['meaning'])} ({escaped(anchor['example'])})"
        for anchor in dimension["anchors"]
    ]
    question = escaped(dimension["question"])
    return "\n".join([question[:1].upper() + question[1:], "", *levels])
