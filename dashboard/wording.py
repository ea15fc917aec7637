"""Pure: numbers, times and names as people read them."""

import re
from datetime import UTC, datetime

MARKUP = re.compile(r"[\\`*_\[\]<>#!|$~]")


def money(amount: float | None) -> str:
    """Dollars; small amounts keep two digits that count."""
    if not amount:
        return "$0"
    return f"${amount:,.2f}" if amount >= 0.01 else f"${amount:.2g}"


def number(value: float | None) -> str:
    """A count with separators; a dash for none."""
    return "–" if value is None else f"{value:,.0f}"


def rounded(count: int) -> int:
    """A count with the two digits that an estimate is good for."""
    return int(float(f"{count:.2g}"))


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    """A count with its noun."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def share(value: float | None) -> str:
    """A proportion with two digits; a dash for none."""
    return "–" if value is None else f"{value:.2f}"


def moment(text: str | None) -> datetime | None:
    """A time of the API."""
    if text is None:
        return None
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def ago(text: str | None, now: datetime | None = None) -> str:
    """How long ago, in the largest unit that fits."""
    time = moment(text)
    if time is None:
        return "–"
    seconds = ((now or datetime.now(UTC)) - time).total_seconds()
    return "just now" if seconds < 5 else f"{duration(seconds)} ago"


def day(text: str | None) -> str:
    """The day of a time of the API, in UTC."""
    time = moment(text)
    return "–" if time is None else time.astimezone(UTC).date().isoformat()


def seconds_until(text: str | None, now: datetime | None = None) -> float | None:
    """How long it is to a time of the API; 0 where it has passed."""
    time = moment(text)
    return max((time - (now or datetime.now(UTC))).total_seconds(), 0.0) if time else None


def duration(seconds: float | None) -> str:
    """A length of time in its largest unit."""
    if seconds is None:
        return "–"
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return plural(round(seconds / size), unit)
    return plural(max(0, round(seconds)), "second")


def name(value: str) -> str:
    """A name of the API as words."""
    return value.replace("_", " ")


def escaped(text: str) -> str:
    """Other people's text inside Streamlit's Markdown: one line that formats and embeds nothing."""
    return MARKUP.sub(r"\\\g<0>", " ".join(text.split()))
