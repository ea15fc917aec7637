"""Texts in lower case, made in bytes at once."""

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

from backend.exports.guideline_screen import lower

pa.array([""])  # loads what pyarrow converts with, which may take a second


@given(
    st.lists(st.none() | st.text() | st.text("@AZ[`az{ ÄẞİK\u00ad", max_size=8)), st.integers(0, 3)
)
def test_lower_is_what_arrow_gives(texts: list[str | None], start: int) -> None:
    for kind in (pa.string(), pa.large_string()):
        array = pa.array(texts, kind).slice(start)
        found = lower(array)
        found.validate(full=True)
        assert found.equals(pc.ascii_lower(array))
