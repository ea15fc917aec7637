"""Pure: what a decision or a bulk action did, in words."""

from typing import Any

from dashboard.rows import Decision, DecisionBatch
from dashboard.wording import name, plural

DONE = {
    "accept": "accepted",
    "reject": "rejected",
    "skip": "skipped",
    "needs_rewrite": "sent for a rewrite",
    "flag": "flagged",
    "unflag": "unflagged",
    "edit": "edited",
    "rewrite": "rewritten",
    "confirm_hit": "hit confirmed",
    "dismiss_hit": "hit dismissed",
    "keep_duplicate": "one kept of its duplicates",
    "dismiss_duplicates": "told apart as no duplicates",
    "keep_trace": "one of its traces kept",
    "reject_trace": "one of its traces rejected",
    "move": "moved",
    "undo": "undone",
    "opinion_accept": "opinion: accept",
    "opinion_reject": "opinion: reject",
    "opinion_needs_rewrite": "opinion: needs a rewrite",
    "opinion_flag": "opinion: flag",
    "opinion_unflag": "opinion: no flag",
}
_FIELDS = {"hit_state": "hit", "trace_word": "trace", "revision_id": "wording", "flagged": "flag"}
# An opinion changes no seed.
_NO_WORDS = frozenset({"inherited_from", "opinion", "trace_reason"})


def done(kind: str) -> str:
    """What became of a seed, as a participle."""
    return DONE.get(kind, name(kind))


def changes(event: Decision) -> str:
    """What an event changed, before and after; nothing for one that changed nothing."""
    return "; ".join(
        _change(field, event["before"].get(field), value)
        for field, value in event["after"].items()
        if field not in _NO_WORDS
    )


def _change(field: str, before: Any, after: Any) -> str:
    if field == "status":
        return f"{_value(before)} → {_value(after)}"
    if field == "revision_id":
        return "another wording"
    if field == "metadata":
        return "metadata changed"
    return f"{_FIELDS.get(field, name(field))}: {_value(before)} → {_value(after)}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value is None else name(str(value))


def batch_title(batch: DecisionBatch) -> str:
    """A bulk action in a few words: "412 seeds rejected"."""
    return f"{plural(batch['count'], 'seed')} {done(batch['kind'])}"


def batch_change(batch: DecisionBatch) -> str:
    """What an edit changed of each seed: "tag olympiad added, domain: algebra"."""
    changes = batch["changes"] or {}
    parts = [f"tag {tag} added" for tag in changes.get("add_tags", [])]
    parts += [f"tag {tag} removed" for tag in changes.get("remove_tags", [])]
    if "domain" in changes:
        parts.append(f"domain: {changes['domain'] or 'none'}")
    return ", ".join(parts)


def batch_details(batch: DecisionBatch) -> str:
    """What was left alone, and what was taken back since."""
    parts = []
    if batch["left_out"]:
        parts.append(f"{batch['left_out']:,} left alone")
    if batch["undone_count"] >= batch["count"] > 0:
        parts.append("undone")
    elif batch["undone_count"]:
        parts.append(f"{batch['undone_count']:,} undone")
    return ", ".join(parts)


def refusal(code: str, message: str) -> str:
    """Why an undo or redo was refused, and what to do first."""
    if code == "contradicted":
        later = message.removesuffix(": undo it first")
        return f"A later decision stands: undo that first ({later})."
    if code in ("open_hits", "confirmed_hits"):
        return f"It would accept a contaminated seed: {message}."
    return f"Not taken back: {message}."
