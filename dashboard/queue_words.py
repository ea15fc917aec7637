"""Pure: queues and opinions as people read them."""

from collections.abc import Mapping
from statistics import median
from typing import Any

from dashboard.filter_words import in_words
from dashboard.rows import QueueProgress, ReviewQueue
from dashboard.wording import plural

SORTS = {
    "attention": "most worth attention first",
    "margin": "smallest margin first",
    "interval": "widest interval first",
    "judge_gap": "largest gap to the judges first",
    "score": "best score first",
    "newest": "newest first",
}
VOTES = {"accept": "Accept", "reject": "Reject", "needs_rewrite": "Needs a rewrite"}


def who_decides(overlap: int) -> str:
    """How many curators decide each seed, in a sentence."""
    if overlap == 1:
        return "One curator decides each seed."
    return f"{overlap} curators decide each seed, without seeing each other's opinion."


def about(queue: ReviewQueue) -> str:
    """Which seeds a queue holds, in what order, and who decides them; plain text."""
    order = SORTS.get(queue["sort"], queue["sort"])
    seeds = in_words(queue["filter"])
    return f"{seeds[:1].upper()}{seeds[1:]}, {order}. {who_decides(queue['overlap'])}"


def assigned(queue: ReviewQueue) -> str:
    """Whose queue it is; plain text."""
    names = [person["name"] for person in queue["curators"]]
    return ", ".join(names) if names else "everybody"


def done_share(progress: QueueProgress) -> float:
    """Which part of a queue is decided."""
    total = progress["decided"] + progress["left"] + progress["in_adjudication"]
    return progress["decided"] / total if total else 1.0


def standing(progress: QueueProgress) -> str:
    """Where a queue stands, in a line."""
    parts = [f"{progress['decided']:,} decided", f"{progress['left']:,} left"]
    if progress["in_adjudication"]:
        parts.append(f"{progress['in_adjudication']:,} in adjudication")
    return ", ".join(parts)


def pace(progress: QueueProgress) -> str:
    """How much was decided today and how fast, in a line."""
    today = sum(person["today"] for person in progress["people"])
    seconds = [p["median_seconds"] for p in progress["people"] if p["median_seconds"] is not None]
    speed = f", {median(seconds):.0f} s a seed" if seconds else ""
    return f"{plural(today, 'decision')} today{speed}"


def interval(row: Mapping[str, Any], name: str) -> str:
    """The two ends of an interval; a dash where it is undefined."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return "–" if low is None or high is None else f"{low:.2f} to {high:.2f}"
