"""Numbers, times and other people's text as people read them."""

from datetime import UTC, datetime

import pytest

from dashboard import wording

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "text"),
    [(None, "$0"), (0, "$0"), (0.0042, "$0.0042"), (0.42, "$0.42"), (1234.5, "$1,234.50")],
)
def test_money_keeps_the_digits_that_count(amount: float | None, text: str) -> None:
    assert wording.money(amount) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 seconds"), (1, "1 second"), (90, "2 minutes"), (7200, "2 hours"), (86400, "1 day")],
)
def test_duration_is_in_its_largest_unit(seconds: float, text: str) -> None:
    assert wording.duration(seconds) == text


def test_ago_reads_times_with_and_without_a_zone_as_utc() -> None:
    assert wording.ago("2026-11-23T11:58:00", NOW) == "2 minutes ago"
    assert wording.ago("2026-11-23T11:58:00Z", NOW) == "2 minutes ago"
    assert wording.ago(None) == "–"


def test_escaped_text_is_one_line_without_markup() -> None:
    text = "![x](http://a)\n# big `code` $x$ <b> :red[y]"

    assert wording.escaped(text) == (r"\!\[x\](http://a) \# big \`code\` \$x\$ \<b\> :red\[y\]")
