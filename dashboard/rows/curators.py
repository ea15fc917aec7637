"""What the API knows of the one who decides."""

from typing import TypedDict


class Progress(TypedDict):
    """The caller's pace, and where the review stands: about, where the totals are not `exact`."""

    mine_today: int
    total_decided: int
    left: int
    exact: bool
    median_seconds: float | None


class UserSettings(TypedDict):
    """A user's settings of the triage pane: a key for each action, and how it looks."""

    keys: dict[str, str]
    auto_advance: bool
    text_size: str
