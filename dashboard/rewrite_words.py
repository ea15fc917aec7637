"""Pure: rewrites and their checks in words and marks."""

from collections.abc import Sequence

from dashboard.marked_text import Part
from dashboard.rows import DifferencePiece, RewriteCheck, RewriteRow
from dashboard.wording import plural

KINDS = {
    "proof_to_answer": "A proof becomes a question with an answer",
    "choice_to_open": "Choices are left out",
    "parts_to_single": "Several parts become one question",
    "units_explicit": "The unit or form of the answer is said",
    "ambiguity_removed": "What was ambiguous is said",
    "free": "Something else",
}
CHECKS = {
    "stands_alone": "Stands alone",
    "one_answer": "Asks for one short answer",
    "short_answer": "The answer is short",
    "not_leaked": "Does not say its answer",
    "changed": "Is another text",
    "decontaminated": "Stands in no benchmark",
    "follows": "The answer follows",
    "reference_decisive": "The reference is decisive",
    "second_family_agrees": "A second family agrees",
    "difficulty_kept": "Is as difficult as before",
}
ICONS = {
    "passed": ":material/check_circle:",
    "failed": ":material/cancel:",
    "unknown": ":material/help:",
}
COLOURS = {"passed": "green", "failed": "red", "unknown": "gray"}
STATE_COLOURS = {"proposed": "blue", "approved": "green", "rejected": "red", "withdrawn": "gray"}


def check_name(name: str) -> str:
    """A check as what it asks for."""
    return CHECKS.get(name, name.replace("_", " ").capitalize())


def doubt(rewrite: RewriteRow) -> str:
    """How many checks failed and how many are unknown."""
    counted = [
        f"{len(names)} {outcome}"
        for outcome, names in (("failed", rewrite["failed"]), ("unknown", rewrite["unknown"]))
        if names
    ]
    return ", ".join(counted) or "none"


def failed_names(rewrite: RewriteRow) -> str:
    """The failed checks, in a sentence."""
    return ", ".join(f"“{check_name(name)}”" for name in rewrite["failed"])


def unmeasured(checks: Sequence[RewriteCheck]) -> str:
    """The checks that wait for answers of models."""
    names = [check_name(check["name"]) for check in checks if not check["measured"]]
    return ", ".join(names)


def approvals(rewrite: RewriteRow) -> str:
    """Who has approved it, and how many more have to; nothing where one is enough."""
    needed = rewrite["approvals_needed"]
    if needed < 2 or rewrite["state"] != "proposed":
        return ""
    given = ", ".join(rewrite["approvals"]) or "nobody"
    left = needed - len(rewrite["approvals"])
    return f"Approved by {given}; {plural(left, 'more approval')} needed."


def sides(pieces: Sequence[DifferencePiece]) -> tuple[list[Part], list[Part]]:
    """The original with what is taken out marked, and the rewrite with what is put in."""
    original = [(piece["text"], _mark(piece)) for piece in pieces if piece["kind"] != "added"]
    rewrite = [(piece["text"], _mark(piece)) for piece in pieces if piece["kind"] != "removed"]
    return original, rewrite


def _mark(piece: DifferencePiece) -> str:
    return "" if piece["kind"] == "same" else piece["kind"]
